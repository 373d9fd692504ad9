import { NamespaceV1 } from '@cdktf/provider-kubernetes/lib/namespace-v1';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { LABELS } from './labels';

/**
 * What pods of the namespace may be: `baseline` keeps out what takes over a node, and every pod that is not of the
 * strictest kind is reported. Ours are; values of the chart may ask for more than the strictest kind allows.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-admission/
 */
const POD_SECURITY = {
  'pod-security.kubernetes.io/enforce': 'baseline',
  'pod-security.kubernetes.io/audit': 'restricted',
  'pod-security.kubernetes.io/warn': 'restricted',
};

/** Settings of the namespace. */
export interface ControlPlaneNamespaceProps {
  /** Name of the namespace, at most 63 characters. Changing it REPLACES everything in it. */
  readonly name: string;
  /**
   * Whether to create the namespace, and to delete it with everything in it. One that is there already is not touched:
   * its labels, quotas and policies are those of whoever made it. Changing it from true to false DELETES the namespace,
   * unless it is taken out of the state before (`terraform state rm`).
   * @default true
   */
  readonly create?: boolean;
}

/** The namespace of the control plane. Everything else in the workload stack waits for it. */
export class ControlPlaneNamespace extends Construct {
  /** Name of the namespace. */
  readonly name: string;
  private readonly prerequisites: ITerraformDependable[];

  constructor(scope: Construct, id: string, { name, create = true }: ControlPlaneNamespaceProps) {
    super(scope, id);
    this.name = name;
    this.prerequisites = create ? [this.createNamespace()] : [];
  }

  /** What everything in the namespace has to wait for. */
  get ready(): readonly ITerraformDependable[] {
    return this.prerequisites;
  }

  /** Lets everything that is put into the namespace from now on wait for this too. */
  waitFor(prerequisites: readonly ITerraformDependable[]): void {
    this.prerequisites.push(...prerequisites);
  }

  private createNamespace(): NamespaceV1 {
    return new NamespaceV1(this, 'namespace', {
      metadata: { name: this.name, labels: { ...LABELS, ...POD_SECURITY } },
    });
  }
}
