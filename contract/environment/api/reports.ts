import { z } from 'zod';
import { REPORT_PREFIX } from '../../names';
import { knowsKey } from '../../product/api-settings';
import type { ReportBucket, ReportPlace } from '../../product/reports';
import { awsRegion, bucketName, field, section, wholeNumber } from '../field';
import type { Keys, Rule } from '../rule';

/** Where finished reports may be kept. */
export const REPORT_STORES = ['bucket', 'directory', 'off'] as const;

/** What the reports have where nothing else is said. */
export const REPORT_DEFAULTS = { retentionDays: 30 } as const;

/** The keys of `reports`. */
export const reports = section(
  'Where the API keeps reports that people export, so that every API pod can serve them.',
  {
    store: field(
      z.enum(REPORT_STORES),
      'A bucket, a directory on a volume that all API pods mount, or neither. Without the key the bucket of the environment; `off` where it has none, because the server is an existing one.',
      `one of ${REPORT_STORES.join(', ')}`,
      'write bucket, or leave the key out',
    ).optional(),
    bucket: bucketName(
      'An existing bucket instead of the environment’s. The role of the API needs `s3:PutObject`, `s3:AbortMultipartUpload` and `s3:GetObject` below `reports/`.',
    ).optional(),
    region: awsRegion(
      'Region of that bucket, if it is another one than the environment’s.',
      'write the code of the region that the bucket is in, such as `eu-west-1`',
    ).optional(),
    directory: field(
      z
        .string()
        .max(200)
        .regex(/^(?:\/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+$/),
      'Directory on a shared volume (ReadWriteMany), which `release.values.controlPlane.api.extraVolumeMounts` mounts.',
      'an absolute path without a slash at its end: letters, digits, `_`, `.` and `-`',
      'write a path such as `/var/lib/agent-bom/reports`',
    ).optional(),
    retentionDays: wholeNumber(
      1,
      3650,
      'days',
      'Days that a report stays in the environment’s bucket.',
      'write 30, or what your retention policy requires',
    ).default(REPORT_DEFAULTS.retentionDays),
  },
);

/** The parts of an environment that decide where its reports are kept. */
interface ReportKeys {
  readonly region: string;
  readonly database: { readonly existing?: object };
  readonly release: { readonly chartVersion: string };
  readonly reports: z.output<typeof reports>;
}

/**
 * Whether the reports of an environment are in the bucket of its database stack. The stack then keeps them for
 * `reports.retentionDays` below `REPORT_PREFIX`, and lets the API's role write and read there.
 */
export function keepsReportsInOwnBucket(environment: ReportKeys): boolean {
  const { database, reports: keys } = environment;
  return hasSharedPlace(environment) && storeOf(keys, database.existing) === 'bucket' && keys.bucket === undefined;
}

/**
 * Where the API is told to keep reports; undefined where they are off, or the version does not share them.
 *
 * @param ownBucket Name of the bucket of the database stack, where there is one.
 */
export function reportPlace(environment: ReportKeys, ownBucket?: string): ReportPlace | undefined {
  const { region, database, reports: keys } = environment;
  const store = storeOf(keys, database.existing);
  if (!hasSharedPlace(environment) || store === 'off') return undefined;
  if (store === 'directory') return keys.directory === undefined ? undefined : { directory: keys.directory };
  const bucket = keys.bucket ?? ownBucket;
  const place: Omit<ReportBucket, 'bucket'> = { prefix: REPORT_PREFIX, region: keys.region ?? region };
  return bucket === undefined ? undefined : { bucket, ...place };
}

/** Whether the version wants a shared place, and its reports have none. */
export function reportsAreOff(environment: ReportKeys): boolean {
  return hasSharedPlace(environment) && storeOf(environment.reports, environment.database.existing) === 'off';
}

function hasSharedPlace({ release }: ReportKeys): boolean {
  return knowsKey(release.chartVersion, 'reports');
}

function storeOf(
  { store, bucket }: { readonly store?: string; readonly bucket?: string },
  existing: unknown,
): (typeof REPORT_STORES)[number] | undefined {
  if (store !== undefined) return REPORT_STORES.find((known) => known === store);
  return bucket !== undefined || existing === undefined ? 'bucket' : 'off';
}

/** Rules between the keys of `reports`, and between them, the database and the release. */
export const REPORT_RULES: readonly Rule[] = [
  {
    path: 'reports.bucket',
    broken: ({ whole }) => {
      const given = whole.given('reports.bucket');
      if (given && effectiveStore(whole) !== 'bucket') return 'left out, unless `store` is bucket';
      const own = !whole.given('database.existing');
      return !given && !own && effectiveStore(whole) === 'bucket'
        ? 'required with an existing database: then no bucket is created'
        : undefined;
    },
    fix: 'write `store: bucket` and the name of a bucket, or neither',
  },
  {
    path: 'reports.region',
    broken: ({ whole }) =>
      whole.given('reports.region') && !whole.given('reports.bucket') ? 'left out without `bucket`' : undefined,
    fix: 'remove it: the environment’s bucket is in the environment’s region',
  },
  {
    path: 'reports.retentionDays',
    broken: ({ written }) => {
      const own = effectiveStore(written) === 'bucket' && !written.given('reports.bucket');
      return written.given('reports.retentionDays') && !own
        ? 'left out, unless reports are in the bucket of the environment'
        : undefined;
    },
    fix: 'remove it, and give your bucket a lifecycle rule',
  },
  {
    path: 'reports.directory',
    broken: ({ whole }) => {
      const directory = whole.text('reports.directory');
      const chosen = effectiveStore(whole) === 'directory';
      if (directory === undefined) return chosen ? 'required with `store: directory`' : undefined;
      if (!chosen) return 'left out, unless `store` is directory';
      return mounts(whole).some((mount) => `${directory}/`.startsWith(`${mount}/`))
        ? undefined
        : 'within a mount of `release.values.controlPlane.api.extraVolumeMounts`: all API pods have to share it';
    },
    fix: 'mount a volume that all API pods share, and write where it is mounted',
  },
];

function effectiveStore(keys: Keys): string | undefined {
  return storeOf(
    { store: keys.text('reports.store'), bucket: keys.text('reports.bucket') },
    keys.at('database.existing'),
  );
}

function mounts(keys: Keys): string[] {
  const list = keys.at('release.values.controlPlane.api.extraVolumeMounts');
  if (!Array.isArray(list)) return [];
  return list.flatMap((mount: { mountPath?: unknown } | null) =>
    typeof mount?.mountPath === 'string' ? [mount.mountPath.replace(/(?<=.)\/+$/, '')] : [],
  );
}
