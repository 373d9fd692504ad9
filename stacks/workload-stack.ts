import { join } from 'node:path';
import { TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import { ClusterAccess } from '../constructs/kubernetes/cluster-access';
import { ControlPlaneNamespace } from '../constructs/kubernetes/control-plane-namespace';
import { ControlPlaneRelease } from '../constructs/kubernetes/control-plane-release';
import { MigrationFiles } from '../constructs/kubernetes/migration-files';
import { MigrationJob } from '../constructs/kubernetes/migration-job';
import { RetireJob } from '../constructs/kubernetes/retire-job';
import { SyncedSecrets } from '../constructs/kubernetes/synced-secrets';
import { TrustBundle } from '../constructs/kubernetes/trust-bundle';
import type { PostgresEndpoint } from '../constructs/postgres-endpoint';
import { storedVariables, trustedProxyIssuer } from '../contract/authentication';
import { ALEMBIC_HEADS } from '../contract/chart';
import { connectionLimits } from '../contract/connection-budget';
import type { Environment } from '../contract/environment';
import { requiredSecrets } from '../contract/required-secrets';
import { EnvironmentStack } from './environment-stack';
import { secretDelivery } from './secret-delivery';

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
    const secrets = new SyncedSecrets(this, 'secrets', {
      namespace,
      delivery: secretDelivery(this, { environment, endpoint, namespace }),
      endpoint,
      generation: environment.secrets.generation,
      controlPlane: environment.secrets.controlPlane,
      trustedProxy: trustedProxyIssuer(environment) !== undefined,
      authentication: storedVariables(environment.authentication),
    });
    const files = new MigrationFiles(this, 'migration-files', { namespace, directory: MIGRATIONS });
    const engineMajor = environment.database.engine;
    const migrations = new MigrationJob(this, 'migrations', {
      namespace,
      trustBundle,
      secrets,
      files,
      engineMajor,
      chartVersion: release.chartVersion,
      settings: { limits: connectionLimits(release), alembicHead: ALEMBIC_HEADS[release.chartVersion] },
    });
    const controlPlane = new ControlPlaneRelease(this, 'control-plane', {
      ...release,
      namespace,
      trustBundle,
      secrets,
      migrations,
      pool: release,
      trustedProxyIssuer: trustedProxyIssuer(environment),
      authentication: environment.authentication,
    });
    const retirement = new RetireJob(this, 'retire', {
      namespace,
      trustBundle,
      secrets,
      files,
      engineMajor,
      release: controlPlane,
    });
    this.createOutputs(environment.namespace, migrations, retirement);
    if (environment.secrets.delivery === 'existing') this.createSecretsOutput(environment);
  }

  private createSecretsOutput(environment: Environment): void {
    new TerraformOutput(this, 'required_secrets', {
      value: Object.fromEntries(
        requiredSecrets(environment).map(({ name, keys }) => [name, keys.map(({ key }) => key)]),
      ),
      description: 'Secrets that have to be in the namespace, each with its keys',
      staticId: true,
    });
  }

  private createOutputs(namespace: string, migrations: MigrationJob, retirement: RetireJob): void {
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
    new TerraformOutput(this, 'retirement_logs', {
      value: retirement.logsCommand,
      description: 'Command that shows what the Job did that retires former logins',
      staticId: true,
    });
  }
}
