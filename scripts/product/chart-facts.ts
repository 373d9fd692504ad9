import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ContractError } from '../../contract/error';
import type { ChartFacts } from '../../contract/product/facts/schema';

/** Values that the contract sets, or whose defaults it relies on; of a map, all that is under it. */
const VALUES = [
  'controlPlane.api.autoscaling',
  'controlPlane.api.replicas',
  'controlPlane.api.resources.limits',
  'controlPlane.autoCorrelation',
  'controlPlane.backup.enabled',
  'controlPlane.externalSecrets.enabled',
  'controlPlane.migrations.enabled',
  'controlPlane.observability.prometheusRule.enabled',
  'controlPlane.postgres',
  'controlPlane.postgresSecrets',
  'gateway.enabled',
  'gateway.graphReachability',
  'gateway.persistence',
  'gateway.replicas',
  'gateway.stateDir',
  'teardownHooks.enabled',
];

/** Reads an unpacked chart, which has to be of the version. */
export function chartFacts(directory: string, version: string): ChartFacts {
  const found = parse(readFileSync(join(directory, 'Chart.yaml'), 'utf8')).version;
  if (found !== version)
    throw new ContractError({
      path: join(directory, 'Chart.yaml'),
      got: `version ${found}`,
      rule: `the chart is of version ${version}`,
      fix: 'unpack the chart of that version',
    });
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((file) => statSync(join(directory, file)).isFile())
    .sort();
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(directory, file)))
      .update('\0');
  const templates = files.filter((file) => file.startsWith(join('templates', '/')));
  const refusals = templates.map((file) => [file, refusalsIn(readFileSync(join(directory, file), 'utf8'))] as const);
  return {
    sha256: hash.digest('hex'),
    values: Object.fromEntries(
      VALUES.flatMap((path) => leaves(path, at(parse(readFileSync(join(directory, 'values.yaml'), 'utf8')), path))),
    ),
    refusals: Object.fromEntries(refusals.filter(([, { count }]) => count > 0)),
  };
}

/** How often a template calls `fail`, and the values and variables that the calls name. */
export function refusalsIn(template: string): ChartFacts['refusals'][string] {
  const calls = [...template.matchAll(/\bfail\s+(?:\(printf\s+)?"([^"]*)"/g)].map(([, message = '']) => message);
  const names = calls.flatMap(
    (message) => message.match(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b|\b[a-z]\w*(?:\.\w+)+\b/g) ?? [],
  );
  return { count: calls.length, names: [...new Set(names)].sort() };
}

function at(values: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], values);
}

function leaves(path: string, value: unknown): [path: string, value: ChartFacts['values'][string]][] {
  if (value === undefined) return [];
  if (value === null || typeof value !== 'object' || Array.isArray(value) || Object.keys(value).length === 0)
    return [[path, value as ChartFacts['values'][string]]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(`${path}.${key}`, inner));
}
