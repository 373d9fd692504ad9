import { Testing } from 'cdktf';
import type { PostgresEndpoint } from '../../constructs/postgres-endpoint';
import { environmentJsonSchema } from '../../contract/environment';
import { WorkloadStack } from '../../stacks/workload-stack';
import { ENDPOINT, KEY_ARN } from '../support/cluster';
import { minimal, parsed } from '../support/environments';
import { type Block, Template } from '../support/template';

const DUMP = '2026-01-31T03-00-00Z';
const STORE = { bucket: 'dumps', prefix: 'dumps/', keyArn: KEY_ARN, roleArn: 'arn:backup' };

/** Another value for a key of the file, and whether the database has to be migrated and verified again because of it. */
type Row = readonly [path: string, value: unknown, again: boolean];

const TABLE: readonly Row[] = [
  ['name', 'other', false],
  ['region', 'eu-central-1', true],
  ['cluster.name', 'other', false],
  ['database.subnetIds', ['subnet-00000000', 'subnet-00000001'], false],
  ['database.engine', '17', true],
  ['database.instanceClass', 'db.m7g.large', false],
  ['database.maxConnections', 400, false],
  ['database.storageGib', 200, false],
  ['database.maximumStorageGib', 900, false],
  ['database.iops', 13_000, false],
  ['database.throughputMibps', 600, false],
  ['database.multiAz', false, false],
  ['database.backupRetentionDays', 7, false],
  ['database.backupWindow', '01:00-02:00', false],
  ['database.maintenanceWindow', 'mon:04:30-mon:05:30', false],
  ['database.caIdentifier', 'rds-ca-rsa4096-g1', false],
  ['database.iamAuthentication', true, false],
  ['database.blueGreenUpdates', false, false],
  ['database.insights', 'advanced', false],
  ['database.monitoringSeconds', 0, false],
  ['database.logRetentionDays', 7, false],
  // The path alone; what counts is the text of the file.
  ['database.caBundleFile', 'other.pem', false],
  ['encryption.keyArn', KEY_ARN, false],
  ['secrets.generation', 2, true],
  ['secrets.recoveryWindowDays', 7, false],
  ['backup.enabled', false, false],
  ['backup.schedule', '0 5 * * *', false],
  ['backup.scratchGib', 20, false],
  ['backup.dumpRetentionDays', 7, false],
  ['backup.restore.dump', DUMP, false],
  ['backup.restore.replace', 'agent_bom', false],
  // Another namespace is another Job, whatever its name.
  ['namespace', 'other', false],
  ['release.chartVersion', '0.101.0', true],
  ['release.replicas', 3, true],
  // The pools open what the maximum allows, so that the minimum decides nothing below it.
  ['release.poolMinimum', 6, false],
  ['release.poolMaximum', 10, true],
  ['release.trustedProxyIssuer', 'other', false],
  ['release.values', { controlPlane: { ui: { replicas: 3 } } }, false],
  ['state.bucket', 'states', false],
  ['state.region', 'eu-central-1', false],
  ['state.prefix', 'other', false],
  ['releaseProtection', true, false],
];

/** What a key needs beside it to be valid. */
const BESIDE: Readonly<Record<string, object>> = {
  'database.iops': { database: { storageGib: 400 } },
  'database.throughputMibps': { database: { storageGib: 400 } },
  'backup.restore.replace': { backup: { restore: { dump: DUMP } } },
  'state.bucket': { state: { region: 'eu-west-1' } },
  'state.region': { state: { bucket: 'states' } },
  'state.prefix': { state: { region: 'eu-west-1', bucket: 'states' } },
};

function merged(under: Block, over: Block): Block {
  if (typeof over !== 'object' || over === null || Array.isArray(over)) return over;
  const keys = Object.keys(over).map((key) => [key, merged(under?.[key], over[key])]);
  return { ...under, ...Object.fromEntries(keys) };
}

function withKey(path: string, value: unknown): object {
  const change = path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
  return merged(merged(minimal(), BESIDE[path] ?? {}), change);
}

/** Name of the one Job of a file's workload stack that begins like this. */
function jobName(beginning: string, file: object, endpoint: PostgresEndpoint, caBundle?: string): string {
  const environment = parsed(file);
  const stack = new WorkloadStack(Testing.app(), {
    environment,
    endpoint: { backup: STORE, ...endpoint },
    caBundle,
  });
  const template = new Template(Testing.synth(stack));
  return template.resource('kubernetes_job_v1', ({ metadata }) => metadata.name.startsWith(beginning)).metadata.name;
}

const migrationName = (file: object, endpoint = ENDPOINT, caBundle?: string): string =>
  jobName('agent-bom-migrate-', file, endpoint, caBundle);

const restoreName = (file: object): string => jobName('agent-bom-restore-', file, ENDPOINT);

describe('the name of the migration Job', () => {
  const name = migrationName(minimal());

  it.each(TABLE)('%s: %j, another: %p', (path, value, again) => {
    expect({ path, again: migrationName(withKey(path, value)) !== name }).toEqual({ path, again });
  });

  it('is settled for every key of the file', () => {
    expect(TABLE.map(([path]) => path).sort()).toEqual(leaves(environmentJsonSchema()).sort());
  });

  it('follows the authorities that the pods trust', () => {
    expect(migrationName(minimal(), ENDPOINT, 'PEM')).not.toBe(name);
    expect(migrationName(minimal(), ENDPOINT, 'PEM')).not.toBe(migrationName(minimal(), ENDPOINT, 'PEM 2'));
  });

  it.each<[string, Partial<PostgresEndpoint>, boolean]>([
    ['host', { host: 'db2.internal' }, true],
    ['port', { port: 5433 }, true],
    ['database', { database: 'other' }, true],
    ['administrator', { adminSecret: { arn: 'arn:other' } }, true],
    [
      'password',
      {
        identitySecrets: { ...ENDPOINT.identitySecrets, app: { ...ENDPOINT.identitySecrets.app, versionId: 'other' } },
      },
      true,
    ],
    ['role that reads the secrets', { secretReaderRoleArn: 'arn:other' }, false],
    ['bucket for dumps', { backup: { ...STORE, bucket: 'other' } }, false],
  ])('follows the database: another %s, another Job: %p', (_what, change, again) => {
    expect(migrationName(minimal(), { ...ENDPOINT, ...change }) !== name).toBe(again);
  });
});

describe('the name of the restore Job', () => {
  const restoring = (restore: object, change: object = {}) =>
    restoreName(merged({ ...minimal(), backup: { restore } }, change));
  const name = restoring({ dump: DUMP });

  it('follows what is asked for', () => {
    expect(name).toMatch(/^agent-bom-restore-[0-9a-f]{10}$/);
    expect(restoring({ dump: DUMP, replace: 'agent_bom' })).not.toBe(name);
    expect(restoring({ dump: '2026-01-31T03-00-01Z' })).not.toBe(name);
  });

  it.each<[string, object]>([
    ['engine', { database: { engine: '17' } }],
    ['chart', { release: { chartVersion: '0.101.0' } }],
    ['number of replicas', { release: { replicas: 3 } }],
    ['generation of the secrets', { secrets: { generation: 2 } }],
    ['schedule', { backup: { schedule: '0 5 * * *' } }],
  ])('does not follow the %s: a restore that ran again would take data back', (_what, change) => {
    expect(restoring({ dump: DUMP }, change)).toBe(name);
  });
});

function leaves(schema: Block, path: string[] = []): string[] {
  const properties: [string, Block][] = Object.entries(schema.properties ?? {});
  if (properties.length === 0) return [path.join('.')];
  return properties.flatMap(([key, inner]) => leaves(inner, [...path, key]));
}
