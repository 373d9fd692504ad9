import { DbEventSubscription } from '@cdktf/provider-aws/lib/db-event-subscription';
import { Construct } from 'constructs';
import type { MonitoredDatabase } from '../rds/postgres-server';
import type { AlarmTopic } from './alarm-topic';

/** Whose events, and where they go. */
export interface DatabaseEventsProps {
  /** Name of the subscription, at most 255 letters, digits and hyphens; the one for the parameters adds to it. */
  readonly name: string;
  /** Database whose events are told. */
  readonly database: MonitoredDatabase;
  /** Topic that they go to. */
  readonly topic: AlarmTopic;
}

/**
 * Categories that are told. Not `backup`, which is two messages every night for what has gone well: `ExpectedEvent` says
 * when they are missing. Not `creation`: no one can have asked for it without knowing.
 */
const CATEGORIES = {
  instance: [
    'availability',
    'configuration change',
    'deletion',
    'failover',
    'failure',
    'low storage',
    'maintenance',
    'notification',
    'read replica',
    'recovery',
    'restoration',
    'security patching',
  ],
  cluster: ['configuration change', 'deletion', 'failover', 'failure', 'maintenance', 'notification'],
};

/**
 * Messages of RDS about the database and its parameters: failures and failovers, restarts, storage that runs low,
 * maintenance, recovery, changes.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html
 */
export class DatabaseEvents extends Construct {
  constructor(scope: Construct, id: string, { name, database, topic }: DatabaseEventsProps) {
    super(scope, id);
    const { kind, identifier, parameterGroupName } = database;
    const common = { snsTopic: topic.arn, dependsOn: [...topic.ready] };
    new DbEventSubscription(this, 'database', {
      ...common,
      name,
      sourceType: `db-${kind}`,
      sourceIds: [identifier],
      eventCategories: CATEGORIES[kind],
    });
    if (parameterGroupName === undefined) return;
    new DbEventSubscription(this, 'parameters', {
      ...common,
      name: `${name}-parameters`,
      sourceType: 'db-parameter-group',
      sourceIds: [parameterGroupName],
      eventCategories: ['configuration change'],
    });
  }
}
