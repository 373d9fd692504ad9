import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdktf';
import { stringify } from 'yaml';
import { readEnvironments } from '../../../commands/shared/environment/environment-files';
import { writeOutputFiles } from '../../../commands/shared/output-files';
import { type SnapshotTexts, snapshotTexts } from '../../../commands/snapshot/snapshot-texts';
import { regionAuthorities } from '../../../contract/aws/certificate-authorities';
import { parseEnvironment, refuseMistakes } from '../../../contract/environment/parse';
import { type EnvironmentStacksProps, environmentStacks } from '../../../stacks/environment-stacks';
import { ACCOUNT, AUTHENTICATION, AUTHENTICATION_IN_NAMESPACE, inPlace, KEY_ID, over, VARIETIES } from './varieties';

const PROJECT = join(__dirname, '..', '..', '..');
export const SNAPSHOTS = join(PROJECT, 'test', 'snapshots');
export const ENVIRONMENTS = join(PROJECT, 'environments');
/** A user's own files beside them have no snapshot here. */
const EXAMPLES: readonly string[] = ['example', 'example-byo'];

const VERSION = '0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9';
const key = (region: string) => `arn:aws:kms:${region}:${ACCOUNT}:key/${KEY_ID}`;

const AFFINITY = {
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'tier', operator: 'In', values: ['data'] }] }],
    },
  },
  podAntiAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: [
      {
        weight: 100,
        podAffinityTerm: {
          labelSelector: { matchLabels: { 'app.kubernetes.io/part-of': 'agent-bom' } },
          topologyKey: 'kubernetes.io/hostname',
        },
      },
    ],
  },
};

/** An instance with nearly everything that it can have. */
const large = over(VARIETIES.large, {
  cluster: { securityGroupId: 'sg-0a1b2c3d', rolePath: '/platform/agent-bom/' },
  database: { engine: '18.1', insights: 'advanced', replication: { retentionDays: 7, keyArn: key('eu-central-1') } },
  podRoles: { scanner: { policyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] } },
  authentication: {
    oidc: {
      roleClaim: 'role',
      requireRoleClaim: true,
      tenantClaim: 'tenant',
      allowDefaultTenant: true,
      browser: { clientSecret: { versionId: VERSION } },
    },
    saml: { requireRoleAttribute: true, allowDefaultTenant: true, sessionSeconds: 7200 },
    scim: { bearerToken: { versionId: VERSION }, tenantId: 'team', roleAttribute: 'role' },
    apiKeys: { versionId: VERSION },
  },
  release: {
    autoscaling: { cpuPercent: 60 },
    ingress: {
      className: 'alb',
      tlsSecretName: 'agent-bom-tls',
      annotations: { 'alb.ingress.kubernetes.io/scheme': 'internal' },
    },
    allowedHosts: ['agent-bom.internal.example.com'],
    trustedProxies: { cidrs: ['10.20.0.0/16'], hops: 2 },
    payloadCacheMib: 64,
  },
  pods: {
    nodeSelector: { 'kubernetes.io/arch': 'arm64' },
    tolerations: [
      { key: 'dedicated', operator: 'Equal', value: 'agent-bom', effect: 'NoSchedule' },
      { key: 'spot', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 60 },
    ],
    affinity: AFFINITY,
    priorityClassName: 'business-critical',
    imagePullSecrets: ['registry'],
    annotations: { 'example.com/template': '${name}' },
    labels: { team: 'platform' },
    mesh: 'native-sidecar',
  },
  reports: { bucket: 'example-reports', region: 'eu-central-1' },
  verification: { schedule: '13 6 * * 1,4', prometheusRule: true },
  state: { prefix: 'agent-bom' },
  tags: { 'cost-center': '1234', owner: 'platform@example.com' },
  requiredTags: ['cost-center'],
});

/** Aurora Serverless, restored from a snapshot; Argo CD or Flux installs the release. */
const serverless = over(VARIETIES.serverless, {
  cluster: { podRoles: 'pod-identity' },
  database: {
    subnetIds: undefined,
    subnetGroupName: 'platform-databases',
    monitoringRoleArn: `arn:aws:iam::${ACCOUNT}:role/platform-monitoring`,
    aurora: { minimumCapacity: 0, secondsUntilAutoPause: 3600 },
    access: { pods: 'namespace' },
  },
  verification: { enabled: false },
  release: { managedBy: 'gitops', autoscaling: { minimumReplicas: 2, maximumReplicas: 4 } },
  authentication: AUTHENTICATION,
});

/** Aurora with an instance class, and Secrets that Terraform writes. */
const aurora = over(VARIETIES.aurora, {
  database: {
    engine: '17',
    instanceClass: 'db.r7g.large',
    aurora: { readers: 2 },
    restore: { sourceResourceId: 'cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ', latest: true },
  },
  secrets: { delivery: 'terraform', generation: 2, controlPlane: { secretName: 'agent-bom-keys' } },
  release: { chartVersion: '0.98.3', managedBy: 'gitops', chartRepository: 'https://charts.example.com' },
});

/** What other teams manage: the key, the topic, the store and the keys of the control plane. */
const platform = over(VARIETIES.instance, {
  database: {
    restore: {
      automatedBackupsArn: `arn:aws:rds:eu-west-1:${ACCOUNT}:auto-backup:ab-abcdefghijklmnopqrstuvwxyz`,
      latest: true,
    },
    monitoringSeconds: 0,
  },
  encryption: { keyArn: key('eu-west-1') },
  secrets: {
    store: { kind: 'ClusterSecretStore', name: 'platform' },
    controlPlane: { secretArn: `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:platform/keys-60718a` },
  },
  backup: { schedule: '30 1 * * 1-5', restore: { dump: '2026-01-31T03-00-00Z', replace: 'agent_bom' } },
  alarms: { topicArn: `arn:aws:sns:eu-west-1:${ACCOUNT}:oncall`, dumpAgeHours: 100, latencyMilliseconds: 50 },
});

/** A volume that all API pods mount. */
const SHARED_VOLUME = {
  extraVolumes: [{ name: 'reports', persistentVolumeClaim: { claimName: 'reports' } }],
  extraVolumeMounts: [{ name: 'reports', mountPath: '/var/lib/agent-bom' }],
};

/** Nothing beside the database, in GovCloud, with Secrets that are in the namespace. */
const bare = inPlace(
  over(VARIETIES.unprotected, {
    database: { multiAz: false, access: { pods: 'none', cidrs: ['10.20.0.0/16'] }, caBundleFile: 'ca.pem' },
    secrets: { delivery: 'existing' },
    authentication: over(AUTHENTICATION_IN_NAMESPACE, {
      oidc: { browser: { clientSecret: { secretName: 'agent-bom-oidc', key: 'client-secret' } } },
    }),
    release: { replicas: 1, values: { controlPlane: { api: SHARED_VOLUME } } },
    reports: { store: 'directory', directory: '/var/lib/agent-bom/reports' },
  }),
  { region: 'us-gov-west-1', second: 'us-gov-east-1', partition: 'aws-us-gov' },
);

/** An existing server that is not on RDS, and a release that Terraform does not install. */
const existingGitops = over(VARIETIES.existingInNamespace, {
  database: { existing: { host: 'postgres.example.com', database: 'control_plane' }, caBundleFile: 'ca.pem' },
  release: { managedBy: 'gitops', autoscaling: { minimumReplicas: 2, maximumReplicas: 3 } },
});

/** Environment files by name, beside the examples. Together they use every key. */
const OTHERS: Readonly<Record<string, object>> = {
  large,
  serverless,
  aurora,
  platform,
  bare,
  existing: VARIETIES.existingLarge,
  'existing-gitops': existingGitops,
};

/** The same with their names, as they would be written. */
export const WRITTEN = Object.entries(OTHERS).map(([name, content]) => ({ ...content, name }));

/** What is synthesized of these environments and of `environments/`, as snapshots. */
export function currentSnapshots(): SnapshotTexts {
  const outdir = mkdtempSync(join(tmpdir(), 'snapshots-'));
  try {
    const app = new App({ outdir });
    const examples = readEnvironments(ENVIRONMENTS).filter(({ environment }) => EXAMPLES.includes(environment.name));
    const environments = [...examples, ...WRITTEN.map(parsed)];
    const files = environments.map((environment) => environmentStacks(app, environment));
    app.synth();
    writeOutputFiles(outdir, Object.assign({}, ...files));
    return snapshotTexts(outdir);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

function parsed(content: { readonly name: string }): EnvironmentStacksProps {
  const result = parseEnvironment(`${content.name}.yaml`, stringify(content));
  if ('environment' in result) {
    const { environment } = result;
    const caBundle = environment.database.caBundleFile && regionAuthorities('eu-west-1');
    return { environment, caBundle };
  }
  refuseMistakes(result.mistakes);
  throw new Error(`${content.name} is refused without a mistake`);
}
