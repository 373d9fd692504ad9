import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ContractError } from '../../contract/error';
import {
  backfills,
  factsOf,
  hasChartValue,
  hasSetting,
  isAtLeast,
  knownVersions,
  newestVersion,
  oldWritersStop,
  PRODUCT_FLOOR,
  poolsOf,
  recordedHead,
  settingSince,
} from '../../contract/product/facts';
import { factRecordSchema } from '../../contract/product/facts/schema';

const FOLDER = join(__dirname, '..', '..', 'contract', 'product', 'facts');
const FILES = readdirSync(FOLDER).filter((file) => /^\d/.test(file));

/** What a call says when it refuses something. */
function refusal(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof ContractError) return error.message;
    throw error;
  }
  return 'nothing';
}

describe('the records', () => {
  it.each(FILES)('%s has the shape of a record, its own version, and all that every version has', (file) => {
    const record = factRecordSchema.parse(JSON.parse(readFileSync(join(FOLDER, file), 'utf8')));
    expect(`${record.version}.json`).toBe(file);
    const unlearnt = ['alembicHead', 'chart', 'components', 'pools'].filter((name) => {
      return record[name as 'alembicHead' | 'chart' | 'components' | 'pools'] === null;
    });
    expect(record.unknown).toEqual(unlearnt);
    expect(factsOf(record.version)).toMatchObject({ version: record.version, recorded: record.version, known: true });
  });

  it('are all read, in the order of Semantic Versioning, and are small', () => {
    expect(knownVersions()).toHaveLength(FILES.length);
    expect(
      knownVersions()
        .map((version) => `${version}.json`)
        .sort(),
    ).toEqual([...FILES].sort());
    expect(knownVersions().slice(0, 4)).toEqual([PRODUCT_FLOOR, '0.99.0', '0.100.0', '0.101.0']);
    expect(newestVersion()).toBe(knownVersions().at(-1));
    const bytes = FILES.map((file) => readFileSync(join(FOLDER, file)).length);
    expect(bytes.reduce((sum, length) => sum + length)).toBeLessThan(150_000);
  });

  it('give each version its Alembic head', () => {
    const heads = Object.fromEntries(knownVersions().map((version) => [version, factsOf(version).alembicHead]));
    expect(heads).toMatchObject({
      '0.98.3': '20260801_01',
      '0.99.0': '20260801_01',
      '0.100.0': '20260812_01',
      '0.101.0': '20260812_01',
      '0.102.0': '20260823_01',
      '0.103.0': '20260827_01',
      '0.103.2': '20260901_01',
      '0.104.0': '20260908_01',
      '0.105.0': '20260911_01',
      '0.106.1': '20260924_01',
      '0.107.0': '20260929_04',
      '0.107.2': '20260930_01',
      '0.108.0': '20260930_01',
      '0.108.1': '20261005_01',
      '0.108.4': '20261007_03',
      '0.109.0': '20261015_01',
      '0.110.0': '20261020_01',
    });
  });
});

describe('a version', () => {
  it('is compared by the rules of Semantic Versioning', () => {
    expect(isAtLeast('0.100.0', '0.99.0')).toBe(true);
    expect(isAtLeast('0.99.0', '0.100.0')).toBe(false);
    expect(isAtLeast('0.99.0', '0.99.0')).toBe(true);
  });

  it('that is newer than all known ones, or between two, has the facts of the newest below it', () => {
    const { version: _, recorded, known, ...facts } = factsOf('9.9.9');
    const { version: __, recorded: ___, known: ____, ...newest } = factsOf(newestVersion());
    expect({ recorded, known }).toEqual({ recorded: newestVersion(), known: false });
    expect(facts).toEqual(newest);
    expect(factsOf('0.103.1')).toMatchObject({ recorded: '0.103.0', known: false, alembicHead: '20260827_01' });
  });

  it('is refused below the floor, and where it is none', () => {
    expect(refusal(() => factsOf('0.98.2'))).toContain(
      'a version from 0.98.3 on: earlier ones do not have the identities',
    );
    expect(refusal(() => factsOf('0.98.3'))).toBe('nothing');
    for (const text of ['', 'latest', '0.102', 'v0.102.0', '0.0102.0', '0.111.0-rc.1', '9999999.0.0'])
      expect(refusal(() => factsOf(text))).toContain('three numbers');
    expect(refusal(() => oldWritersStop('0.98.2', '0.110.0'))).toContain('0.98.2');
    expect(refusal(() => backfills('0.98.3', 'latest'))).toContain('latest');
  });

  it('is refused with the reason where it is known to be broken', () => {
    jest.isolateModules(() => {
      jest.doMock('../../contract/product/facts/broken.json', () => [
        { version: '0.105.0', reason: 'it loses reports' },
      ]);
      const isolated = require('../../contract/product/facts') as typeof import('../../contract/product/facts');
      expect(() => isolated.factsOf('0.105.0')).toThrow(
        /got: {2}0\.105\.0\n {2}rule: not a version that is known to be broken: it loses reports/,
      );
      expect(isolated.factsOf('0.106.1').known).toBe(true);
    });
    expect(factsOf('0.105.0').known).toBe(true);
  });
});

describe('what holds at a version', () => {
  it('has the third pool from 0.104.0 on', () => {
    expect(Object.keys(factsOf('0.98.3').pools)).toEqual(['app', 'maintenance']);
    expect(Object.keys(factsOf('0.103.2').pools)).toEqual(['app', 'maintenance']);
    expect(factsOf('0.104.0').pools).toEqual({
      app: { login: 'app', minimum: null, cap: null },
      'idempotency-fence': { login: 'app', minimum: 1, cap: 4 },
      maintenance: { login: 'maintenance', minimum: 1, cap: 4 },
    });
    expect(Object.keys(factsOf('0.110.0').pools)).toHaveLength(3);
  });

  it('adds variables up, and takes those away that are gone', () => {
    const gone = 'AGENT_BOM_RUNTIME_EVIDENCE_SOURCE_SECRET';
    const cidrs = 'AGENT_BOM_TRUSTED_PROXY_CIDRS';
    expect([factsOf('0.103.2'), factsOf('0.104.0')].map(({ variables }) => variables.includes(gone))).toEqual([
      true,
      false,
    ]);
    expect(
      [factsOf('0.102.0'), factsOf('0.103.0'), factsOf('0.110.0')].map((at) => at.variables.includes(cidrs)),
    ).toEqual([false, true, true]);
    expect(factsOf('0.102.0').variables).toHaveLength(591);
    expect(factsOf('0.110.0').variables).toHaveLength(653);
  });

  it('has the parts of the schema in their newest version', () => {
    const versions = ['0.103.0', '0.103.2', '0.108.4', '0.109.0', '0.110.0'];
    expect(versions.map((version) => factsOf(version).components.graph?.version)).toEqual([1, 2, 6, 10, 11]);
    expect(factsOf('0.104.0').components.report_jobs).toBeUndefined();
    expect(factsOf('0.105.0').components.report_jobs).toEqual({ tables: ['report_jobs'], version: 1 });
  });

  it('has what a person filled in from the version on in which it begins', () => {
    expect(factsOf('0.103.2').refusedVariables).toEqual({});
    expect(Object.keys(factsOf('0.104.0').refusedVariables)).toEqual([
      'AGENT_BOM_GRAPH_AUTO_CORRELATE',
      'AGENT_BOM_GRAPH_AUTO_CORRELATE_MAX_AGE_HOURS',
    ]);
    expect(factsOf('0.106.1').narrowedTables).toEqual([]);
    const narrowed = factsOf('0.107.0').narrowedTables.map(({ table, privileges }) => `${table} ${privileges}`);
    expect(narrowed).toHaveLength(9);
    expect(narrowed.filter((row) => !row.includes('UPDATE'))).toEqual([
      'agent_bom_snapshots SELECT,INSERT',
      'endpoint_sync_events SELECT,INSERT',
      'mcp_scan_results SELECT,INSERT,DELETE',
    ]);
    const cache = { variable: 'AGENT_BOM_POSTGRES_JOB_PAYLOAD_CACHE_MB', default: '256' };
    expect(factsOf('0.108.2').settings).not.toContainEqual(expect.objectContaining(cache));
    expect(factsOf('0.108.3').settings).toContainEqual(expect.objectContaining(cache));
    const provider = { key: 'controlPlane.postgres.provider', default: 'auto' };
    expect(factsOf('0.100.0').chartValues).not.toContainEqual(provider);
    expect(factsOf('0.101.0').chartValues).toContainEqual(provider);
    expect(factsOf('0.108.3').chartRules).toHaveLength(1);
    expect(factsOf('0.108.4').chartRules).toHaveLength(2);
    expect(factsOf('0.110.0')).toMatchObject({ chart: null, uploaded: '2026-10-22T21:04:21Z' });
  });
});

describe('the facts of the SQL', () => {
  const sql = readFileSync(join(__dirname, '..', '..', 'migrations', 'facts.sql'), 'utf8');
  const section = (setting: string) =>
    sql.slice(0, sql.indexOf(`'agent_bom.${setting}'`) + 4000).split(`'agent_bom.${setting}'`)[1] ?? '';

  it('narrow the tables that the records name, to the same privileges', () => {
    const recorded = factsOf(newestVersion()).narrowedTables.map(({ table, privileges }) => `${table} ${privileges}`);
    const inSql = section('narrowed_tables').split('n (relation')[0] ?? '';
    const rows = [...inSql.matchAll(/\('(\w+)', '\{([A-Z,]+)\}'\)/g)].map(
      ([, table, privileges]) => `${table} ${privileges}`,
    );
    expect(rows.sort()).toEqual(recorded.sort());
  });

  it('repeat the backfills that the records name', () => {
    const recorded = backfills(PRODUCT_FLOOR, newestVersion());
    const inSql = section('backfills').split('b (relation')[0] ?? '';
    const rows = [...inSql.matchAll(/\('(\w+)', '(\w+)',\s+\$f\$/g)].map(([, table, column]) => `${table}.${column}`);
    expect(rows.sort()).toEqual(recorded.map(({ table, column }) => `${table}.${column}`).sort());
    const comment = sql.slice(0, sql.indexOf("'agent_bom.backfills'")).split('\n').slice(-6).join('\n');
    for (const { migration } of recorded) expect(comment).toContain(migration);
  });
});

describe('what the SQL knows of migrations that stop the API', () => {
  it('are those that the records name', () => {
    const sql = readFileSync(join(__dirname, '..', '..', 'migrations', 'facts.sql'), 'utf8');
    const inSql = /'agent_bom\.writer_stops', '\{([\w,]+)\}'/.exec(sql)?.[1]?.split(',');
    expect(inSql).toEqual(oldWritersStop(PRODUCT_FLOOR, newestVersion()).map(({ migration }) => migration));
  });
});

describe('what nobody recorded of a version', () => {
  it('is its head: only its image knows', () => {
    expect(recordedHead('0.110.0')).toBe('20261020_01');
    expect(recordedHead('0.110.1')).toBeUndefined();
    expect(recordedHead('0.98.4')).toBeUndefined();
  });

  it('are its pools, which may be those of any record', () => {
    expect(poolsOf('0.103.2').map((pools) => Object.keys(pools))).toEqual([['app', 'maintenance']]);
    expect(poolsOf('0.103.1')).toHaveLength(knownVersions().length);
    expect(poolsOf('9.9.9')).toEqual(knownVersions().map((version) => factsOf(version).pools));
  });

  it('are its values of the chart, which are those of the version before it', () => {
    const persistence = ['0.102.0', '0.102.9', '0.103.0', '9.9.9'].map((at) =>
      hasChartValue(at, 'gateway.persistence'),
    );
    expect(persistence).toEqual([false, false, true, true]);
    expect(hasChartValue('9.9.9', 'gateway.persist')).toBe(false);
  });
});

describe('a setting', () => {
  it('is there from its first version on', () => {
    const hosts = 'AGENT_BOM_API_ALLOWED_HOSTS';
    expect(settingSince(hosts)).toBe('0.108.4');
    expect(['0.108.3', '0.108.4', '9.9.9'].map((at) => hasSetting(at, hosts))).toEqual([false, true, true]);
    expect(() => settingSince('AGENT_BOM_DB')).toThrow('no record has the setting AGENT_BOM_DB');
  });
});

describe('an upgrade', () => {
  it('names the tables that earlier versions can no longer write to', () => {
    const tables = (from: string, to: string) =>
      oldWritersStop(from, to).map(({ migration, table }) => [migration, table]);
    const jobs = ['20260928_01', 'scan_jobs'];
    const paths = ['20261013_02', 'attack_paths'];
    expect(tables('0.106.1', '0.110.0')).toEqual([jobs, paths]);
    expect(tables('0.106.1', '0.107.0')).toEqual([jobs]);
    expect(tables('0.107.0', '0.108.4')).toEqual([]);
    expect(tables('0.107.0', '0.109.0')).toEqual([paths]);
    expect(tables('0.110.0', '0.106.1')).toEqual([]);
    expect(tables('0.102.0', '9.9.9')).toEqual([jobs, paths]);
  });

  it('names the backfills that need the bypass, and the rows that they fill', () => {
    const migrations = (from: string, to: string) => backfills(from, to).map(({ migration }) => migration);
    expect(migrations('0.98.3', '0.110.0')).toEqual(['20260810_01', '20260818_01', '20260908_01', '20261013_02']);
    expect(migrations('0.99.0', '0.100.0')).toEqual(['20260810_01']);
    expect(migrations('0.100.0', '0.101.0')).toEqual([]);
    expect(migrations('0.101.0', '0.102.0')).toEqual(['20260818_01']);
    expect(migrations('0.102.0', '0.103.2')).toEqual([]);
    expect(backfills('0.108.4', '0.109.0')).toEqual([
      { migration: '20261013_02', table: 'attack_paths', column: 'path_key', unfilled: "path_key = ''" },
    ]);
  });
});
