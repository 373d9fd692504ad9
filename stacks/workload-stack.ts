import { join } from 'node:path';
import { TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import { ClusterAccess } from '../constructs/kubernetes/cluster-access';
import { controlPlaneManifests } from '../constructs/kubernetes/control-plane-manifests';
import { ControlPlaneNamespace } from '../constructs/kubernetes/control-plane-namespace';
import { ControlPlaneRelease } from '../constructs/kubernetes/control-plane-release';
import type { ControlPlaneValuesProps } from '../constructs/kubernetes/control-plane-values';
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
import { handOverRelease } from './handed-over';

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
  /** Texts of files that belong beside the stack, by their paths in the output directory. */
  readonly files: Readonly<Record<string, string>>;

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
      images: release.images,
      settings: { limits: connectionLimits(release), alembicHead: ALEMBIC_HEADS[release.chartVersion] },
    });
    const controlPlane = { ...release, environmentName: environment.name, trustBundle, secrets, pool: release };
    this.files = this.manifests(environment, controlPlane);
    if (release.managedBy === 'terraform') {
      new ControlPlaneRelease(this, 'control-plane', { ...controlPlane, namespace, migrations });
    } else {
      handOverRelease(this);
    }
    this.createOutputs(environment.namespace, migrations);
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
