import { TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import { BackupJob, type BackupJobProps } from '../constructs/kubernetes/backup/backup-job';
import { DumpStore } from '../constructs/kubernetes/backup/dump-store';
import { RestoreJob, type RestoreJobProps } from '../constructs/kubernetes/backup/restore-job';
import { MigrationFiles } from '../constructs/kubernetes/migration/migration-files';
import { type MigratedDatabase, MigrationJob } from '../constructs/kubernetes/migration/migration-job';
import { MonthlyMigration } from '../constructs/kubernetes/migration/monthly-migration';
import { RevocationJob, type RevocationJobProps } from '../constructs/kubernetes/migration/revocation-job';
import {
  RevocationOnDemand,
  type RevocationOnDemandProps,
} from '../constructs/kubernetes/migration/revocation-on-demand';
import { ClusterAccess } from '../constructs/kubernetes/pods/cluster-access';
import { ControlPlaneNamespace } from '../constructs/kubernetes/pods/control-plane-namespace';
import { SecurityGroupPolicy } from '../constructs/kubernetes/pods/security-group-policy';
import { TrustBundle } from '../constructs/kubernetes/pods/trust-bundle';
import { controlPlaneManifests } from '../constructs/kubernetes/release/control-plane-manifests';
import {
  ControlPlaneRelease,
  type ControlPlaneReleaseProps,
} from '../constructs/kubernetes/release/control-plane-release';
import type { ControlPlaneValuesProps } from '../constructs/kubernetes/release/control-plane-values';
import { SyncedSecrets } from '../constructs/kubernetes/secrets/synced-secrets';
import type { PostgresEndpoint } from '../constructs/postgres-endpoint';
import { rdsRegion } from '../contract/environment/database/existing';
import { sourceOf } from '../contract/environment/database/restore';
import type { Environment } from '../contract/environment/environment';
import { stackNames } from '../contract/names';
import { connectionLimits } from '../contract/postgres/connection-budget';
import type { ContractSettings } from '../contract/postgres/settings';
import { storedVariables, trustedProxyIssuer } from '../contract/product/authentication';
import { ALEMBIC_HEADS } from '../contract/product/chart';
import { requiredSecrets } from '../contract/product/required-secrets';
import type { ServiceAccountRoles } from '../contract/product/service-account-roles';
import { EnvironmentStack } from './environment-stack';
import { orphanRelease } from './orphan-release';
import { secretDelivery } from './secret-delivery';

/** What the workload needs to know beside the environment. */
export interface WorkloadStackProps {
  /** The environment, as its file describes it. */
  readonly environment: Environment;
  /** How to reach the database and its credentials. */
  readonly endpoint: PostgresEndpoint;
  /**
   * PEM text of the certificate authorities of the database server.
   * @default - the bundled ones of RDS, of the region that the endpoint or else the environment is in
   */
  readonly caBundle?: string;
}

/** The Kubernetes side of an environment. It may be destroyed and built again at any time; the data is elsewhere. */
export class WorkloadStack extends EnvironmentStack {
  /** Texts of files that belong beside the stack, by their paths in the output directory. */
  readonly files: Readonly<Record<string, string>>;

  constructor(scope: Construct, { environment, endpoint, caBundle }: WorkloadStackProps) {
    super(scope, stackNames(environment.name).workload, environment);
    const { region, release } = environment;
    new ClusterAccess(this, 'access', { cluster: this.cluster, region });
    const namespace = new ControlPlaneNamespace(this, 'namespace', {
      name: environment.namespace,
      create: environment.createNamespace,
    });
    this.protectPods(namespace, endpoint);
    const databaseRegion = rdsRegion(endpoint.host) ?? region;
    const trustBundle = new TrustBundle(this, 'trust', { namespace, region: databaseRegion, caBundle });
    const secrets = this.deliverSecrets(environment, endpoint, namespace);
    const files = new MigrationFiles(this, 'migration-files', { namespace });
    const dumps = this.createDumpStore(environment, endpoint, namespace, files);
    const job = { namespace, trustBundle, secrets, engineMajor: environment.database.engine, images: release.images };
    const migration = { ...job, chartVersion: release.chartVersion, settings: contractSettings(environment) };
    const restore = this.createRestoreJob(environment, dumps && { ...migration, dumps });
    const migrations = new MigrationJob(this, 'migrations', {
      ...migration,
      files,
      endpoint: migratedDatabase(environment, endpoint),
      restore,
    });
    const monthly = new MonthlyMigration(this, 'monthly-migration', { namespace, job: migrations });
    this.createBackupJob(environment, dumps && { ...job, dumps, migrations });
    const values = controlPlaneSettings(environment, secrets, trustBundle);
    this.files = this.manifests(environment, values);
    const installed = this.createRelease(environment, endpoint, { ...values, namespace, migrations });
    if (installed === undefined) this.offerRetirement({ ...job, files, migrations });
    else this.retireLogins({ ...job, files, monthly, release: installed });
    this.createOutputs(environment, migrations, monthly);
  }

  private deliverSecrets(
    environment: Environment,
    endpoint: PostgresEndpoint,
    namespace: ControlPlaneNamespace,
  ): SyncedSecrets {
    return new SyncedSecrets(this, 'secrets', {
      namespace,
      delivery: secretDelivery(this, { environment, endpoint, namespace }),
      endpoint,
      generation: environment.secrets.generation,
      controlPlane: environment.secrets.controlPlane,
      trustedProxy: trustedProxyIssuer(environment) !== undefined,
      authentication: storedVariables(environment.authentication),
    });
  }

  private protectPods(namespace: ControlPlaneNamespace, { podSecurityGroupId }: PostgresEndpoint): void {
    if (podSecurityGroupId === undefined) return;
    const securityGroupIds = [podSecurityGroupId, this.cluster.securityGroupId];
    namespace.waitFor(new SecurityGroupPolicy(this, 'pod-firewall', { namespace, securityGroupIds }).ready);
  }

  private createDumpStore(
    { region, backup, release: { images } }: Environment,
    { backup: store }: PostgresEndpoint,
    namespace: ControlPlaneNamespace,
    migrations: MigrationFiles,
  ): DumpStore | undefined {
    if (store === undefined || !(backup.enabled || backup.restore)) return undefined;
    const { scratchGib } = backup;
    return new DumpStore(this, 'dumps', { namespace, region, store, migrations, scratchGib, images });
  }

  private createRestoreJob(
    { backup }: Environment,
    props: Omit<RestoreJobProps, 'dump' | 'replace'> | undefined,
  ): RestoreJob | undefined {
    if (props === undefined || backup.restore === undefined) return undefined;
    const job = new RestoreJob(this, 'restore', { ...props, ...backup.restore });
    this.output('restore_logs', job.logsCommand, 'Command that shows what the restore Job did');
    return job;
  }

  private createBackupJob({ backup }: Environment, props: Omit<BackupJobProps, 'schedule'> | undefined): void {
    if (props === undefined || !backup.enabled) return;
    const job = new BackupJob(this, 'backup', { ...props, schedule: backup.schedule });
    this.output('backup_now', job.runNowCommand, 'Command that makes a dump now');
  }

  /** Nothing where Argo CD or Flux installs the chart. */
  private createRelease(
    environment: Environment,
    { podRoleArns }: PostgresEndpoint,
    props: Omit<ControlPlaneReleaseProps, 'serviceAccountRoles'>,
  ): ControlPlaneRelease | undefined {
    const { cluster, release } = environment;
    if (release.managedBy === 'gitops') {
      orphanRelease(this);
      return undefined;
    }
    const serviceAccountRoles = cluster.podRoles === 'irsa' ? rolesInUse(environment, podRoleArns) : undefined;
    const { chartRepository } = release;
    return new ControlPlaneRelease(this, 'control-plane', { ...props, chartRepository, serviceAccountRoles });
  }

  private retireLogins(props: RevocationJobProps): void {
    const { logsCommand } = new RevocationJob(this, 'retire', props);
    this.output('retirement_logs', logsCommand, 'Command that shows what the Job did that retires former logins');
  }

  /** Where Terraform does not install the chart, it does not know when nobody uses the former logins any more. */
  private offerRetirement(props: RevocationOnDemandProps): void {
    const { runNowCommand } = new RevocationOnDemand(this, 'retire', props);
    this.output('retire_now', runNowCommand, 'Command that retires former logins, once no pod uses them any more');
  }

  /** Where Argo CD or Flux installs the chart, what they need is written out. */
  private manifests(
    { name, namespace, release }: Environment,
    controlPlane: ControlPlaneValuesProps,
  ): Readonly<Record<string, string>> {
    if (release.managedBy === 'terraform') return {};
    const { chartRepository } = release;
    const files = controlPlaneManifests({ ...controlPlane, chartRepository, namespaceName: namespace });
    return Object.fromEntries(Object.entries(files).map(([file, text]) => [`${name}/${file}`, text]));
  }

  private createOutputs(environment: Environment, migrations: MigrationJob, monthly: MonthlyMigration): void {
    this.output('namespace_name', environment.namespace, 'Namespace of the control plane');
    this.output('migration_logs', migrations.logsCommand, 'Command that shows what the migration Job did');
    this.output('migrate_now', monthly.runNowCommand, 'Command that migrates and verifies now');
    if (environment.secrets.delivery !== 'existing') return;
    const required = requiredSecrets(environment).map(({ name, keys }) => [name, keys.map(({ key }) => key)]);
    const description = 'Secrets that have to be in the namespace, each with its keys';
    this.output('required_secrets', Object.fromEntries(required), description);
  }

  private output(id: string, value: string | Readonly<Record<string, readonly string[]>>, description: string): void {
    new TerraformOutput(this, id, { value, description, staticId: true });
  }
}

/** Of a server that is there already the secrets may be elsewhere than in Secrets Manager. */
function migratedDatabase({ database, secrets }: Environment, endpoint: PostgresEndpoint): MigratedDatabase {
  if (database.existing === undefined || secrets.existing !== undefined) return endpoint;
  return { host: endpoint.host, port: endpoint.port, database: endpoint.database };
}

/** What the SQL is told beside the connections. */
function contractSettings({ release, database }: Environment): ContractSettings {
  return {
    limits: connectionLimits(release),
    alembicHead: ALEMBIC_HEADS[release.chartVersion],
    restoredFrom: sourceOf(database.restore),
  };
}

/** The roles that may do something. A ServiceAccount whose role may not is free for an annotation of the user's. */
function rolesInUse(
  { podRoles: { api, scanner }, database }: Environment,
  roles: PostgresEndpoint['podRoleArns'],
): ServiceAccountRoles {
  return {
    api: database.iamAuthentication || api.policyArns.length > 0 ? roles?.api : undefined,
    scanner: scanner.policyArns.length > 0 ? roles?.scanner : undefined,
  };
}

/** What the values of the chart follow from. */
function controlPlaneSettings(
  environment: Environment,
  secrets: SyncedSecrets,
  trustBundle: TrustBundle,
): ControlPlaneValuesProps {
  const { name, database, release, authentication } = environment;
  const elsewhere = database.existing !== undefined && rdsRegion(database.existing.host) === undefined;
  return {
    ...release,
    environmentName: name,
    databaseProvider: elsewhere ? 'postgres' : 'aws-rds',
    secrets,
    trustBundle,
    pool: release,
    trustedProxyIssuer: trustedProxyIssuer(environment),
    authentication,
  };
}
