import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { Construct } from 'constructs';
import { DATABASE_LOGS, databaseLogGroup } from '../../contract/names';
import type { EncryptionKey } from './encryption-key';

/** Whose logs, and for how long. */
export interface DatabaseLogsProps {
  /** Identifier of the instance; RDS derives the names of the log groups from it. */
  readonly instanceIdentifier: string;
  /** Key that encrypts the logs: slow statements appear in them as they were sent. */
  readonly key: EncryptionKey;
  /**
   * Days that a line is kept; one of the numbers that CloudWatch Logs offers.
   * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
   */
  readonly retentionDays: number;
}

/** Log groups that RDS writes to. Made before the instance: RDS would create them without a key and without an end. */
export class DatabaseLogs extends Construct {
  /** The log groups; the instance waits for them, because it would create them without an end. */
  readonly groups: readonly CloudwatchLogGroup[];

  constructor(scope: Construct, id: string, { instanceIdentifier, key, retentionDays }: DatabaseLogsProps) {
    super(scope, id);
    this.groups = DATABASE_LOGS.map(
      (log) =>
        new CloudwatchLogGroup(this, log, {
          name: databaseLogGroup(instanceIdentifier, log),
          kmsKeyId: key.arn,
          retentionInDays: retentionDays,
        }),
    );
  }
}
