import { RoleBindingV1 } from '@cdktf/provider-kubernetes/lib/role-binding-v1';
import { RoleV1, type RoleV1Rule } from '@cdktf/provider-kubernetes/lib/role-v1';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { RELEASE_DEFAULTS } from '../../../contract/environment/release';
import { API_START_SECONDS, API_STOP_SECONDS } from '../../../contract/postgres/job';
import { factsOf, writerStopsUpTo } from '../../../contract/product/facts';
import { terraformLiteral } from '../../terraform-literal';
import { LABELS } from '../pods/control-plane-namespace';
import type { PodAccount } from '../pods/restricted-pod';
import {
  type ApiStep,
  DATABASE_REVISION_VARIABLE,
  type DatabaseJobProps,
  type MigrationSettings,
  productContainer,
} from './migration-pod';

const VOLUME = 'kubernetes';
const TOKEN_FILE = 'service-account-token';
const CREDENTIALS_DIRECTORY = '/kubernetes';
/** Kubernetes shortens what is longer than it likes; the kubelet renews the token before it ends. */
const TOKEN_SECONDS = 60 * 60;

/** The Deployment that writes to the database. */
export interface ApiDeployment {
  /** Name of the Deployment. It need not exist yet. */
  readonly name: string;
  /** Number of its pods; where an autoscaler decides, the fewest. */
  readonly replicas: number;
}

/** Which Deployment is scaled, which way, and by whose pods. */
export interface ApiScalingProps
  extends Pick<DatabaseJobProps, 'namespace' | 'images'>,
    Pick<MigrationSettings, 'chartVersion'> {
  /** ServiceAccount of the pods. */
  readonly account: PodAccount;
  /** The Deployment. */
  readonly deployment: ApiDeployment;
  /** `stop` ends its pods before migrations that they cannot work with; `start` starts it where it has no pods. */
  readonly direction: 'stop' | 'start';
}

/** Whether a version has migrations, new ones or those of versions before it, that API pods of earlier versions fail after. */
export function stopsWriters(chartVersion: string = RELEASE_DEFAULTS.chartVersion): boolean {
  return writerStopsUpTo(chartVersion).length > 0;
}

/**
 * Lets the pods of a Job scale one Deployment, and gives them a container that does. The token that it takes is in this
 * container alone.
 *
 * @see https://kubernetes.io/docs/concepts/storage/projected-volumes/#serviceaccounttoken
 */
export class ApiScaling extends Construct implements ApiStep {
  /** The container. */
  readonly container: ApiStep['container'];
  /** Volume with the token and the certificate authorities of Kubernetes. */
  readonly volume: ApiStep['volume'] = {
    name: VOLUME,
    projected: [
      {
        sources: [
          { serviceAccountToken: { path: TOKEN_FILE, expirationSeconds: TOKEN_SECONDS } },
          { configMap: [{ name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] }] },
        ],
      },
    ],
  };
  /** What has to exist before the pods; for `dependsOn`. */
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ApiScalingProps) {
    super(scope, id);
    this.ready = [this.allow(props)];
    const mounts = [{ name: VOLUME, mountPath: CREDENTIALS_DIRECTORY, readOnly: true }];
    const { direction } = props;
    this.container = productContainer(`${direction}-api`, `${direction}-api`, variables(props), props, mounts);
  }

  private allow({ account, namespace, deployment, direction }: ApiScalingProps): RoleBindingV1 {
    const metadata = { name: `${account.accountName}-api`, namespace: namespace.name, labels: { ...LABELS } };
    const role = new RoleV1(this, 'role', {
      metadata,
      rule: rules(deployment.name, direction),
      dependsOn: [...namespace.ready],
    });
    return new RoleBindingV1(this, 'binding', {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadata.name },
      subject: [{ kind: 'ServiceAccount', name: account.accountName, namespace: namespace.name }],
      dependsOn: [role, ...account.ready],
    });
  }
}

function rules(deployment: string, direction: ApiScalingProps['direction']): RoleV1Rule[] {
  const scale: RoleV1Rule[] = [
    { apiGroups: ['apps'], resources: ['deployments'], resourceNames: [deployment], verbs: ['get'] },
    { apiGroups: ['apps'], resources: ['deployments/scale'], resourceNames: [deployment], verbs: ['patch'] },
  ];
  // Whether the pods are gone, the Deployment does not say.
  return direction === 'start' ? scale : [...scale, { apiGroups: [''], resources: ['pods'], verbs: ['list'] }];
}

function variables({ namespace, deployment, direction, chartVersion }: ApiScalingProps) {
  const common = [
    { name: 'API_NAMESPACE', value: namespace.name },
    { name: 'API_DEPLOYMENT', value: deployment.name },
    { name: 'API_REPLICAS', value: String(deployment.replicas) },
    { name: 'API_CREDENTIALS', value: CREDENTIALS_DIRECTORY },
    { name: 'API_TIMEOUT', value: String(direction === 'stop' ? API_STOP_SECONDS : API_START_SECONDS) },
  ];
  if (direction === 'start') return common;
  const { version, known } = factsOf(chartVersion ?? RELEASE_DEFAULTS.chartVersion);
  const stops = writerStopsUpTo(version).map(({ migration, sentence }) => ({ migration, sentence }));
  return [
    ...common,
    DATABASE_REVISION_VARIABLE,
    { name: 'CONTRACT_WRITER_STOPS', value: terraformLiteral(JSON.stringify(stops)) },
    ...(known ? [] : [{ name: 'CONTRACT_UNRECORDED_VERSION', value: version }]),
  ];
}
