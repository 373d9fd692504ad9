import { Release } from '@cdktf/provider-helm/lib/release';
import { Fn, type ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { RELEASE_DEFAULTS } from '../../../contract/environment/release';
import { ContractError } from '../../../contract/error';
import { CHART_NAME, CHART_REPOSITORY } from '../../../contract/product/chart';
import { writerStopsUpTo } from '../../../contract/product/facts';
import { roleMistakes, roleValues, type ServiceAccountRoles } from '../../../contract/product/service-account-roles';
import { terraformLiteral } from '../../terraform-literal';
import type { ControlPlaneNamespace } from '../pods/control-plane-namespace';
import { type ControlPlaneValuesProps, controlPlaneValues, yamlText } from './control-plane-values';

/** A pull of the images on a new node, and the start of every pod. */
const TIMEOUT_SECONDS = 15 * 60;
/** Each revision is a Secret in the namespace. */
const KEPT_REVISIONS = 10;

/** Settings of the release. */
export interface ControlPlaneReleaseProps extends ControlPlaneValuesProps {
  /** Namespace of the release. */
  readonly namespace: ControlPlaneNamespace;
  /** What has to have succeeded before the release begins: the migrations. */
  readonly after: readonly ITerraformDependable[];
  /**
   * Where the chart is pulled from: `oci://` or `https://`.
   * @default 'oci://ghcr.io/msaad00/charts'
   */
  readonly chartRepository?: string;
  /**
   * ARNs of the IAM roles that the chart's ServiceAccounts take on by an annotation (IRSA). They may be references.
   * @default - no ServiceAccount is annotated
   */
  readonly serviceAccountRoles?: ServiceAccountRoles;
}

/**
 * The control plane. A release that does not become ready is taken back, unless migrations up to this version may have
 * left a schema that the version before does not work with; the migrations stay.
 *
 * @see https://helm.sh/docs/helm/helm_upgrade/
 */
export class ControlPlaneRelease extends Construct {
  /** The release, once all its pods are ready; for `dependsOn`. */
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ControlPlaneReleaseProps) {
    super(scope, id);
    const { namespace, secrets, trustBundle, after, chartRepository = CHART_REPOSITORY } = props;
    const { chartVersion = RELEASE_DEFAULTS.chartVersion } = props;
    const takenBack = writerStopsUpTo(chartVersion).length === 0;
    const release = new Release(this, 'release', {
      name: CHART_NAME,
      namespace: namespace.name,
      createNamespace: false,
      repository: chartRepository,
      chart: CHART_NAME,
      version: chartVersion,
      values: [terraformLiteral(yamlText(controlPlaneValues(props, namespace.name))), ...this.roleDocuments(props)],
      wait: true,
      atomic: takenBack,
      cleanupOnFail: takenBack,
      // A first install that fails and stays, or during which Terraform is killed, is in no state: the next deployment takes it over.
      upgradeInstall: true,
      timeout: TIMEOUT_SECONDS,
      maxHistory: KEPT_REVISIONS,
      dependsOn: [...secrets.ready, ...trustBundle.ready, ...after],
    });
    this.ready = [release];
  }

  /** Roles are known when Terraform runs, and a text with a reference cannot be a literal: they get a separate one. */
  private roleDocuments({ serviceAccountRoles = {}, values = {} }: ControlPlaneReleaseProps): string[] {
    const mistakes = roleMistakes(serviceAccountRoles, values);
    if (mistakes.length > 0) throw new ContractError(mistakes);
    const roles = roleValues(serviceAccountRoles);
    return Object.keys(roles).length === 0 ? [] : [Fn.yamlencode(roles)];
  }
}
