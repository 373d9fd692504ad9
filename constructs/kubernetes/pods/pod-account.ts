import { ServiceAccountV1 } from '@cdktf/provider-kubernetes/lib/service-account-v1';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { ControlPlaneNamespace } from './control-plane-namespace';
import { LABELS } from './labels';

/** Who the pods are. */
export interface PodAccountProps {
  /** Namespace of the ServiceAccount. */
  readonly namespace: ControlPlaneNamespace;
  /** Name of the ServiceAccount. The trust of a role names it. */
  readonly name: string;
  /**
   * IAM role that the pods of the account act as.
   * @default - none by annotation
   * @see https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
   */
  readonly roleArn?: string;
}

/** ServiceAccount of Jobs of ours. None of them talks to Kubernetes, so that it gives its pods no token. */
export class PodAccount extends Construct {
  /** Name of the ServiceAccount. */
  readonly accountName: string;
  /** What has to exist before whatever uses it; for `dependsOn`. */
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { namespace, name, roleArn }: PodAccountProps) {
    super(scope, id);
    this.accountName = name;
    const account = new ServiceAccountV1(this, 'account', {
      metadata: {
        name,
        namespace: namespace.name,
        labels: { ...LABELS },
        annotations: roleArn === undefined ? undefined : { 'eks.amazonaws.com/role-arn': roleArn },
      },
      automountServiceAccountToken: false,
      dependsOn: [...namespace.ready],
    });
    this.ready = [account];
  }
}
