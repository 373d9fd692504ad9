import type { Quantities } from '../../../contract/aws/cost/estimate';
import { list, object, type StackTemplate } from '../stack-template';

/** The secret of the administrator, which RDS creates by itself. */
const MANAGED = 'manage_master_user_password';

/** What the stacks contain of what AWS charges by number. */
export function quantities(stacks: readonly StackTemplate[]): Quantities {
  const blocks = stacks.flatMap((stack) => stack.resources.map(({ type, block }) => ({ type, block })));
  const count = (wanted: string): number => blocks.filter(({ type }) => type === wanted).length;
  const metrics = blocks
    .filter(({ type }) => type === 'aws_cloudwatch_metric_alarm')
    .map(({ block }) => list(block.metric_query).filter((query) => Object.hasOwn(object(query), 'metric')).length || 1);
  return {
    keys: count('aws_kms_key'),
    secrets: count('aws_secretsmanager_secret') + blocks.filter(({ block }) => block[MANAGED] === true).length,
    alarmMetrics: metrics.reduce((sum, number) => sum + number, 0),
  };
}
