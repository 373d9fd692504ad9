import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { compareSnapshots, readSnapshots, type SnapshotComparison } from '../../commands/snapshot/comparison';
import { environmentJsonSchema } from '../../contract/environment/environment';
import { keysOfSchema, type Schema } from '../support/synth/schema-values';
import { currentSnapshots, ENVIRONMENTS, SNAPSHOTS, WRITTEN } from '../support/synth/snapshot-environments';

const FILES = readdirSync(SNAPSHOTS);
const UPDATE =
  'If that is intended, run `npm run snapshots`, read what `git diff test/snapshots` shows, and commit it.';

const current = currentSnapshots();
const comparisons = compareSnapshots(readSnapshots(SNAPSHOTS), current);

/** One change can show in every stack. */
const MOST_LINES = 40;

/** Fails with the lines that differ, and nothing around them. */
function expectSame({ file, status, difference }: SnapshotComparison): void {
  if (status === 'same') return;
  const more = difference.length > MOST_LINES ? [`… and ${difference.length - MOST_LINES} more lines`] : [];
  const lines = [`test/snapshots/${file}: ${status}`, ...difference.slice(0, MOST_LINES), ...more, '', UPDATE];
  const error = new Error(lines.join('\n'));
  error.stack = error.message;
  throw error;
}

/** Paths of all keys of an environment file. */
function keysOf(content: unknown, path: readonly string[] = []): string[] {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) return [];
  return Object.entries(content).flatMap(([key, inner]) => {
    const here = [...path, key];
    return [here.join('.'), ...keysOf(inner, here)];
  });
}

describe('what is synthesized is what the snapshots say', () => {
  it.each(comparisons.map((comparison) => [comparison.file, comparison] as const))('%s', (_file, comparison) => {
    expectSame(comparison);
  });

  it('in the files that are there, and in no other', () => {
    expect(FILES.sort()).toEqual([...current.keys()].sort());
  });
});

it('the environments of the snapshots use every key together', () => {
  const examples = readdirSync(ENVIRONMENTS).filter((file) => file.endsWith('.yaml'));
  const contents = examples.map((file) => parse(readFileSync(join(ENVIRONMENTS, file), 'utf8')));
  const used = new Set([...contents, ...WRITTEN].flatMap((content) => keysOf(content)));
  const keys = keysOfSchema(environmentJsonSchema() as Schema).map(({ path }) => path.join('.'));
  expect(new Set(keys).size).toBeGreaterThan(150);
  expect(keys.filter((key) => !used.has(key))).toEqual([]);
});

it('no snapshot holds a text of a ConfigMap', () => {
  const stacks = FILES.filter((file) => file.endsWith('.json')).map((file) =>
    readFileSync(join(SNAPSHOTS, file), 'utf8'),
  );
  const maps = stacks.flatMap((text) => Object.values(JSON.parse(text).resource.kubernetes_config_map_v1 ?? {}));
  const texts = maps.flatMap((map) => Object.values((map as { data: object }).data));
  expect(texts.length).toBeGreaterThan(100);
  expect(texts.filter((text) => !/^sha256:[0-9a-f]{64}$/.test(text))).toEqual([]);
});
