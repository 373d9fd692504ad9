// Writes the table of what a changed key does in docs/operate/upgrade.md, from the rows that the tests check: part of `npm run schema`.
import { readFileSync, writeFileSync } from 'node:fs';
import { DATABASE_ROWS } from '../test/support/synth/key-changes/database';
import type { Row } from '../test/support/synth/key-changes/row';
import { WORKLOAD_ROWS } from '../test/support/synth/key-changes/workload';
import { UPGRADE_PAGE } from './version-table';

const BEGIN = '<!-- changes: written by `npm run schema` -->';
const END = '<!-- end of the changes -->';
const HEAD = ['key', 'value', 'in a file with', 'in the database stack', 'in the workload stack'];

/** A row for each change that the tests try. */
export function changeTable(): string {
  const workload = new Map(WORKLOAD_ROWS.map((row) => [identityOf(row), row[3]]));
  const known = new Set(DATABASE_ROWS.map(identityOf));
  const rows = DATABASE_ROWS.map((row) => rowOf(row, row[3], workload.get(identityOf(row))));
  const others = WORKLOAD_ROWS.filter((row) => !known.has(identityOf(row))).map((row) => rowOf(row, undefined, row[3]));
  const lines = [HEAD, HEAD.map(() => '---'), ...rows, ...others].map((cells) => `| ${cells.join(' | ')} |`);
  return lines.map((line) => line.replace(/ {2,}/g, ' ')).join('\n');
}

/** The page with the table of today. */
export function withChangeTable(page: string): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`${UPGRADE_PAGE} has no ${BEGIN} and ${END}`);
  return `${before}${BEGIN}\n\n${changeTable()}\n\n${END}${after}`;
}

function rowOf([variety, key, value]: Row, database: string | undefined, workload: string | undefined): string[] {
  const shown = value === undefined ? 'left out' : code(JSON.stringify(value).replaceAll('|', '\\|'));
  return [code(key), shown, variety, changesIn(database), changesIn(workload)];
}

function identityOf([variety, key, value, , others]: Row): string {
  return JSON.stringify([variety, key, value ?? null, others ?? {}]);
}

/** `replace a; update b; update c` as a cell: each verb once, and what is lost in capitals. */
function changesIn(text = ''): string {
  const verbs = new Map<string, string[]>();
  for (const [verb = '', type = ''] of text.split('; ').map((change) => change.split(' '))) {
    if (type !== '') verbs.set(verb, [...(verbs.get(verb) ?? []), code(type)]);
  }
  return [...verbs].map(([verb, types]) => `${LOUD[verb] ?? verb} ${types.join(', ')}`).join('; ');
}

const LOUD: Readonly<Record<string, string>> = { destroy: '**destroy**', replace: '**replace**' };

function code(text: string): string {
  return `\`${text}\``;
}

if (require.main === module) writeFileSync(UPGRADE_PAGE, withChangeTable(readFileSync(UPGRADE_PAGE, 'utf8')));
