import { controlPlaneName } from '../../../contract/names';
import { CHART_REPOSITORY } from '../../../contract/product/chart';
import { argoApplication, fluxObjects } from '../../../contract/product/gitops';
import { type ControlPlaneValuesProps, controlPlaneValues, yamlText } from './control-plane-values';

/** Settings of the control plane that Argo CD or Flux installs. */
export interface ControlPlaneManifestsProps extends ControlPlaneValuesProps {
  /** Namespace of the control plane; it exists before. */
  readonly namespaceName: string;
  /**
   * Where the chart is pulled from: `oci://` or `https://`.
   * @default 'oci://ghcr.io/msaad00/charts'
   */
  readonly chartRepository?: string;
}

/** Texts of the files that install the control plane where Terraform does not, by name. None of them holds a secret. */
export function controlPlaneManifests(props: ControlPlaneManifestsProps): Readonly<Record<string, string>> {
  const values = controlPlaneValues(props);
  const settings = {
    name: controlPlaneName(props.environmentName),
    namespace: props.namespaceName,
    chartRepository: props.chartRepository ?? CHART_REPOSITORY,
    chartVersion: props.chartVersion,
    autoscaled: props.pool.autoscaling !== undefined,
    values,
  };
  return {
    'values.yaml': yamlText(values),
    'argocd-application.yaml': yamlText(argoApplication(settings)),
    'flux-helm-release.yaml': fluxObjects(settings).map(yamlText).join('---\n'),
  };
}
