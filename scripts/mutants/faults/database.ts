import { inFile } from '../fault';

const RDS = 'test/constructs/aws/rds/postgres-instance.test.ts';
const AURORA = 'test/constructs/aws/rds/aurora-cluster.test.ts';
const RESTORE = 'test/constructs/aws/rds/database-restore.test.ts';
const NETWORK = 'test/constructs/aws/network/database-network.test.ts';
const REACH = 'test/stacks/network.test.ts';
const ALARMS = 'test/constructs/aws/monitoring/database-alarms.test.ts';
const NOTIFICATIONS = 'test/constructs/aws/monitoring/notifications.test.ts';

/** In the database, its network and its alarms. */
export const DATABASE_FAULTS = [
  ...inFile(
    'constructs/aws/rds/postgres-instance.ts',
    [RDS],
    [
      ['the storage is not encrypted', 'storageEncrypted: true', 'storageEncrypted: false'],
      ['the instance is public', 'publiclyAccessible: false', 'publiclyAccessible: true'],
      ['storage that cannot grow is accepted', 'maximumStorageGib >= least', 'maximumStorageGib >= storageGib'],
      ['minor versions are not applied', 'autoMinorVersionUpgrade: true', 'autoMinorVersionUpgrade: false'],
      ['changes do not wait for the maintenance window', 'applyImmediately: false', 'applyImmediately: true'],
    ],
  ),
  ...inFile(
    'constructs/aws/rds/aurora-cluster.ts',
    [AURORA, RESTORE],
    [
      ['one reader less', 'length: 1 + readers', 'length: readers'],
      ['the instances are public', 'publiclyAccessible: false', 'publiclyAccessible: true'],
      ['the protection is left out', "...this.protectionSettings('aurora', props),", ''],
    ],
  ),
  ...inFile(
    'constructs/aws/rds/postgres-server.ts',
    [RDS, AURORA, RESTORE],
    [
      ['no final snapshot', 'skipFinalSnapshot: false', 'skipFinalSnapshot: true'],
      ['automated backups go with the instance', 'deleteAutomatedBackups: false', 'deleteAutomatedBackups: true'],
      ['no deletion protection by default', 'props.deletionProtection ?? true', 'props.deletionProtection ?? false'],
      ['backups may be switched off', 'backupRetentionDays >= 1', 'backupRetentionDays >= 0'],
      ['backups are kept longer than RDS does', 'LONGEST_RETENTION_DAYS = 35', 'LONGEST_RETENTION_DAYS = 36'],
      ['the secret of the administrator has a key of AWS', 'masterUserSecretKmsKeyId: this.key.arn,', ''],
      ['the logs are not encrypted', 'kmsKeyId: this.key.arn, retentionInDays }', 'retentionInDays }'],
      ['the groups of the logs are not there before', 'dependsOn: [...this.logGroups]', 'dependsOn: []'],
      [
        'any account may take the role of the monitoring',
        "variable: 'aws:SourceAccount', values: [id]",
        "variable: 'aws:SourceAccount', values: ['*']",
      ],
      [
        'the monitoring may do everything',
        'aws:policy/service-role/AmazonRDSEnhancedMonitoringRole',
        'aws:policy/AdministratorAccess',
      ],
      [
        'a role may connect as every login',
        'this.account.databaseUser(this.resourceId, login)',
        "this.account.databaseUser(this.resourceId, '*')",
      ],
      [
        'extended support begins by itself',
        "'open-source-rds-extended-support-disabled'",
        "'open-source-rds-extended-support'",
      ],
    ],
  ),
  ...inFile(
    'constructs/aws/rds/server-parameters.ts',
    [RDS],
    [
      ['TLS is not forced', "'rds.force_ssl': '1'", "'rds.force_ssl': '0'"],
      ['TLS 1.0 is accepted', "ssl_min_protocol_version: 'TLSv1.2'", "ssl_min_protocol_version: 'TLSv1'"],
      ['connections are not logged', "log_connections: '1'", "log_connections: '0'"],
      ['a dead client holds its connection', "tcp_keepalives_idle: '60'", "tcp_keepalives_idle: '0'"],
    ],
  ),
  ...inFile(
    'constructs/aws/rds/database-restore.ts',
    [RESTORE],
    [
      [
        'a source that is added replaces the database',
        "'snapshot_identifier', 'restore_to_point_in_time', ",
        "'snapshot_identifier', ",
      ],
      [
        'a database that was not restored passes for one',
        'postcondition: [restored, ...conditions]',
        'postcondition: [...conditions]',
      ],
      ['one of several comparisons is enough', "comparisons.join(' && ')", "comparisons.join(' || ')"],
      ['a key without a value is compared', '\n    .filter(([, value]) => value !== undefined)', ''],
      [
        'a key without a value is a snapshot',
        'restore.snapshotIdentifier === undefined;',
        "!('snapshotIdentifier' in restore);",
      ],
    ],
  ),
  ...inFile(
    'constructs/aws/network/database-network.ts',
    [NETWORK, REACH],
    [
      ['public networks may connect', 'if (isPrivateBlock(cidr)) return;', 'if (cidr) return;'],
      ['every port is open', 'fromPort: port,', 'fromPort: 0,'],
      ['public subnets are accepted', '[this.isPrivate()]', '[]'],
      ['one availability zone is enough', '>= 2`)', '>= 1`)'],
      ['pods are not let out', 'peer.allowTo(this, port)', 'void peer'],
    ],
  ),
  ...inFile(
    'constructs/aws/network/pod-security-group.ts',
    [NETWORK],
    [['pods are let out to the internet', 'referencedSecurityGroupId: securityGroupId,', "cidrIpv4: '0.0.0.0/0',"]],
  ),
  ...inFile(
    'constructs/aws/monitoring/database-alarms.ts',
    [ALARMS],
    [
      ['the comparisons are exchanged', "side === 'above' ?", "side === 'below' ?"],
      ['silence is no alarm', "treatMissingData: 'breaching'", "treatMissingData: 'notBreaching'"],
      ['storage is low at half a percent', 'FREE_STORAGE = 0.05', 'FREE_STORAGE = 0.005'],
      ['transaction ids run out', '1_000_000_000', '2_000_000_000'],
      [
        'the lag of the replicas is forgotten',
        "props.database.kind === 'cluster'",
        "props.database.kind !== 'cluster'",
      ],
      [
        'the average hides the moment in which storage was low',
        "'FreeStorageSpace', 'Minimum'",
        "'FreeStorageSpace', 'Average'",
      ],
    ],
  ),
  ...inFile(
    'constructs/aws/monitoring/backup-watch.ts',
    [NOTIFICATIONS],
    [
      ['a missing backup is no alarm', "treatMissingData: 'breaching'", "treatMissingData: 'missing'"],
      ['the start of a backup counts as its end', 'RDS-EVENT-0002', 'RDS-EVENT-0001'],
      [
        'any rule may write the history',
        "condition: [{ test: 'ArnEquals', variable: 'aws:SourceArn', values: rules }],",
        '',
      ],
      ['the bucket tells of nothing', 'bucket.announceChanges();', ''],
    ],
  ),
  ...inFile(
    'constructs/aws/monitoring/database-events.ts',
    [NOTIFICATIONS],
    [
      ['the topic does not accept the events yet', 'dependsOn: [...topic.ready]', 'dependsOn: []'],
      ['failures are not told', "    'failure',\n    'low storage',", "    'low storage',"],
    ],
  ),
  ...inFile(
    'constructs/aws/monitoring/alarm-topic.ts',
    [NOTIFICATIONS],
    [
      [
        'alarms of other accounts are accepted',
        "{ test: 'StringEquals', variable: 'aws:SourceAccount', values: [id] },",
        '',
      ],
      ['the messages are not encrypted', 'kmsMasterKeyId: key.arn,', ''],
      ['the end of an alarm is not told', 'okActions: [topicArn]', 'okActions: []'],
    ],
  ),
];
