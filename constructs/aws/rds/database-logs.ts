import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { Construct } from 'constructs';
import type { EncryptionKey } from '../storage/encryption-key';

/** Whose logs, and for how long. */
export interface DatabaseLogsProps {
  /** Name of the log group by the log that is exported; RDS derives it from the identifier of the database. */
  readonly groups: Readonly<Record<string, string>>;
  /** Key that encrypts the logs: slow statements appear in them as they were sent. */
  readonly key: EncryptionKey;
  /**
   * Days that a line is kept; one of the numbers that CloudWatch Logs offers.
   * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
   */
  readonly retentionDays: number;
}

/** Log groups that RDS writes to. Made before the database: RDS would create them without a key and without an end. */
export class DatabaseLogs extends Construct {
  /** The log groups; the instance waits for them, because it would create them without an end. */
  readonly groups: readonly CloudwatchLogGroup[];

  constructor(scope: Construct, id: string, { groups, key, retentionDays }: DatabaseLogsProps) {
    super(scope, id);
    this.groups = Object.entries(groups).map(
      ([log, name]) => new CloudwatchLogGroup(this, log, { name, kmsKeyId: key.arn, retentionInDays: retentionDays }),
    );
  }
}
