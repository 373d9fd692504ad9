import { DbParameterGroup } from '@cdktf/provider-aws/lib/db-parameter-group';
import { Construct } from 'constructs';

/** Which server the parameters are for. */
export interface ServerParametersProps {
  /** Beginning of the group's name; AWS adds to it. Lower-case letters, digits and hyphens. */
  readonly name: string;
  /** Major version of PostgreSQL. Changing it makes a new group. */
  readonly engineMajor: string;
  /**
   * Connections that the server accepts. Changing it restarts the server.
   * @default - RDS derives it from the memory of the instance class
   */
  readonly maxConnections?: number;
}

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

/** The parameters of every database, whichever form it has. */
export const PARAMETERS = [...parameters(FROM_THE_START, 'pending-reboot'), ...parameters(WHILE_RUNNING, 'immediate')];

/** The parameter for a number of connections, if there is one. */
export function connectionParameters(maxConnections: number | undefined) {
  return maxConnections === undefined ? [] : parameters({ max_connections: String(maxConnections) }, 'pending-reboot');
}

/**
 * Parameter group that turns connections without TLS 1.2 or later away, counts statements, logs connections, waits for
 * locks and slow statements, and closes connections whose client is gone.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Parameters.html
 */
export class ServerParameters extends Construct {
  /** Name of the parameter group. */
  readonly groupName: string;

  constructor(scope: Construct, id: string, { name, engineMajor, maxConnections }: ServerParametersProps) {
    super(scope, id);
    const group = new DbParameterGroup(this, 'group', {
      namePrefix: `${name}-`,
      family: `postgres${engineMajor}`,
      description: 'TLS policy and logging of the agent-bom database',
      parameter: [...PARAMETERS, ...connectionParameters(maxConnections)],
      // A group of the next major version has to exist before the instance can leave the old one.
      lifecycle: { createBeforeDestroy: true },
    });
    this.groupName = group.name;
  }
}

function parameters(values: Readonly<Record<string, string>>, applyMethod: string) {
  return Object.entries(values).map(([name, value]) => ({ name, value, applyMethod }));
}
