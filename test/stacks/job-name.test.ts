import { JobV1 } from '@cdktf/provider-kubernetes/lib/job-v1';
import { DefaultTokenResolver, StringConcat, Testing, Tokenization } from 'cdktf';
import type { PostgresEndpoint } from '../../constructs/postgres-endpoint';
import { environmentJsonSchema } from '../../contract/environment/environment';
import { existingEndpoint } from '../../stacks/environment-stacks';
import { WorkloadStack } from '../../stacks/workload-stack';
import { ENDPOINT, KEY_ARN } from '../support/synth/cluster';
import { minimal, minimalExisting, parsed } from '../support/synth/environments';
import { type Block, Template, testingApp } from '../support/synth/template';

const DUMP = '2026-01-31T03-00-00Z';
const ARN = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:platform/other-a1b2c3';
const VERSION_ID = '0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9';
const REPLICA_KEY = KEY_ARN.replace('eu-west-1', 'eu-central-1');
const STORE = { bucket: 'dumps', prefix: 'dumps/', keyArn: KEY_ARN, roleArn: 'arn:backup' };

/** Another value for a key of the file, and whether the database has to be migrated and verified again because of it. */
type Row = readonly [path: string, value: unknown, again: boolean];

const TABLE: readonly Row[] = [
  // The Job stops the API's Deployment, which is called like the environment.
  ['name', 'other', true],
  ['region', 'eu-central-1', true],
  ['cluster.name', 'other', false],
  ['tags', { owner: 'other' }, false],
  ['requiredTags', ['owner'], false],
  ['database.subnetGroupName', 'other', false],
  ['database.monitoringRoleArn', 'arn:aws:iam::111122223333:role/other', false],
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
  ['database.insights', 'advanced', false],
  ['database.monitoringSeconds', 0, false],
  ['database.logRetentionDays', 7, false],
  // The path alone; what counts is the text of the file.
  ['database.caBundleFile', 'other.pem', false],
  ['encryption.keyArn', KEY_ARN, false],
  ['secrets.generation', 2, true],
  ['secrets.recoveryWindowDays', 7, false],
  // The pods of the Job are another text then.
  ['pods.nodeSelector', { pool: 'other' }, true],
  ['pods.tolerations', [{ key: 'dedicated', operator: 'Exists' }], true],
  [
    'pods.affinity',
    {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'pool', operator: 'Exists' }] }],
        },
      },
    },
    true,
  ],
  ['pods.priorityClassName', 'other', true],
  ['pods.imagePullSecrets', ['other'], true],
  ['pods.annotations', { 'example.com/owner': 'other' }, true],
  ['pods.labels', { 'example.com/owner': 'other' }, true],
  ['pods.mesh', 'native-sidecar', true],
  ['verification.enabled', false, false],
  ['verification.schedule', '0 5 * * *', false],
  ['verification.prometheusRule', true, false],
  ['backup.enabled', false, false],
  ['backup.schedule', '0 5 * * *', false],
  ['backup.scratchGib', 20, false],
  ['backup.dumpRetentionDays', 7, false],
  ['backup.restore.dump', DUMP, false],
  ['backup.restore.replace', 'agent_bom', false],
  ['namespace', 'other', true],
  ['release.chartVersion', '0.101.0', true],
  ['release.replicas', 3, true],
  // The pools open what the maximum allows, so that the minimum decides nothing below it.
  ['release.poolMinimum', 6, false],
  ['release.poolMaximum', 10, true],
  ['release.trustedProxyIssuer', 'other', false],
  ['release.allowedHosts', ['other.example.com'], false],
  ['release.payloadCacheMib', 64, false],
  ['release.trustedProxies.cidrs', ['10.1.0.0/16'], false],
  ['release.trustedProxies.hops', 3, false],
  ['reports.store', 'off', false],
  ['reports.bucket', 'other', false],
  ['reports.region', 'eu-central-1', false],
  ['reports.directory', '/shared/other', false],
  ['reports.retentionDays', 7, false],
  ['release.values', { controlPlane: { ui: { replicas: 3 } } }, false],
  ['state.bucket', 'states', false],
  ['state.region', 'eu-central-1', false],
  ['state.prefix', 'other', false],
  ['releaseProtection', true, false],
  ['alarms.enabled', false, false],
  ['alarms.topicArn', 'arn:aws:sns:eu-west-1:111122223333:oncall', false],
  ['alarms.emails', ['oncall@example.com'], false],
  ['alarms.cpuPercent', 90, false],
  ['alarms.storageDays', 7, false],
  ['alarms.latencyMilliseconds', 50, false],
  ['alarms.dumpAgeHours', 48, false],
  ['authentication.trustedProxy.issuer', 'https://auth.example.com', false],
  ['authentication.apiKeys.secretArn', ARN, false],
  ['authentication.apiKeys.property', 'other', false],
  ['authentication.apiKeys.versionId', VERSION_ID, false],
  ['authentication.apiKeys.secretName', 'other', false],
  ['authentication.apiKeys.key', 'other', false],
  ['authentication.oidc.issuer', 'https://other.example.com', false],
  ['authentication.oidc.audience', 'other', false],
  ['authentication.oidc.jwksUri', 'https://other.example.com/keys', false],
  ['authentication.oidc.roleClaim', 'other', false],
  ['authentication.oidc.requireRoleClaim', true, false],
  ['authentication.oidc.tenantClaim', 'other', false],
  ['authentication.oidc.allowDefaultTenant', true, false],
  ['authentication.oidc.browser.clientId', 'other', false],
  ['authentication.oidc.browser.redirectUri', 'https://bom.example.com/other', false],
  ['authentication.oidc.browser.clientSecret.secretArn', ARN, false],
  ['authentication.oidc.browser.clientSecret.property', 'other', false],
  ['authentication.oidc.browser.clientSecret.versionId', VERSION_ID, false],
  ['authentication.oidc.browser.clientSecret.secretName', 'other', false],
  ['authentication.oidc.browser.clientSecret.key', 'other', false],
  ['authentication.saml.idpEntityId', 'https://other.example.com', false],
  ['authentication.saml.idpSsoUrl', 'https://other.example.com/sso', false],
  ['authentication.saml.idpCertificate', '-----BEGIN CERTIFICATE-----\nb3RoZXI=\n-----END CERTIFICATE-----\n', false],
  ['authentication.saml.spEntityId', 'other', false],
  ['authentication.saml.acsUrl', 'https://other.example.com/saml', false],
  ['authentication.saml.requireRoleAttribute', true, false],
  ['authentication.saml.allowDefaultTenant', true, false],
  ['authentication.saml.sessionSeconds', 900, false],
  ['authentication.scim.bearerToken.secretArn', ARN, false],
  ['authentication.scim.bearerToken.property', 'other', false],
  ['authentication.scim.bearerToken.versionId', VERSION_ID, false],
  ['authentication.scim.bearerToken.secretName', 'other', false],
  ['authentication.scim.bearerToken.key', 'other', false],
  ['authentication.scim.tenantId', 'other', false],
  ['authentication.scim.roleAttribute', 'other', false],
  ['cluster.vpcId', 'vpc-0a1b2c3d', false],
  ['cluster.securityGroupId', 'sg-0a1b2c3d', false],
  [
    'cluster.oidcProviderArn',
    'arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/0A1B',
    false,
  ],
  ['cluster.permissionsBoundaryArn', 'arn:aws:iam::111122223333:policy/boundary', false],
  ['cluster.rolePath', '/other/', false],
  ['cluster.podRoles', 'pod-identity', false],
  ['cluster.externalSecretsServiceAccount.namespace', 'other', false],
  ['cluster.externalSecretsServiceAccount.name', 'other', false],
  ['database.access.pods', 'namespace', false],
  ['database.access.securityGroupIds', ['sg-0a1b2c3d'], false],
  ['database.access.cidrs', ['10.0.0.0/8'], false],
  ['database.form', 'aurora', false],
  ['database.aurora.readers', 2, false],
  ['database.aurora.secondsUntilAutoPause', 600, false],
  ['database.aurora.minimumCapacity', 2, false],
  ['database.aurora.maximumCapacity', 32, false],
  ['database.replication.region', 'eu-north-1', false],
  ['database.replication.retentionDays', 9, false],
  ['database.replication.keyArn', REPLICA_KEY, false],
  ['database.restore.snapshotIdentifier', 'other', true],
  ['database.restore.sourceIdentifier', 'other', true],
  ['database.restore.sourceResourceId', 'db-OTHER0OTHER0OTHER0OTHER0', true],
  ['database.restore.automatedBackupsArn', 'arn:aws:rds:eu-west-1:111122223333:auto-backup:ab-other', true],
  ['database.restore.time', '2026-01-31T09:31:00Z', true],
  ['database.restore.latest', true, true],
  ['podRoles.api.policyArns', ['arn:aws:iam::111122223333:policy/other'], false],
  ['podRoles.scanner.policyArns', ['arn:aws:iam::111122223333:policy/other'], false],
  ['release.autoscaling.minimumReplicas', 3, true],
  ['release.autoscaling.maximumReplicas', 6, true],
  ['release.autoscaling.cpuPercent', 50, false],
  ['release.chartRepository', 'oci://registry.example.com/charts', false],
  ['release.images.registry', 'registry.example.com', true],
  ['release.images.pullSecretName', 'other', true],
  ['release.ingress.host', 'other.example.com', false],
  ['release.ingress.className', 'other', false],
  ['release.ingress.tlsSecretName', 'other', false],
  ['release.ingress.annotations', { 'example.com/note': 'other' }, false],
  ['release.managedBy', 'gitops', false],
  ['secrets.delivery', 'terraform', false],
  ['secrets.store.kind', 'SecretStore', false],
  ['secrets.store.name', 'other', false],
  ['secrets.controlPlane.secretArn', ARN, false],
  ['secrets.controlPlane.secretName', 'other', false],
  ['database.existing.host', 'other.c0a1b2c3d4e5.eu-west-1.rds.amazonaws.com', true],
  ['database.existing.port', 5433, true],
  ['database.existing.database', 'other', true],
  ['secrets.readerRoleArn', 'arn:aws:iam::111122223333:role/other', false],
  ['secrets.existing.admin.arn', ARN, true],
  ['secrets.existing.app.arn', ARN, true],
  ['secrets.existing.maintenance.arn', ARN, true],
  ['secrets.existing.backup.arn', ARN, true],
  ['secrets.existing.controlPlane.arn', ARN, false],
];

const ISSUER = 'https://login.example.com';
const OIDC = { issuer: ISSUER, audience: 'agent-bom', jwksUri: `${ISSUER}/keys` };
const BROWSER = { clientId: 'agent-bom', redirectUri: 'https://bom.example.com/v1/auth/oidc/callback' };
const SAML = {
  idpEntityId: ISSUER,
  idpSsoUrl: `${ISSUER}/sso`,
  idpCertificate: '-----BEGIN CERTIFICATE-----\nb25l\n-----END CERTIFICATE-----\n',
  spEntityId: 'agent-bom',
  acsUrl: 'https://bom.example.com/v1/auth/saml/login',
};
const SERVERLESS = { form: 'aurora', aurora: { minimumCapacity: 1, maximumCapacity: 16 } };
const RESTORE = { database: { restore: { sourceIdentifier: 'one', time: '2026-01-31T09:30:00Z' } } };
/** Where a secret of somebody else's is: both parts, of which a row changes one. */
const STORED = { secretArn: ARN, property: 'one' };
const IN_CLUSTER = { secretName: 'one', key: 'one' };

/** What a key, or all keys below it, need beside them to be valid. */
const BESIDE: Readonly<Record<string, object>> = {
  'database.iops': { database: { storageGib: 400 } },
  'database.throughputMibps': { database: { storageGib: 400 } },
  'backup.restore.replace': { backup: { restore: { dump: DUMP } } },
  'database.aurora.readers': { database: { form: 'aurora' } },
  'database.aurora.minimumCapacity': { database: SERVERLESS },
  'database.aurora.maximumCapacity': { database: SERVERLESS },
  'database.replication': { database: { replication: { region: 'eu-central-1' } } },
  'database.restore.sourceIdentifier': RESTORE,
  'database.restore.time': RESTORE,
  'database.restore.sourceResourceId': { database: { restore: { time: '2026-01-31T09:30:00Z' } } },
  'database.restore.automatedBackupsArn': { database: { restore: { time: '2026-01-31T09:30:00Z' } } },
  'database.restore.latest': { database: { restore: { sourceIdentifier: 'one' } } },
  'release.autoscaling': { release: { autoscaling: { minimumReplicas: 2, maximumReplicas: 4 } } },
  'release.ingress': { release: { ingress: { host: 'bom.example.com', className: 'alb' } } },
  'release.trustedProxies': { release: { trustedProxies: { cidrs: ['10.0.0.0/16'], hops: 1 } } },
  'reports.region': { reports: { bucket: 'one' } },
  'reports.directory': {
    reports: { store: 'directory', directory: '/shared' },
    release: { values: { controlPlane: { api: { extraVolumeMounts: [{ name: 'shared', mountPath: '/shared' }] } } } },
  },
  'secrets.store': { secrets: { store: { kind: 'ClusterSecretStore', name: 'one' } } },
  'authentication.oidc': { authentication: { oidc: OIDC } },
  'authentication.oidc.browser': { authentication: { oidc: { ...OIDC, browser: BROWSER } } },
  'authentication.saml': { authentication: { saml: SAML } },
  'authentication.apiKeys.secretArn': { authentication: { apiKeys: STORED } },
  'authentication.apiKeys.property': { authentication: { apiKeys: STORED } },
  'authentication.apiKeys.versionId': { authentication: { apiKeys: STORED } },
  'authentication.apiKeys.secretName': { authentication: { apiKeys: IN_CLUSTER } },
  'authentication.apiKeys.key': { authentication: { apiKeys: IN_CLUSTER } },
  'authentication.oidc.browser.clientSecret.secretArn': {
    authentication: { oidc: { browser: { clientSecret: STORED } } },
  },
  'authentication.oidc.browser.clientSecret.property': {
    authentication: { oidc: { browser: { clientSecret: STORED } } },
  },
  'authentication.oidc.browser.clientSecret.versionId': {
    authentication: { oidc: { browser: { clientSecret: STORED } } },
  },
  'authentication.oidc.browser.clientSecret.secretName': {
    authentication: { oidc: { browser: { clientSecret: IN_CLUSTER } } },
  },
  'authentication.oidc.browser.clientSecret.key': {
    authentication: { oidc: { browser: { clientSecret: IN_CLUSTER } } },
  },
  'authentication.scim.bearerToken.secretArn': { authentication: { scim: { bearerToken: STORED } } },
  'authentication.scim.bearerToken.property': { authentication: { scim: { bearerToken: STORED } } },
  'authentication.scim.bearerToken.versionId': { authentication: { scim: { bearerToken: STORED } } },
  'authentication.scim.bearerToken.secretName': { authentication: { scim: { bearerToken: IN_CLUSTER } } },
  'authentication.scim.bearerToken.key': { authentication: { scim: { bearerToken: IN_CLUSTER } } },
  'authentication.scim.tenantId': { authentication: { scim: { bearerToken: IN_CLUSTER } } },
  'authentication.scim.roleAttribute': { authentication: { scim: { bearerToken: IN_CLUSTER } } },
  'database.aurora.secondsUntilAutoPause': {
    database: { form: 'aurora', aurora: { minimumCapacity: 0, maximumCapacity: 8 } },
  },
  'database.subnetGroupName': { database: { subnetIds: undefined } },
  requiredTags: { tags: { owner: 'team' } },
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
  return merged(withoutKey(path), change);
}

/** The file that a key is changed in: valid without it, wherever that can be. */
function withoutKey(path: string): object {
  const existing = /^(?:database\.existing|secrets\.(?:existing|readerRoleArn))/.test(path);
  const parts = path.split('.');
  const above = parts.map((_, index) => BESIDE[parts.slice(0, index + 1).join('.')] ?? {});
  return above.reduce(merged, existing ? minimalExisting() : minimal());
}

function workload(file: object, endpoint: PostgresEndpoint, caBundle?: string): WorkloadStack {
  const environment = parsed(file);
  return new WorkloadStack(testingApp(), {
    environment,
    endpoint: environment.database.existing ? existingEndpoint(environment) : { backup: STORE, ...endpoint },
    caBundle,
  });
}

function resolved(scope: WorkloadStack, name: string | undefined): string {
  return Tokenization.resolve(name, {
    scope,
    resolver: new DefaultTokenResolver(new StringConcat()),
    preparing: false,
  });
}

/** Name of the one Job of a file's workload stack that begins like this, read without the rest of the stack. */
function jobName(beginning: string, ...of: Parameters<typeof workload>): string {
  const stack = workload(...of);
  const names = stack.node
    .findAll()
    .flatMap((one) => (one instanceof JobV1 ? [resolved(stack, one.metadataInput?.generateName)] : []))
    .filter((name) => name.startsWith(beginning));
  if (names.length !== 1) throw new Error(`expected one Job ${beginning}, found ${names.length}`);
  return names[0] ?? '';
}

const migrationName = (file: object, endpoint = ENDPOINT, caBundle?: string): string =>
  jobName('agent-bom-migrate-', file, endpoint, caBundle);

const restoreName = (file: object): string => jobName('agent-bom-restore-', file, ENDPOINT);

describe('the name of the migration Job', () => {
  const name = migrationName(minimal());

  it.each(TABLE)('%s: %j, another: %p', (path, value, again) => {
    const base = /^(?:database\.existing|secrets\.(?:existing|readerRoleArn))/.test(path)
      ? migrationName(minimalExisting())
      : /^release\.autoscaling/.test(path)
        ? migrationName(withoutKey(path))
        : name;
    expect({ path, again: migrationName(withKey(path, value)) !== base }).toEqual({ path, again });
  });

  it('is the one that Terraform reads', () => {
    const template = new Template(Testing.synth(workload(minimal(), ENDPOINT)));
    const names = template.resources('kubernetes_job_v1').map(({ metadata }) => metadata.generate_name);
    expect(names.filter((one) => one.startsWith('agent-bom-migrate-'))).toEqual([name]);
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
    expect(name).toMatch(/^agent-bom-restore-[0-9a-f]{10}-$/);
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
