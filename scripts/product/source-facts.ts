import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConnectionPool, SchemaComponent } from '../../contract/product/facts/schema';

/** What the sources of a version say; a property is null where they are not written the way that is read here. */
export interface SourceFacts {
  readonly alembicHead: string | null;
  readonly pools: Readonly<Record<string, ConnectionPool>> | null;
  readonly components: Readonly<Record<string, SchemaComponent>> | null;
  /** Sorted. */
  readonly variables: readonly string[];
}

const POOLS = join('src', 'agent_bom', 'api', 'postgres_common.py');
const COMPONENTS = join('src', 'agent_bom', 'api', 'storage_schema.py');
/** The archive has no migrations; the tests of them say which one is the last. */
const TESTS = join('tests', 'test_postgres_migrations.py');

/** Reads the unpacked source archive of a version. */
export function sourceFacts(directory: string): SourceFacts {
  const files = readdirSync(join(directory, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.py'))
    .map((file) => join('src', file));
  const read = (file: string) => (existsSync(join(directory, file)) ? readFileSync(join(directory, file), 'utf8') : '');
  // A pool that is opened elsewhere is one that the budget would not know.
  const elsewhere = files.some((file) => file !== POOLS && /psycopg_pool\.\w*ConnectionPool\(/.test(read(file)));
  return {
    alembicHead: alembicHead(read(TESTS)),
    pools: elsewhere ? null : connectionPools(read(POOLS)),
    components: schemaComponents(read(COMPONENTS)),
    variables: variableNames(files.map(read)),
  };
}

/** The constant with the last revision. */
export function alembicHead(tests: string): string | null {
  return tests.match(/^ALEMBIC_HEAD = "(\d{8}_\d{2})"$/m)?.[1] ?? null;
}

/**
 * The pools: one for each function `_get_<name>_pool`, whose body says with which login and within which sizes it opens
 * them. The one without a name is that of the application.
 */
export function connectionPools(source: string): Record<string, ConnectionPool> | null {
  const functions = source.split(/^(?=\S)/m);
  const pools: Record<string, ConnectionPool> = {};
  for (const body of functions) {
    const found = body.match(/^def _get_(?:(\w+)_)?pool\(\)/);
    if (found === null) continue;
    const largest = body.match(/max_size = max\(\w+, (?:min\((\w+), )?POSTGRES_POOL_MAX_SIZE\)/);
    const smallest = body.match(/min_size ?= ?(?:(\d+)|max\(1, POSTGRES_POOL_MIN_SIZE\))/);
    if (largest === null || smallest === null) return null;
    const cap = largest[1] === undefined ? null : constant(source, largest[1]);
    if (cap === undefined) return null;
    pools[found[1]?.replaceAll('_', '-') ?? 'app'] = {
      login: body.includes('resolve_postgres_maintenance_url()') ? 'maintenance' : 'app',
      minimum: smallest[1] === undefined ? null : Number(smallest[1]),
      cap,
    };
  }
  return Object.keys(pools).length === 0 ? null : pools;
}

/** The manifest of the parts of the schema, without those that are not kept in Postgres. */
export function schemaComponents(source: string): Record<string, SchemaComponent> | null {
  const usual = constant(source, 'CONTROL_PLANE_SCHEMA_VERSION');
  const expected = source.match(/^ {4}StorageSchemaComponent\(/gm)?.length ?? 0;
  const rows = [
    ...source.matchAll(/^ {4}StorageSchemaComponent\(\s*"(\w+)",\s*"([\w/]+)",\s*\(([^()]*)\)([^()]*)\)/gm),
  ];
  if (usual === undefined || expected === 0 || rows.length !== expected) return null;
  const components: Record<string, SchemaComponent> = {};
  for (const [, name = '', backends = '', tables = '', rest = ''] of rows) {
    if (!backends.split('/').includes('postgres')) continue;
    const version = rest.match(/version=(\w+)/)?.[1];
    const number = version === undefined ? usual : Number(version);
    if (Number.isNaN(number)) return null;
    components[name] = {
      tables: [...tables.matchAll(/"(\w+)"/g)].map(([, table = '']) => table).sort(),
      version: number,
    };
  }
  return components;
}

/** Names of environment variables: every whole string that looks like one. A name that is put together is not found. */
export function variableNames(sources: readonly string[]): string[] {
  const found = sources.flatMap((text) => [...text.matchAll(/(["'])(AGENT_BOM_[A-Z0-9_]*[A-Z0-9])\1/g)]);
  return [...new Set(found.map(([, , name = '']) => name))].sort();
}

function constant(source: string, name: string): number | undefined {
  const value = source.match(new RegExp(`^${name} = (\\d+)$`, 'm'))?.[1];
  return value === undefined ? undefined : Number(value);
}
