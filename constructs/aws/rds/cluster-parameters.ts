import { DbParameterGroup } from '@cdktf/provider-aws/lib/db-parameter-group';
import { RdsClusterParameterGroup } from '@cdktf/provider-aws/lib/rds-cluster-parameter-group';
import { Construct } from 'constructs';
import { connectionParameters, PARAMETERS, type ServerParametersProps } from './server-parameters';

/**
 * Parameters of an Aurora cluster: the same as those of an instance. Instances take what the cluster has, except the number
 * of connections, which belongs to a group of their own; it is made only for a number that was given.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Reference.ParameterGroups.html
 */
export class ClusterParameters extends Construct {
  /** Name of the group of the cluster. */
  readonly clusterGroupName: string;
  /** Name of the group of the instances; undefined where they take what the cluster has. */
  readonly instanceGroupName?: string;

  constructor(scope: Construct, id: string, { name, engineMajor, maxConnections }: ServerParametersProps) {
    super(scope, id);
    const family = `aurora-postgresql${engineMajor}`;
    // A group of the next major version has to exist before the cluster can leave the old one.
    const lifecycle = { createBeforeDestroy: true };
    this.clusterGroupName = new RdsClusterParameterGroup(this, 'group', {
      namePrefix: `${name}-`,
      family,
      description: 'TLS policy and logging of the agent-bom database',
      parameter: PARAMETERS,
      lifecycle,
    }).name;
    if (maxConnections === undefined) return;
    this.instanceGroupName = new DbParameterGroup(this, 'instance-group', {
      namePrefix: `${name}-`,
      family,
      description: 'Connections of the agent-bom database',
      parameter: connectionParameters(maxConnections),
      lifecycle,
    }).name;
  }
}
