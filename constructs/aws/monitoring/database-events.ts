import { DbEventSubscription } from '@cdktf/provider-aws/lib/db-event-subscription';
import { Construct } from 'constructs';
import type { MonitoredDatabase } from '../rds/postgres-server';
import type { AlarmTopic } from './alarm-topic';

/** Whose events, and where they go. */
export interface DatabaseEventsProps {
  /** Name of the subscription, at most 240 letters, digits and hyphens; those for the parameters and the instances add to it. */
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
  /** Of an instance of a cluster: restarts and recoveries are told for it alone. */
  member: [
    'availability',
    'configuration change',
    'deletion',
    'failure',
    'maintenance',
    'notification',
    'recovery',
    'security patching',
  ],
};

/**
 * Messages of RDS about the database, its parameters and the instances of a cluster: failures and failovers, restarts, storage that runs low,
 * maintenance, recovery, changes.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html
 */
export class DatabaseEvents extends Construct {
  constructor(scope: Construct, id: string, { name, database, topic }: DatabaseEventsProps) {
    super(scope, id);
    const { kind, identifier, parameterGroupName, instanceIdentifiers } = database;
    const common = { snsTopic: topic.arn, dependsOn: [...topic.ready] };
    new DbEventSubscription(this, 'database', {
      ...common,
      name,
      sourceType: `db-${kind}`,
      sourceIds: [identifier],
      eventCategories: CATEGORIES[kind],
    });
    if (instanceIdentifiers !== undefined) {
      new DbEventSubscription(this, 'instances', {
        ...common,
        name: `${name}-instances`,
        sourceType: 'db-instance',
        sourceIds: [...instanceIdentifiers],
        eventCategories: CATEGORIES.member,
      });
    }
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
