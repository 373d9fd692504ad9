import { ConfigMapV1 } from '@cdktf/provider-kubernetes/lib/config-map-v1';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { type ReportPlace, reportVariables } from '../../../contract/product/reports';
import { type ControlPlaneNamespace, LABELS } from '../pods/control-plane-namespace';

/** Where finished reports are kept. */
export interface ReportSettingsProps {
  /** Namespace of the ConfigMap. */
  readonly namespace: ControlPlaneNamespace;
  /** A bucket, whose name may be a reference, or a directory that all API pods mount. */
  readonly place: ReportPlace;
}

/**
 * ConfigMap with the variables of the API that say where reports are kept. The values of the chart only name it: they are
 * also written for Argo CD and Flux, when the name of the bucket is not known yet.
 */
export class ReportSettings extends Construct {
  /** Name of the ConfigMap. */
  readonly configMapName = 'agent-bom-reports';
  /** What has to exist before the API starts; for `dependsOn`. */
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { namespace, place }: ReportSettingsProps) {
    super(scope, id);
    const configMap = new ConfigMapV1(this, 'variables', {
      metadata: { name: this.configMapName, namespace: namespace.name, labels: { ...LABELS } },
      data: reportVariables(place),
      dependsOn: [...namespace.ready],
    });
    this.ready = [configMap];
  }
}
