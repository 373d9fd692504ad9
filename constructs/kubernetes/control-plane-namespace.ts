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
  readonly name: string;
  private readonly prerequisites: ITerraformDependable[];

  constructor(scope: Construct, id: string, { name }: ControlPlaneNamespaceProps) {
    super(scope, id);
    this.name = name;
    this.prerequisites = [new NamespaceV1(this, 'namespace', { metadata: { name, labels: { ...LABELS } } })];
  }
  /** What everything in the namespace has to wait for. */
  get ready(): readonly ITerraformDependable[] {
    return this.prerequisites;
  }

  /** Lets everything that is put into the namespace from now on wait for this too. */
  waitFor(prerequisites: readonly ITerraformDependable[]): void {
    this.prerequisites.push(...prerequisites);
  }
}
