import { HelmProvider } from '@cdktf/provider-helm/lib/provider';
import { KubernetesProvider } from '@cdktf/provider-kubernetes/lib/provider';
import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import type { EksCluster } from '../../aws/iam/eks-cluster';

/** Which cluster the providers talk to. */
export interface ClusterAccessProps {
  /** Cluster in which everything of the stack is created. */
  readonly cluster: EksCluster;
  /** Region of the cluster. */
  readonly region: string;
}

/**
 * The Kubernetes and Helm providers of a stack. They ask for a token at every use: one from a data source would be read
 * during the plan, and expire after a quarter of an hour.
 */
export class ClusterAccess extends Construct {
  constructor(scope: Construct, id: string, { cluster, region }: ClusterAccessProps) {
    super(scope, id);
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1beta1',
      command: 'aws',
      args: ['eks', 'get-token', '--cluster-name', cluster.name, '--region', region, '--output', 'json'],
    };
    const server = {
      host: cluster.endpoint,
      clusterCaCertificate: Fn.base64decode(cluster.certificateAuthority),
    };
    new KubernetesProvider(this, 'kubernetes', { ...server, exec: [exec] });
    new HelmProvider(this, 'helm', { kubernetes: { ...server, exec } });
  }
}
