import { createHash } from 'node:crypto';
import type { DatabaseForm } from './aws/capacity';
import { type IdentityName, RUNTIME_IDENTITIES } from './postgres/identities';

/** `app.kubernetes.io/name` of every object that the workload stack creates itself. */
export const APPLICATION_LABEL = 'agent-bom-postgres';
/** Label of a Job that Terraform waits for, and of its pods: what it does, and for which content. Its name is generated. */
export const JOB_LABEL = 'agent-bom-postgres/job';
/** Version of the API of External Secrets Operator that the stacks use: version 0.16 of the operator was the first with it. */
export const EXTERNAL_SECRETS_API = 'external-secrets.io/v1';

/** Names that are derived from an environment's name, and what AWS allows for them, as data. */
interface DerivedName {
  readonly what: string;
  readonly suffix: string;
  /** Characters that AWS accepts for the whole name. */
  readonly limit: number;
}

/** Names of the stacks of an environment. There is no database stack for an existing server. */
export function stackNames(environmentName: string): { readonly database: string; readonly workload: string } {
  return { database: `${environmentName}-database`, workload: `${environmentName}-workload` };
}

/** Name of the database. */
export const DATABASE_NAME = 'agent_bom';
/** RDS creates this login; it refuses reserved names such as `admin`. */
export const ADMIN_LOGIN = 'agent_bom_admin';
/** TCP port of the database. */
export const DATABASE_PORT = 5432;

/** ServiceAccount with which External Secrets reads the environment's secrets; the IAM role trusts only this one. */
export const SECRET_READER = 'agent-bom-secret-reader';
/** ServiceAccount of the migration Job. It has no IAM role; where a version requires it, it may scale the API. */
export const MIGRATION_SERVICE_ACCOUNT = 'agent-bom-migration';
/** ServiceAccount with which the backup CronJob uploads dumps; the IAM role trusts only this one. */
export const BACKUP_SERVICE_ACCOUNT = 'agent-bom-backup';
/** ServiceAccount of the Job that revokes the previous logins. It has no IAM role; it may scale an API that is autoscaled. */
export const REVOCATION_SERVICE_ACCOUNT = 'agent-bom-revoke';
/** CronJob that verifies the contract, and the beginning of the names of its Jobs. */
export const VERIFICATION_CRON_JOB = 'agent-bom-verify';
/** ServiceAccount of the verification, where no other container of its pod needs a role. */
export const VERIFICATION_SERVICE_ACCOUNT = 'agent-bom-verify';
/** Label with the name of the environment that an object belongs to. */
export const ENVIRONMENT_LABEL = 'agent-bom-postgres/environment';
/** Beginning of the keys of the objects that tell of a verification that passed. */
export const VERIFIED_PREFIX = 'verified/';
/** Beginning of the keys of all dumps in the bucket. */
export const DUMP_PREFIX = 'dumps/';
/** Beginning of the keys of all reports of the API in the bucket. */
export const REPORT_PREFIX = 'reports/';
/** Kubernetes Secret with the keys that the control plane signs and encrypts with. */
const CONTROL_PLANE_SECRET = 'agent-bom-control-plane';
/** Kubernetes Secret with the credentials of the API's ways to authenticate. */
const AUTHENTICATION_SECRET = 'agent-bom-authentication';

const DERIVED_NAMES = {
  /**
   * 63 characters, of which a hyphen and a number take 3 where a cluster has several instances.
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
   */
  instance: { what: 'DB instance identifier', suffix: '-agent-bom', limit: 60 },
  /** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
  monitoringRole: { what: 'IAM role', suffix: '-agent-bom-monitoring', limit: 64 },
  /** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
  secretReaderRole: { what: 'IAM role', suffix: '-agent-bom-secret-reader', limit: 64 },
  /** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
  apiRole: { what: 'IAM role', suffix: '-agent-bom-api', limit: 64 },
  /** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
  scannerRole: { what: 'IAM role', suffix: '-agent-bom-scanner', limit: 64 },
  /** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
  backupRole: { what: 'IAM role', suffix: '-agent-bom-backup', limit: 64 },
  /** @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html */
  databaseBackupRule: { what: 'EventBridge rule', suffix: '-agent-bom-rds-backup', limit: 64 },
  /** @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html */
  dumpRule: { what: 'EventBridge rule', suffix: '-agent-bom-dump', limit: 64 },
  /** @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html */
  verificationRule: { what: 'EventBridge rule', suffix: '-agent-bom-verified', limit: 64 },
  /** @see https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html */
  topic: { what: 'SNS topic', suffix: '-agent-bom-alarms', limit: 256 },
  /**
   * 63 characters, of which a hyphen and the account id take 13.
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
   */
  backupBucket: { what: 'S3 bucket', suffix: '-agent-bom', limit: 63 - 13 },
} as const satisfies Record<string, DerivedName>;

/** The full name of something that belongs to an environment. */
export function derivedName(environmentName: string, kind: keyof typeof DERIVED_NAMES): string {
  return `${environmentName}${DERIVED_NAMES[kind].suffix}`;
}

/** The derived name that leaves the least room, and with it the longest name that an environment may have. */
export function tightestName(): { readonly what: string; readonly suffix: string; readonly room: number } {
  const rooms = Object.values(DERIVED_NAMES).map(({ what, suffix, limit }) => ({
    what,
    suffix,
    room: limit - suffix.length,
  }));
  return rooms.reduce((tightest, candidate) => (candidate.room < tightest.room ? candidate : tightest));
}

/** A CronJob's name has 52 characters at most, and the chart makes some that end in `-scan` and `-kspm`. */
const CHART_NAME_LIMIT = 47;

/**
 * What the chart calls its objects, so that two environments in one cluster do not share its ClusterRole. The longest
 * names of environments are cut, and end in a hash instead.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#limitations
 */
export function controlPlaneName(environmentName: string): string {
  const whole = `agent-bom-${environmentName}`;
  if (whole.length <= CHART_NAME_LIMIT) return whole;
  const digits = createHash('sha256').update(environmentName).digest('hex').slice(0, 6);
  return `${whole.slice(0, CHART_NAME_LIMIT - digits.length - 1).replace(/-$/, '')}-${digits}`;
}

/** ServiceAccounts that the chart makes for its own workloads. */
export function chartServiceAccount(environmentName: string, workload: 'api' | 'scanner' | 'gateway'): string {
  return `${controlPlaneName(environmentName)}-${workload}`;
}

/** Deployment that the chart makes for the API. */
export function apiDeployment(environmentName: string): string {
  return `${controlPlaneName(environmentName)}-api`;
}

/** Name under which the console shows the environment's KMS key; at most 256 characters. */
export function keyAlias(environmentName: string): string {
  return `alias/${environmentName}-agent-bom`;
}

/** Name under which the console shows the key for copies of the backups in another region; at most 256 characters. */
export function replicaKeyAlias(environmentName: string): string {
  return `${keyAlias(environmentName)}-backups`;
}

/** Logs that are exported. Aurora writes no log of upgrades. */
export const DATABASE_LOGS = {
  instance: ['postgresql', 'upgrade'],
  aurora: ['postgresql'],
} as const satisfies Record<DatabaseForm, readonly string[]>;

/** Names of the log groups that RDS exports the logs of an instance or of a cluster to, by log. */
export function databaseLogGroups(form: DatabaseForm, identifier: string): Record<string, string> {
  const kind = form === 'aurora' ? 'cluster' : 'instance';
  return Object.fromEntries(DATABASE_LOGS[form].map((log) => [log, `/aws/rds/${kind}/${identifier}/${log}`]));
}

/** Name of the queue with the events of the last backups; at most 80 characters. */
export function backupEventsQueue(identifier: string): string {
  return `${identifier}-backups`;
}

/** Name of the bucket for dumps. Bucket names are shared by all accounts, so that it ends in the id of this one. */
export function backupBucketName(environmentName: string, accountId: string): string {
  return `${derivedName(environmentName, 'backupBucket')}-${accountId}`;
}

/** Name of a secret in Secrets Manager. */
export function storedSecretName(environmentName: string, what: string): string {
  return `${environmentName}/agent-bom/${what}`;
}

/**
 * Name of the Kubernetes Secret that holds an identity's connection URL. It carries the generation, so that a new
 * password is a new object and every pod that names it is replaced. RDS rotates the administrator's by itself.
 */
export function syncedSecretName(identity: IdentityName, generation: number): string {
  const rotatedByUs = RUNTIME_IDENTITIES.some(({ name }) => name === identity);
  return rotatedByUs ? `agent-bom-${identity}-g${generation}` : `agent-bom-${identity}`;
}

/**
 * Name of the Kubernetes Secret with the keys of the control plane. Another source is another Secret, so that pods are
 * replaced and none of them sees a mixture.
 *
 * @param sourceArn Secret in Secrets Manager that the keys come from; undefined for the generated one.
 */
export function controlPlaneSecretName(sourceArn?: string): string {
  return sourceArn === undefined ? CONTROL_PLANE_SECRET : `${CONTROL_PLANE_SECRET}-${hashOf(sourceArn)}`;
}

/** Name of the Kubernetes Secret with what the API authenticates with; it follows from where each part comes from. */
export function authenticationSecretName(sources: readonly object[]): string {
  return `${AUTHENTICATION_SECRET}-${hashOf(JSON.stringify(sources))}`;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 10);
}
