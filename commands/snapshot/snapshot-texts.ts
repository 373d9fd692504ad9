import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Text of each snapshot by the name of its file. */
export type SnapshotTexts = ReadonlyMap<string, string>;

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

const STACK = /^stacks\/([^/]+)\/cdk\.tf\.json$/;
const OUTPUT_FILE = /^([^/]+)\/([^/]+\.yaml)$/;

/**
 * Snapshots of everything that was synthesized: `<environment>-<stack>.json` for each stack, and
 * `<environment>-<file>` for each file next to the stacks.
 *
 * @param outdir Output directory of the app, such as `cdktf.out`.
 */
export function snapshotTexts(outdir: string): SnapshotTexts {
  const texts = new Map<string, string>();
  for (const path of readdirSync(outdir, { recursive: true, encoding: 'utf8' }).sort()) {
    const [, stack] = STACK.exec(path) ?? [];
    const [, environment, file] = OUTPUT_FILE.exec(path) ?? [];
    const read = () => readFileSync(join(outdir, path), 'utf8');
    if (stack !== undefined) texts.set(`${stack}.json`, stackSnapshot(read()));
    else if (file !== undefined) texts.set(`${environment}-${file}`, read());
  }
  return texts;
}

/** The JSON of a stack with sorted keys, and a digest instead of each text of a ConfigMap: SQL, scripts, PEM. */
export function stackSnapshot(text: string): string {
  const template = sorted(JSON.parse(text));
  for (const { data } of Object.values<ConfigMap>(template.resource?.kubernetes_config_map_v1 ?? {})) {
    for (const [file, content] of Object.entries(data)) data[file] = digest(content);
  }
  return `${JSON.stringify(template, undefined, 1)}\n`;
}

interface ConfigMap {
  readonly data: Record<string, string>;
}

function digest(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

// biome-ignore lint/suspicious/noExplicitAny: a template has every shape
function sorted(value: Json): any {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key] ?? null)]));
}
