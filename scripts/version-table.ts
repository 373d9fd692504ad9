// Writes the table of the versions in docs/operate/upgrade.md, from their records: part of `npm run schema`.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { backfills, factsOf, knownVersions, oldWritersStop, type ProductFacts } from '../contract/product/facts';
import type { ConnectionPool } from '../contract/product/facts/schema';

/** Page with the table, between these lines. */
export const UPGRADE_PAGE = join(__dirname, '..', 'docs', 'operate', 'upgrade.md');
const BEGIN = '<!-- versions: written by `npm run schema` -->';
const END = '<!-- end of the versions -->';

const HEAD = [
  'version',
  'Alembic head',
  'do pods of the version before keep answering while the Job migrates?',
  'connection pools of a pod',
  'columns filled in existing rows',
  'tables with fewer than all privileges for the application',
  'settings and refused variables',
];

/** A row a version, the newest first. A cell is empty where a version changes nothing. */
export function versionTable(): string {
  const versions = knownVersions();
  const rows = versions.map((version, index) => rowOf(version, versions[index - 1])).reverse();
  const lines = [HEAD, HEAD.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return lines.map((line) => line.replace(/ {2,}/g, ' ')).join('\n');
}

/** The page with the table of today. */
export function withVersionTable(page: string): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`${UPGRADE_PAGE} has no ${BEGIN} and ${END}`);
  return `${before}${BEGIN}\n\n${versionTable()}\n\n${END}${after}`;
}

function rowOf(version: string, previous: string | undefined): string[] {
  const facts = factsOf(version);
  const before = previous === undefined ? undefined : factsOf(previous);
  const pools = poolsIn(facts);
  return [
    version,
    code(facts.alembicHead),
    before === undefined ? '' : answer(before.version, version),
    before !== undefined && poolsIn(before) === pools ? '' : pools,
    before === undefined ? '' : filled(before.version, version),
    narrowed(facts, before),
    settings(facts, before),
  ];
}

function answer(from: string, to: string): string {
  const stops = oldWritersStop(from, to);
  return stops.length === 0 ? 'yes' : `**no**: ${stops.map(({ sentence }) => sentence).join(' ')}`;
}

function poolsIn({ pools }: ProductFacts): string {
  return Object.entries<ConnectionPool>(pools)
    .map(([name, { cap }]) => (cap === null ? name : `${name} (at most ${cap})`))
    .join(', ');
}

function filled(from: string, to: string): string {
  return backfills(from, to)
    .map(({ table, column }) => code(`${table}.${column}`))
    .join(', ');
}

function narrowed({ narrowedTables }: ProductFacts, before: ProductFacts | undefined): string {
  const known = before?.narrowedTables.map(({ table }) => table) ?? [];
  return narrowedTables
    .filter(({ table }) => !known.includes(table))
    .map(({ table, privileges }) => `${code(table)}: ${privileges.join(', ')}`)
    .join('; ');
}

function settings(facts: ProductFacts, before: ProductFacts | undefined): string {
  const known = before?.settings.map(({ variable }) => variable) ?? [];
  const added = facts.settings
    .filter(({ variable }) => !known.includes(variable))
    .map(({ variable, meaning }) => `${code(variable)}: ${meaning}`);
  const refused = Object.entries(facts.refusedVariables)
    .filter(([variable]) => before?.refusedVariables[variable] === undefined)
    .map(([variable, reason]) => `${code(variable)} is refused: ${reason}`);
  return [...added, ...refused].join('; ');
}

function code(text: string): string {
  return `\`${text}\``;
}

if (require.main === module) writeFileSync(UPGRADE_PAGE, withVersionTable(readFileSync(UPGRADE_PAGE, 'utf8')));
