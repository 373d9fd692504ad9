import type { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { BackupJob, type BackupJobProps } from '../constructs/kubernetes/backup/backup-job';
import { DumpStore } from '../constructs/kubernetes/backup/dump-store';
import { RestoreJob, type RestoreJobProps } from '../constructs/kubernetes/backup/restore-job';
import type { ApiDeployment } from '../constructs/kubernetes/migration/api-scaling';
import { MigrationFiles } from '../constructs/kubernetes/migration/migration-files';
import {
  type MigratedDatabase,
  MigrationJob,
  MonthlyMigration,
} from '../constructs/kubernetes/migration/migration-job';
import {
  RevocationJob,
  type RevocationJobProps,
  RevocationOnDemand,
} from '../constructs/kubernetes/migration/revocation-job';
import type { VerificationJob } from '../constructs/kubernetes/migration/verification-job';
import { ClusterAccess } from '../constructs/kubernetes/pods/cluster-access';
import { ControlPlaneNamespace, SecurityGroupPolicy } from '../constructs/kubernetes/pods/control-plane-namespace';
import { TrustBundle } from '../constructs/kubernetes/pods/trust-bundle';
import {
  ControlPlaneRelease,
  type ControlPlaneReleaseProps,
} from '../constructs/kubernetes/release/control-plane-release';
import {
  type ControlPlaneValuesProps,
  controlPlaneManifests,
} from '../constructs/kubernetes/release/control-plane-values';
import { ReportSettings } from '../constructs/kubernetes/release/report-settings';
import { SyncedSecrets } from '../constructs/kubernetes/secrets/synced-secrets';
import type { PostgresEndpoint } from '../constructs/postgres-endpoint';
import { keepsReportsInOwnBucket, reportPlace } from '../contract/environment/api/reports';
import { rdsRegion } from '../contract/environment/database/existing';
import { sourceOf } from '../contract/environment/database/restore';
import type { Environment } from '../contract/environment/environment';
import { announcesVerification } from '../contract/environment/verification';
import { apiDeployment, stackNames } from '../contract/names';
import { connectionLimits } from '../contract/postgres/connection-budget';
import { partsOf } from '../contract/postgres/majors';
import { storedVariables, trustedProxyIssuer } from '../contract/product/authentication';
import { requiredSecrets } from '../contract/product/required-secrets';
import type { ServiceAccountRoles } from '../contract/product/service-account-roles';
import { EnvironmentStack } from './environment-stack';
import { secretDelivery } from './secret-delivery';
import { createVerification } from './verification';

/** Address of the release in a stack that installs it. */
const RELEASE_ADDRESS = 'helm_release.control-plane_release_7FE57E59';

/** What the workload needs to know besides the environment. */
export interface WorkloadStackProps {
  /** The environment, as its file describes it. */
  readonly environment: Environment;
  /** How to reach the database and its credentials. */
  readonly endpoint: PostgresEndpoint;
  /**
   * PEM text of the CA certificates of the database server.
   * @default - the bundled ones of RDS, of the region that the endpoint or else the environment is in
   */
  readonly caBundle?: string;
}

/** The Kubernetes side of an environment. It may be destroyed and built again at any time; the data is elsewhere. */
export class WorkloadStack extends EnvironmentStack {
  /** Texts of files that belong next to the stack, by their paths in the output directory. */
  readonly files: Readonly<Record<string, string>>;

  constructor(scope: Construct, { environment, endpoint, caBundle }: WorkloadStackProps) {
    super(scope, stackNames(environment.name).workload, environment);
    new ClusterAccess(this, 'access', { cluster: this.cluster, region: environment.region });
    const namespace = this.createNamespace(endpoint);
    const trustBundle = this.createTrustBundle(namespace, endpoint, caBundle);
    const secrets = this.deliverSecrets(namespace, endpoint);
    const files = new MigrationFiles(this, 'migration-files', { namespace });
    const dumps = this.createDumpStore(namespace, endpoint, files);
    const { release, database, pods } = environment;
    const job = {
      namespace,
      trustBundle,
      secrets,
      engineMajor: partsOf(database.engine).major,
      images: release.images,
      pods,
    };
    const migration = { ...job, ...migrationSettings(environment) };
    const restore = this.createRestoreJob(dumps && { ...migration, dumps });
    const migrations = new MigrationJob(this, 'migrations', {
      ...migration,
      files,
      api: apiOf(environment),
      endpoint: migratedDatabase(environment, endpoint),
      after: restore?.ready,
    });
    const monthly = new MonthlyMigration(this, 'monthly-migration', { namespace, job: migrations });
    const verification = createVerification(this, environment, dumps, { ...migration, files, after: migrations.ready });
    this.createBackupJob(dumps && { ...job, dumps, after: migrations.ready });
    const reports = this.createReportSettings(namespace, endpoint);
    const values = { ...controlPlaneSettings(environment, secrets, trustBundle), reports };
    this.files = this.manifests(values);
    const before = [...migrations.ready, ...(reports?.ready ?? [])];
    const installed = this.createRelease(endpoint, { ...values, namespace, after: before });
    if (installed !== undefined) this.revokeLogins({ ...job, files, after: [...monthly.ready, ...installed.ready] });
    else this.offerRevocation({ ...job, files, after: [...migrations.prerequisites, ...migrations.ready] });
    this.createOutputs(migrations, monthly, verification);
  }

  private createNamespace({ podSecurityGroupId }: PostgresEndpoint): ControlPlaneNamespace {
    const { namespace: name, createNamespace: create } = this.environment;
    const namespace = new ControlPlaneNamespace(this, 'namespace', { name, create });
    if (podSecurityGroupId === undefined) return namespace;
    const securityGroupIds = [podSecurityGroupId, this.cluster.securityGroupId];
    // The id is part of the policy's address in Terraform: another one would replace it.
    namespace.waitFor(new SecurityGroupPolicy(this, 'pod-firewall', { namespace, securityGroupIds }).ready);
    return namespace;
  }

  private createTrustBundle(
    namespace: ControlPlaneNamespace,
    { host }: PostgresEndpoint,
    caBundle: string | undefined,
  ): TrustBundle {
    const region = rdsRegion(host) ?? this.environment.region;
    return new TrustBundle(this, 'trust', { namespace, region, caBundle });
  }

  private deliverSecrets(namespace: ControlPlaneNamespace, endpoint: PostgresEndpoint): SyncedSecrets {
    const { environment } = this;
    const { generation, controlPlane } = environment.secrets;
    return new SyncedSecrets(this, 'secrets', {
      namespace,
      delivery: secretDelivery(this, { environment, endpoint, namespace }),
      endpoint,
      generation,
      controlPlane,
      trustedProxy: trustedProxyIssuer(environment) !== undefined,
      authentication: storedVariables(environment.authentication),
    });
  }

  private createDumpStore(
    namespace: ControlPlaneNamespace,
    { backup: store }: PostgresEndpoint,
    migrations: MigrationFiles,
  ): DumpStore | undefined {
    const { region, backup, release } = this.environment;
    const used = backup.enabled || backup.restore !== undefined || announcesVerification(this.environment);
    if (store === undefined || !used) return undefined;
    const { scratchGib } = backup;
    return new DumpStore(this, 'dumps', { namespace, region, store, migrations, scratchGib, images: release.images });
  }

  private createRestoreJob(props: Omit<RestoreJobProps, 'dump' | 'replace'> | undefined): RestoreJob | undefined {
    const { restore } = this.environment.backup;
    if (props === undefined || restore === undefined) return undefined;
    const { dump, replace } = restore;
    const job = new RestoreJob(this, 'restore', { ...props, dump, replace });
    this.output('restore_logs', job.logsCommand, 'Command that shows what the restore Job did');
    return job;
  }

  private createBackupJob(props: Omit<BackupJobProps, 'schedule'> | undefined): void {
    const { enabled, schedule } = this.environment.backup;
    if (props === undefined || !enabled) return;
    const job = new BackupJob(this, 'backup', { ...props, schedule });
    this.output('backup_now', job.runNowCommand, 'Command that makes a dump now');
  }

  private createReportSettings(
    namespace: ControlPlaneNamespace,
    { backup }: PostgresEndpoint,
  ): ReportSettings | undefined {
    const place = reportPlace(this.environment, backup?.bucket);
    return place && new ReportSettings(this, 'reports', { namespace, place });
  }

  /** Nothing where Argo CD or Flux installs the chart. */
  private createRelease(
    { podRoleArns }: PostgresEndpoint,
    props: Omit<ControlPlaneReleaseProps, 'serviceAccountRoles'>,
  ): ControlPlaneRelease | undefined {
    const { cluster, release } = this.environment;
    if (release.managedBy === 'gitops') {
      orphanRelease(this);
      return undefined;
    }
    const serviceAccountRoles = cluster.podRoles === 'irsa' ? rolesInUse(this.environment, podRoleArns) : undefined;
    const { chartRepository } = release;
    return new ControlPlaneRelease(this, 'control-plane', { ...props, chartRepository, serviceAccountRoles });
  }

  /** Ids and names of outputs stay as they were first called: they are addresses, and other programs read the outputs. */
  private revokeLogins(props: RevocationJobProps): void {
    const { chartVersion, autoscaling } = this.environment.release;
    const autoscaledApi = autoscaling === undefined ? undefined : apiOf(this.environment);
    const { logsCommand } = new RevocationJob(this, 'retire', { ...props, chartVersion, autoscaledApi });
    this.output('revocation_logs', logsCommand, 'Command that shows what the Job did that revokes previous logins');
  }

  /** Where Terraform does not install the chart, it does not know when the previous logins are no longer in use. */
  private offerRevocation(props: RevocationJobProps): void {
    const { runNowCommand } = new RevocationOnDemand(this, 'retire', props);
    this.output('revoke_now', runNowCommand, 'Command that revokes previous logins, once no pod uses them any more');
  }

  /** Where Argo CD or Flux installs the chart, what they need is written out. */
  private manifests(controlPlane: ControlPlaneValuesProps): Readonly<Record<string, string>> {
    const { name, namespace, release } = this.environment;
    if (release.managedBy === 'terraform') return {};
    const { chartRepository } = release;
    const files = controlPlaneManifests({ ...controlPlane, chartRepository, namespaceName: namespace });
    return Object.fromEntries(Object.entries(files).map(([file, text]) => [`${name}/${file}`, text]));
  }

  private createOutputs(migrations: MigrationJob, monthly: MonthlyMigration, verification: VerificationJob): void {
    const { environment } = this;
    this.output('namespace_name', environment.namespace, 'Namespace of the control plane');
    this.output('migration_logs', migrations.logsCommand, 'Command that shows what the migration Job did');
    this.output('migrate_now', monthly.runNowCommand, 'Command that migrates and verifies now');
    this.output('verify_now', verification.runNowCommand, 'Command that verifies now, and changes nothing');
    if (environment.secrets.delivery !== 'existing') return;
    const required = requiredSecrets(environment).map(({ name, keys }) => [name, keys.map(({ key }) => key)]);
    const description = 'Secrets that have to be in the namespace, each with its keys';
    this.output('required_secrets', Object.fromEntries(required), description);
  }
}

/**
 * Lets Terraform forget the release without uninstalling it, for Argo CD or Flux to take over what runs. Where Terraform
 * never had one, it does nothing.
 *
 * @see https://developer.hashicorp.com/terraform/language/block/removed
 */
function orphanRelease(stack: TerraformStack): void {
  stack.addOverride('removed', [{ from: RELEASE_ADDRESS, lifecycle: { destroy: false } }]);
}

/** The secrets of an existing server may be elsewhere than in Secrets Manager. */
function migratedDatabase({ database, secrets }: Environment, endpoint: PostgresEndpoint): MigratedDatabase {
  if (database.existing === undefined || secrets.existing !== undefined) return endpoint;
  return { host: endpoint.host, port: endpoint.port, database: endpoint.database };
}

/** The Deployment of the API, with the number of pods that it has at least. */
function apiOf({ name, release: { replicas, autoscaling } }: Environment): ApiDeployment {
  return { name: apiDeployment(name), replicas: autoscaling?.minimumReplicas ?? replicas };
}

/** What the migrations are told besides the connections. */
function migrationSettings({ release, database }: Environment) {
  const { chartVersion } = release;
  return { chartVersion, limits: connectionLimits(release), restoredFrom: sourceOf(database.restore) };
}

/** The roles that may do something. A ServiceAccount whose role may not is free for an annotation of the user's. */
function rolesInUse(environment: Environment, roles: PostgresEndpoint['podRoleArns']): ServiceAccountRoles {
  const { podRoles, database } = environment;
  const { api, scanner } = podRoles;
  const granted = database.iamAuthentication || keepsReportsInOwnBucket(environment);
  return {
    api: granted || api.policyArns.length > 0 ? roles?.api : undefined,
    scanner: scanner.policyArns.length > 0 ? roles?.scanner : undefined,
  };
}

/** What the values of the chart follow from. */
function controlPlaneSettings(
  environment: Environment,
  secrets: SyncedSecrets,
  trustBundle: TrustBundle,
): ControlPlaneValuesProps {
  const { name, database, release, authentication, pods } = environment;
  const { replicas, autoscaling, poolMinimum, poolMaximum, chartVersion, ingress, images, values } = release;
  const { allowedHosts, payloadCacheMib, trustedProxies } = release;
  const elsewhere = database.existing !== undefined && rdsRegion(database.existing.host) === undefined;
  return {
    environmentName: name,
    databaseProvider: elsewhere ? 'postgres' : 'aws-rds',
    secrets,
    trustBundle,
    chartVersion,
    pool: { replicas, autoscaling, poolMinimum, poolMaximum },
    trustedProxyIssuer: trustedProxyIssuer(environment),
    authentication,
    api: { allowedHosts, payloadCacheMib, trustedProxies },
    ingress,
    images,
    pods,
    values,
  };
}
