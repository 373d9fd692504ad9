import { join } from 'node:path';
import { TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import { BackupJob, type BackupJobProps } from '../constructs/kubernetes/backup-job';
import { ClusterAccess } from '../constructs/kubernetes/cluster-access';
import { ControlPlaneNamespace } from '../constructs/kubernetes/control-plane-namespace';
import { ControlPlaneRelease } from '../constructs/kubernetes/control-plane-release';
import { DumpStore } from '../constructs/kubernetes/dump-store';
import { MigrationFiles } from '../constructs/kubernetes/migration-files';
import { MigrationJob } from '../constructs/kubernetes/migration-job';
import { MonthlyMigration } from '../constructs/kubernetes/monthly-migration';
import { RestoreJob, type RestoreJobProps } from '../constructs/kubernetes/restore-job';
import { SecretReader } from '../constructs/kubernetes/secret-reader';
import { SyncedSecrets } from '../constructs/kubernetes/synced-secrets';
import { TrustBundle } from '../constructs/kubernetes/trust-bundle';
import type { PostgresEndpoint } from '../constructs/postgres-endpoint';
import { ALEMBIC_HEADS } from '../contract/chart';
import { connectionLimits } from '../contract/connection-budget';
import type { Environment } from '../contract/environment';
import { EnvironmentStack } from './environment-stack';

const MIGRATIONS = join(__dirname, '..', 'migrations');

/** What the workload needs to know beside the environment. */
export interface WorkloadStackProps {
  readonly environment: Environment;
  readonly endpoint: PostgresEndpoint;
  /**
   * PEM text of the certificate authorities of the database server.
   * @default - the bundled ones of the environment's region
   */
  readonly caBundle?: string;
}

/** The Kubernetes side of an environment. It may be destroyed and built again at any time; the data is elsewhere. */
export class WorkloadStack extends EnvironmentStack {
  constructor(scope: Construct, { environment, endpoint, caBundle }: WorkloadStackProps) {
    super(scope, `${environment.name}-workload`, environment);
    const { region, release } = environment;
    new ClusterAccess(this, 'access', { cluster: this.cluster, region });
    const namespace = new ControlPlaneNamespace(this, 'namespace', { name: environment.namespace });
    const trustBundle = new TrustBundle(this, 'trust', { namespace, region, caBundle });
    const reader = new SecretReader(this, 'secret-reader', {
      namespace,
      region,
      roleArn: endpoint.secretReaderRoleArn,
    });
    const secrets = new SyncedSecrets(this, 'secrets', {
      namespace,
      reader,
      endpoint,
      generation: environment.secrets.generation,
    });
    const files = new MigrationFiles(this, 'migration-files', { namespace, directory: MIGRATIONS });
    const dumps = this.createDumpStore(environment, endpoint, namespace, files);
    const job = {
      namespace,
      trustBundle,
      secrets,
      engineMajor: environment.database.engine,
      chartVersion: release.chartVersion,
      settings: { limits: connectionLimits(release), alembicHead: ALEMBIC_HEADS[release.chartVersion] },
    };
    const restore = this.createRestoreJob(environment, dumps && { ...job, dumps });
    const migrations = new MigrationJob(this, 'migrations', {
      ...job,
      files,
      endpoint,
      restore,
    });
    const monthly = new MonthlyMigration(this, 'monthly-migration', { namespace, job: migrations });
    this.createBackupJob(environment, dumps && { ...job, dumps, migrations });
    new ControlPlaneRelease(this, 'control-plane', {
      ...release,
      namespace,
      trustBundle,
      secrets,
      migrations,
      pool: release,
    });
    this.createOutputs(environment.namespace, migrations, monthly);
  }

  private createDumpStore(
    { region, backup }: Environment,
    { backup: store }: PostgresEndpoint,
    namespace: ControlPlaneNamespace,
    migrations: MigrationFiles,
  ): DumpStore | undefined {
    if (store === undefined || !(backup.enabled || backup.restore)) return undefined;
    return new DumpStore(this, 'dumps', { namespace, region, store, migrations, scratchGib: backup.scratchGib });
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

  private createOutputs(namespace: string, migrations: MigrationJob, monthly: MonthlyMigration): void {
    this.output('namespace_name', namespace, 'Namespace of the control plane');
    this.output('migration_logs', migrations.logsCommand, 'Command that shows what the migration Job did');
    this.output('migrate_now', monthly.runNowCommand, 'Command that migrates and verifies now');
  }

  private output(id: string, value: string, description: string): void {
    new TerraformOutput(this, id, { value, description, staticId: true });
  }
}
