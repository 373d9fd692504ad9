import { DataAwsDbInstances } from '@cdktf/provider-aws/lib/data-aws-db-instances';
import { DataAwsRdsClusters } from '@cdktf/provider-aws/lib/data-aws-rds-clusters';
import { Fn, Op, type Precondition } from 'cdktf';
import type { Construct } from 'constructs';
import type { DatabaseForm } from '../../../contract/aws/capacity';
import type { PostgresServerProps } from './server-props';

/**
 * To be met by a protected database: none of the other engine type has its name. A change of the engine type takes the
 * database out of the stack, and with it what prevents its destruction. RDS protects a cluster but none of its instances,
 * which Terraform deletes first.
 *
 * @returns Nothing for a database that may be destroyed.
 */
export function sameEngineType(
  server: Construct,
  form: DatabaseForm,
  { identifier, deletionProtection = true }: Pick<PostgresServerProps, 'identifier' | 'deletionProtection'>,
): Precondition[] {
  if (!deletionProtection) return [];
  const values = [identifier];
  const others =
    form === 'aurora'
      ? new DataAwsDbInstances(server, 'other', { filter: [{ name: 'db-instance-id', values }] }).instanceIdentifiers
      : new DataAwsRdsClusters(server, 'other', { filter: [{ name: 'db-cluster-id', values }] }).clusterIdentifiers;
  const other = form === 'aurora' ? 'an instance' : 'a cluster';
  return [
    {
      condition: Op.lt(Fn.lengthOf(others), 1),
      errorMessage:
        `${identifier} is ${other}, and another engine type would be another, empty database: undo the change of ` +
        'database.form. To move, create an environment of another name, as docs/operate/move.md shows.',
    },
  ];
}
