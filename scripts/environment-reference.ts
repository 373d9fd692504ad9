// Writes the JSON Schema of environment files and the page of their keys: `npm run schema`.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentJsonSchema, environmentSchema } from '../contract/environment/environment';
import { ruleAt } from '../contract/environment/parse';
import { productVersions } from './product-versions';

/** The part of JSON Schema that the reference is made from. */
interface Schema {
  readonly default?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Schema[];
}

interface Row {
  readonly path: readonly string[];
  readonly schema: Schema;
  readonly required: boolean;
}

const INTRODUCTION = `# Reference of the environment file

One YAML file describes one environment. \`environments/example.yaml\` shows every key in its place; this page is made from
the same schema that checks the file, by \`npm run schema\`. A mistake is reported with its line, the rule below and what to
write instead; all mistakes of all files at once.

An optional key without a default is absent until you write it; what happens without it is in its description.
`;

/** Markdown page with every key of an environment file. */
export function environmentReference(): string {
  const sections = sectionsOf(environmentJsonSchema() as Schema, []);
  return [INTRODUCTION, ...sections.map(sectionText)].join('\n');
}

interface Section {
  readonly path: readonly string[];
  readonly description: string;
  readonly rows: readonly Row[];
}

function sectionsOf(schema: Schema, path: readonly string[]): Section[] {
  const rows = rowsOf(schema, path);
  const inner = rows.flatMap((row) => sectionsOf(row.schema, row.path));
  if (rows.length === 0) return inner;
  return [{ path, description: schema.description ?? '', rows }, ...inner];
}

function rowsOf(schema: Schema, path: readonly string[]): Row[] {
  return [schema, ...(schema.anyOf ?? [])].flatMap(({ properties = {}, required = [] }) =>
    Object.entries(properties).map(([key, inner]) => ({
      path: [...path, key],
      schema: inner,
      required: required.includes(key),
    })),
  );
}

function sectionText({ path, description, rows }: Section): string {
  const title = path.length === 0 ? 'Top level' : `\`${path.join('.')}\``;
  const lines = rows.map((row) => {
    const { description: what, rule } = ruleAt(row.path);
    const cells = [`\`${row.path.at(-1)}\``, what, rule, row.required ? '**required**' : defaultOf(row)];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return [
    `## ${title}`,
    '',
    description,
    '',
    '| key | what it is | accepts | default |',
    '|---|---|---|---|',
    ...lines,
    '',
  ].join('\n');
}

/** The least that a file may say. */
const LEAST = {
  name: 'prod',
  region: 'eu-west-1',
  cluster: { name: 'platform' },
  release: { trustedProxyIssuer: 'https://auth.example.com' },
};

/** What {@link LEAST} means: a default that the JSON Schema does not name is in what the file leaves out. */
const MEANT = environmentSchema.parse(LEAST);

function defaultOf({ path, schema }: Row): string {
  const value = valueAt(path, LEAST) === undefined ? (schema.default ?? valueAt(path, MEANT)) : undefined;
  if (value === undefined || schema.properties !== undefined || JSON.stringify(value) === '{}') return '';
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function valueAt(path: readonly string[], file: unknown): unknown {
  return path.reduce((section, key) => (section as Record<string, unknown> | undefined)?.[key], file);
}

if (require.main === module) {
  const project = join(__dirname, '..');
  const schema = `${JSON.stringify(environmentJsonSchema(), null, 2)}\n`;
  writeFileSync(join(project, 'environments', 'environment.schema.json'), schema);
  writeFileSync(join(project, 'docs', 'reference', 'environment-file.md'), environmentReference());
  writeFileSync(join(project, 'docs', 'reference', 'product-versions.md'), productVersions());
}
