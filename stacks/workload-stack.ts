import { join } from 'node:path';
import { TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import { ClusterAccess } from '../constructs/kubernetes/cluster-access';
import { ControlPlaneNamespace } from '../constructs/kubernetes/control-plane-namespace';
import { ControlPlaneRelease } from '../constructs/kubernetes/control-plane-release';
import { MigrationFiles } from '../constructs/kubernetes/migration-files';
import { MigrationJob } from '../constructs/kubernetes/migration-job';
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
  /** The environment, as its file describes it. */
  readonly environment: Environment;
  /** How to reach the database and its credentials. */
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
    const migrations = new MigrationJob(this, 'migrations', {
      namespace,
      trustBundle,
      secrets,
      files: new MigrationFiles(this, 'migration-files', { namespace, directory: MIGRATIONS }),
      engineMajor: environment.database.engine,
      chartVersion: release.chartVersion,
      settings: { limits: connectionLimits(release), alembicHead: ALEMBIC_HEADS[release.chartVersion] },
    });
    new ControlPlaneRelease(this, 'control-plane', {
      ...release,
      namespace,
      trustBundle,
      secrets,
      migrations,
      pool: release,
    });
    this.createOutputs(environment.namespace, migrations);
  }

  private createOutputs(namespace: string, migrations: MigrationJob): void {
    new TerraformOutput(this, 'namespace_name', {
      value: namespace,
      description: 'Namespace of the control plane',
      staticId: true,
    });
    new TerraformOutput(this, 'migration_logs', {
      value: migrations.logsCommand,
      description: 'Command that shows what the migration Job did',
      staticId: true,
    });
  }
}
