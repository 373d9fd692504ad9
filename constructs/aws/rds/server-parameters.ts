import { DbParameterGroup } from '@cdktf/provider-aws/lib/db-parameter-group';
import { RdsClusterParameterGroup } from '@cdktf/provider-aws/lib/rds-cluster-parameter-group';
import { Construct } from 'constructs';
import { DATABASE_DEFAULTS } from '../../../contract/environment/database/database';
import { partsOf } from '../../../contract/postgres/majors';
import type { PostgresServerProps } from './server-props';

/**
 * Parameters that hold from the first start. RDS reports values that are also its defaults as `pending-reboot`; with
 * `immediate` they would show up as a change in every plan.
 */
const FROM_THE_START = {
  'rds.force_ssl': '1',
  ssl_min_protocol_version: 'TLSv1.2',
  shared_preload_libraries: 'pg_stat_statements',
};

/**
 * Parameters that may change while the server runs. Timeouts of statements, locks and transactions are not among them:
 * they belong to the logins, because the sessions of the application may rest within a transaction.
 */
const WHILE_RUNNING = {
  log_connections: '1',
  log_disconnections: '1',
  log_lock_waits: '1',
  // Milliseconds.
  log_min_duration_statement: '1000',
  // The server asks a silent client after a minute, and gives up a minute later: connections of a pod that is gone without
  // a word would otherwise count against the limit of its login for hours.
  tcp_keepalives_idle: '60',
  tcp_keepalives_interval: '10',
  tcp_keepalives_count: '6',
};

/** The parameters of every database, an instance or a cluster. */
const PARAMETERS = [...parameters(FROM_THE_START, 'pending-reboot'), ...parameters(WHILE_RUNNING, 'immediate')];
const DESCRIPTION = 'TLS policy and logging of the agent-bom database';
/**
 * A group of the next major version has to exist before the database can leave the old one, which it uses until its
 * window: a group of instances therefore stays when Terraform has another one. The provider has no such setting for the
 * group of a cluster.
 */
const LIFECYCLE = { createBeforeDestroy: true };

/** Names of the parameter groups of an Aurora cluster. */
export interface ClusterParameters {
  /** Name of the group of the cluster. */
  readonly clusterGroupName: string;
  /** Name of the group of the instances. */
  readonly instanceGroupName: string;
}

/**
 * Parameter group that turns connections without TLS 1.2 or later away, counts statements, logs connections, waits for
 * locks and slow statements, and closes connections whose client is gone.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Parameters.html
 * @returns Name of the group.
 */
export function createInstanceParameters(server: Construct, props: PostgresServerProps): string {
  return new DbParameterGroup(new Construct(server, 'parameters'), 'group', {
    namePrefix: `${props.identifier}-`,
    family: `postgres${majorOf(props)}`,
    description: DESCRIPTION,
    parameter: [...PARAMETERS, ...connectionParameters(props)],
    skipDestroy: true,
    lifecycle: LIFECYCLE,
  }).name;
}

/**
 * Parameters of an Aurora cluster: the same as those of an instance. Instances take what the cluster has, except the number
 * of connections, which belongs to a separate group. It is there without a number too: the provider takes no group
 * away from an instance again, and RDS deletes none that one uses.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Reference.ParameterGroups.html
 */
export function createClusterParameters(server: Construct, props: PostgresServerProps): ClusterParameters {
  const scope = new Construct(server, 'parameters');
  const family = `aurora-postgresql${majorOf(props)}`;
  const common = { namePrefix: `${props.identifier}-`, family, lifecycle: LIFECYCLE };
  const { name: clusterGroupName } = new RdsClusterParameterGroup(scope, 'group', {
    ...common,
    description: DESCRIPTION,
    parameter: PARAMETERS,
  });
  const { name: instanceGroupName } = new DbParameterGroup(scope, 'instance-group', {
    ...common,
    description: 'Connections of the agent-bom database',
    parameter: connectionParameters(props),
    skipDestroy: true,
  });
  return { clusterGroupName, instanceGroupName };
}

function majorOf({ engineVersion = DATABASE_DEFAULTS.engine }: PostgresServerProps): string {
  return partsOf(engineVersion).major;
}

function connectionParameters({ maxConnections }: PostgresServerProps) {
  if (maxConnections === undefined) return [];
  return parameters({ max_connections: String(maxConnections) }, 'pending-reboot');
}

function parameters(values: Readonly<Record<string, string>>, applyMethod: string) {
  return Object.entries(values).map(([name, value]) => ({ name, value, applyMethod }));
}
