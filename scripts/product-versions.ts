import { newestVersion, PRODUCT_FLOOR } from '../contract/product/facts';

const INTRODUCTION = `# Versions of the product

\`release.chartVersion\` accepts any version from ${PRODUCT_FLOOR} on. Versions in the table have a record in
\`contract/product/facts/\`, made from what is published; the values, the connection budget and the refused variables
follow from it. \`npm run schema\` makes this page from the records.

The default is ${newestVersion()}, the newest version with a record. It changes only with a release of this project.

A version without a record is accepted with a warning, at synth and in \`preflight\`. It gets the values of the newest
recorded version below it, and the largest connection budget of all records. Nobody knows what it changes in the chart,
its pools and its migrations. The migration Job still compares the database with the revision that the image names. A
version that is known to be broken is refused with the reason.

## What was tried

- The packaged migrations of 0.98.3, 0.101.0 and 0.102.0 were run as they were published, on PostgreSQL 15 to 18.
- The migrations between 0.102.0 and 0.108.4 were run as far as their files could be read. The schema of 0.109.0 and
  0.110.0 was rebuilt from the program’s own definitions; their migrations themselves were not run.
- Two API processes of 0.110.0 started with our Secrets and values on that schema and answered 840 requests. None of them
  ended with status 500.
- The charts 0.98.3 to 0.102.0 were rendered. Of later charts only the product’s own tests were read, and none was
  rendered.
- No version was tried on a real RDS server or in a real cluster.

## What is known of each version

See the [table of versions](../operate/upgrade.md#versions).
`;

/** Markdown page about the versions that are accepted, and what was tried of them. */
export function productVersions(): string {
  return INTRODUCTION;
}
