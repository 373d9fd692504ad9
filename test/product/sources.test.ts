import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { chartFacts, refusalsIn } from '../../scripts/product/chart-facts';
import {
  alembicHead,
  connectionPools,
  schemaComponents,
  sourceFacts,
  variableNames,
} from '../../scripts/product/source-facts';

const POOLS = `
_RESERVE_MAX = 3
limit = 9


def _get_pool() -> ConnectionPool:
    min_size = max(1, POSTGRES_POOL_MIN_SIZE)
    max_size = max(min_size, POSTGRES_POOL_MAX_SIZE)
    return psycopg_pool.ConnectionPool(min_size=min_size, max_size=max_size)


def _get_slow_report_pool() -> ConnectionPool:
    max_size = max(1, min(_RESERVE_MAX, POSTGRES_POOL_MAX_SIZE))
    return build(min_size=2, max_size=max_size)


def _get_maintenance_pool() -> ConnectionPool:
    url = resolve_postgres_maintenance_url()
    max_size = max(1, min(_RESERVE_MAX, POSTGRES_POOL_MAX_SIZE))
    return build(url, min_size=1, max_size=max_size)
`;

const COMPONENTS = `
CONTROL_PLANE_SCHEMA_VERSION = 1
ALL = (
    StorageSchemaComponent("jobs", "sqlite/postgres", ("jobs", "done")),
    StorageSchemaComponent(
        "paths",
        "postgres",
        (
            "paths",
            "aliases",
        ),
        version=7,
    ),
    # StorageSchemaComponent("commented", "postgres", ("none",)),
    StorageSchemaComponent("local", "sqlite", ("local",)),
    StorageSchemaComponent("cache", "postgres", ("cache",), tenant_scoped=False),
)
`;

/** Writes files by path, runs something with their folder, and removes them. */
function withFiles<Result>(files: Readonly<Record<string, string>>, use: (folder: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'sources-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('in the sources', () => {
  it('the Alembic head is the constant, and nothing that looks like it', () => {
    expect(alembicHead('A = 1\nALEMBIC_HEAD = "20300102_03"\n')).toBe('20300102_03');
    expect(alembicHead('LAST = VERSIONS / "20300102_03_a.py"\nassert x == ALEMBIC_HEAD\n')).toBeNull();
    expect(alembicHead('    ALEMBIC_HEAD = "20300102_03"\n')).toBeNull();
  });

  it('each function for a pool is one, with its login and sizes', () => {
    expect(connectionPools(POOLS)).toEqual({
      app: { login: 'app', minimum: null, cap: null },
      'slow-report': { login: 'app', minimum: 2, cap: 3 },
      maintenance: { login: 'maintenance', minimum: 1, cap: 3 },
    });
  });

  it('pools that are written in another way are not guessed', () => {
    expect(connectionPools('')).toBeNull();
    expect(connectionPools(POOLS.replace('_RESERVE_MAX = 3', '_RESERVE_MAX = other()'))).toBeNull();
    expect(connectionPools(POOLS.replace('min_size=2, ', ''))).toBeNull();
    expect(connectionPools(POOLS.replace('max_size = max(min_size,', 'max_size = sum(min_size,'))).toBeNull();
  });

  it('the parts of the schema are those in Postgres, with the usual version unless they have their own', () => {
    expect(schemaComponents(COMPONENTS)).toEqual({
      jobs: { tables: ['done', 'jobs'], version: 1 },
      paths: { tables: ['aliases', 'paths'], version: 7 },
      cache: { tables: ['cache'], version: 1 },
    });
  });

  it('parts that are written in another way are not guessed', () => {
    expect(schemaComponents('')).toBeNull();
    expect(schemaComponents(COMPONENTS.replace('("cache",)', 'CACHE_TABLES'))).toBeNull();
    expect(schemaComponents(COMPONENTS.replace('version=7', 'version=NEXT'))).toBeNull();
    expect(schemaComponents(COMPONENTS.replace('VERSION = 1', 'VERSION = first()'))).toBeNull();
  });

  it('variables are whole strings, each once', () => {
    const texts = [
      'f("AGENT_BOM_B", \'AGENT_BOM_A\')',
      'g("AGENT_BOM_B", "AGENT_BOM_X_", f"AGENT_BOM_{n}", "set AGENT_BOM_C")',
    ];
    expect(variableNames(texts)).toEqual(['AGENT_BOM_A', 'AGENT_BOM_B']);
  });

  it('all four are read from an unpacked archive, and what is missing is null', () => {
    const files = {
      'src/agent_bom/api/postgres_common.py': POOLS,
      'src/agent_bom/api/storage_schema.py': COMPONENTS,
      'src/agent_bom/cli/start.py': 'read("AGENT_BOM_A")',
      'src/agent_bom/readme.txt': '"AGENT_BOM_TEXT"',
      'tests/test_postgres_migrations.py': 'ALEMBIC_HEAD = "20300102_03"\nset("AGENT_BOM_TEST")\n',
    };
    const found = withFiles(files, sourceFacts);
    expect(found).toMatchObject({ alembicHead: '20300102_03', variables: ['AGENT_BOM_A'] });
    expect([Object.keys(found.pools ?? {}), Object.keys(found.components ?? {})]).toEqual([
      ['app', 'slow-report', 'maintenance'],
      ['jobs', 'paths', 'cache'],
    ]);
    const empty = { alembicHead: null, pools: null, components: null, variables: [] };
    expect(withFiles({ 'src/agent_bom/empty.py': '' }, sourceFacts)).toEqual(empty);
    const beside = { ...files, 'src/agent_bom/other.py': 'p = psycopg_pool.AsyncConnectionPool(url)' };
    expect(withFiles(beside, sourceFacts)).toMatchObject({ pools: null, alembicHead: '20300102_03' });
  });
});

describe('in a chart', () => {
  const files = {
    'Chart.yaml': 'name: any\nversion: 1.2.3\n',
    'values.yaml':
      'gateway: {enabled: false, replicas: 2, image: x}\ncontrolPlane: {postgresSecrets: {enabled: true, appSecretRef: {name: ""}}}\n',
    'templates/api.yaml':
      '{{ fail "a.b needs SOME_NAME and a.b" }}\n{{- fail (printf "one.two[%d] is twice" $i) }}\n{{ $failed := 1 }}',
    'templates/plain.yaml': 'kind: Service # may fail\n',
  };

  it('the values of the contract, the refusals and a digest are read', () => {
    const found = withFiles(files, (folder) => chartFacts(folder, '1.2.3'));
    expect(found).toEqual({
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      values: {
        'controlPlane.postgresSecrets.enabled': true,
        'controlPlane.postgresSecrets.appSecretRef.name': '',
        'gateway.enabled': false,
        'gateway.replicas': 2,
      },
      refusals: { 'templates/api.yaml': { count: 2, names: ['SOME_NAME', 'a.b', 'one.two'] } },
    });
    expect(withFiles(files, (folder) => chartFacts(folder, '1.2.3'))).toEqual(found);
    const changed = withFiles({ ...files, 'README.md': '' }, (folder) => chartFacts(folder, '1.2.3'));
    expect(changed.sha256).not.toBe(found.sha256);
  });

  it('of another version nothing is read', () => {
    expect(() => withFiles(files, (folder) => chartFacts(folder, '1.2.4'))).toThrow('got:  version 1.2.3');
  });

  it('a template that never refuses has no names', () => {
    expect(refusalsIn('SOME_NAME: {{ .Values.a.b }}')).toEqual({ count: 0, names: [] });
  });
});
