import { NamespaceV1 } from '@cdktf/provider-kubernetes/lib/namespace-v1';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { LABELS } from './labels';

/** Settings of the namespace. */
export interface ControlPlaneNamespaceProps {
  /** Name of the namespace, at most 63 characters. Changing it REPLACES everything in it. */
  readonly name: string;
}

/** The namespace of the control plane. Everything else in the workload stack waits for it. */
export class ControlPlaneNamespace extends Construct {
  /** Name of the namespace. */
  readonly name: string;
  /** What Terraform waits for before it creates something in the namespace. */
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { name }: ControlPlaneNamespaceProps) {
    super(scope, id);
    this.name = name;
    this.ready = [new NamespaceV1(this, 'namespace', { metadata: { name, labels: { ...LABELS } } })];
  }
}
