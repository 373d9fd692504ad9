import { DbInstanceAutomatedBackupsReplication } from '@cdktf/provider-aws/lib/db-instance-automated-backups-replication';
import type { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { Construct } from 'constructs';
import { REPLICATION_DEFAULTS } from '../../../contract/environment/database/replication';
import { AwsAccount } from '../iam/aws-account';
import type { PostgresInstance } from '../rds/postgres-instance';
import { EncryptionKey } from './encryption-key';

/** A database that is restored from the copies, under whatever name, writes its logs with their key. */
const LOGS_OF_ANY_DATABASE = ['/aws/rds/instance/*'];
/** The first copy is the whole database. */
const TIMEOUTS = { create: '4h', delete: '4h' };

/** What is copied, and where to. */
export interface BackupReplicationProps {
  /** Instance whose automated backups are copied. RDS does not offer that for a cluster. */
  readonly instance: PostgresInstance;
  /** Region of the copies, other than the instance's. RDS offers certain pairs of regions alone. */
  readonly region: string;
  /** Provider that works in that region. */
  readonly provider: AwsProvider;
  /**
   * Days that the copies are kept, 1 to 35.
   * @default 14
   */
  readonly retentionDays?: number;
  /**
   * Alias of the key that is made in that region, beginning with `alias/`, at most 256 characters.
   * @default - the key has no alias
   */
  readonly keyAlias?: string;
  /**
   * ARN of an existing key in that region. Changing it restarts the copies.
   * @default - a key is created
   */
  readonly keyArn?: string;
}

/**
 * Copies of the automated backups of an instance in a second region, from which the database can be restored to a moment
 * when its own region cannot be reached. They are encrypted with a key of that region.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html
 */
export class BackupReplication extends Construct {
  constructor(scope: Construct, id: string, props: BackupReplicationProps) {
    super(scope, id);
    new DbInstanceAutomatedBackupsReplication(this, 'replication', {
      provider: props.provider,
      sourceDbInstanceArn: props.instance.arn,
      retentionPeriod: props.retentionDays ?? REPLICATION_DEFAULTS.retentionDays,
      kmsKeyId: this.createKey(props).arn,
      timeouts: TIMEOUTS,
    });
  }

  private createKey({ provider, region, keyAlias, keyArn }: BackupReplicationProps): EncryptionKey {
    const account = new AwsAccount(this, 'account', { region });
    if (keyArn !== undefined) return EncryptionKey.fromArn(this, 'encryption', { arn: keyArn, account });
    return new EncryptionKey(this, 'encryption', {
      provider,
      alias: keyAlias,
      account,
      logGroups: LOGS_OF_ANY_DATABASE,
    });
  }
}
