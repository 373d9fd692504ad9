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
import { PodFirewall } from '../constructs/kubernetes/pod-firewall';
import { RetireJob } from '../constructs/kubernetes/retire-job';
import { SyncedSecrets } from '../constructs/kubernetes/synced-secrets';
import { TrustBundle } from '../constructs/kubernetes/trust-bundle';
import type { PostgresEndpoint } from '../constructs/postgres-endpoint';
import { storedVariables, trustedProxyIssuer } from '../contract/authentication';
import { ALEMBIC_HEADS } from '../contract/chart';
import { connectionLimits } from '../contract/connection-budget';
import type { Environment } from '../contract/environment';
import { sourceOf } from '../contract/environment-restore';
import { requiredSecrets } from '../contract/required-secrets';
import { EnvironmentStack } from './environment-stack';
import { handOverRelease } from './handed-over';
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
  /** Texts of files that belong beside the stack, by their paths in the output directory. */
  readonly files: Readonly<Record<string, string>>;

  constructor(scope: Construct, { environment, endpoint, caBundle }: WorkloadStackProps) {
    super(scope, `${environment.name}-workload`, environment);
    const { region, release } = environment;
    new ClusterAccess(this, 'access', { cluster: this.cluster, region });
    const namespace = new ControlPlaneNamespace(this, 'namespace', { name: environment.namespace });
    this.protectPods(namespace, endpoint);
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
    const common = {
      namespace,
      trustBundle,
      secrets,
      files: new MigrationFiles(this, 'migration-files', { namespace, directory: MIGRATIONS }),
      engineMajor: environment.database.engine,
      images: release.images,
    };
    const migrations = new MigrationJob(this, 'migrations', {
      ...common,
      chartVersion: release.chartVersion,
      settings: {
        limits: connectionLimits(release),
        alembicHead: ALEMBIC_HEADS[release.chartVersion],
        restoredFrom: sourceOf(environment.database.restore),
      },
    });
    const controlPlane = {
      ...release,
      environmentName: environment.name,
      trustBundle,
      secrets,
      pool: release,
      trustedProxyIssuer: trustedProxyIssuer(environment),
      authentication: environment.authentication,
    };
    this.files = this.manifests(environment, controlPlane);
    if (release.managedBy === 'terraform') {
      const serviceAccountRoles = environment.cluster.podRoles === 'irsa' ? endpoint.podRoleArns : undefined;
      const installed = new ControlPlaneRelease(this, 'control-plane', {
        ...controlPlane,
        namespace,
        migrations,
        serviceAccountRoles,
      });
      new RetireJob(this, 'retire', { ...common, release: installed });
    } else {
      handOverRelease(this);
    }
    this.createOutputs(environment.namespace, migrations);
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

  private protectPods(namespace: ControlPlaneNamespace, { podSecurityGroupId }: PostgresEndpoint): void {
    if (podSecurityGroupId === undefined) return;
    const securityGroupIds = [podSecurityGroupId, this.cluster.securityGroupId];
    namespace.waitFor(new PodFirewall(this, 'pod-firewall', { namespace, securityGroupIds }).ready);
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
