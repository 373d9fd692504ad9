import { inFile } from '../fault';

const RDS = 'test/constructs/aws/rds/postgres-instance.test.ts';
const AURORA = 'test/constructs/aws/rds/aurora-cluster.test.ts';
const VERSION = 'test/constructs/aws/rds/engine-version.test.ts';
const NETWORK = 'test/constructs/aws/network/database-network.test.ts';
const ALARMS = 'test/constructs/aws/monitoring/database-alarms.test.ts';
const NOTIFICATIONS = 'test/constructs/aws/monitoring/notifications.test.ts';
const KEYS = 'test/contract/environment/database/database.test.ts';
const TAGS = 'test/contract/environment/account/tags.test.ts';

/** In what a plan asks of RDS and its provider. */
export const PROVIDER_FAULTS = [
  ...inFile(
    'constructs/aws/rds/engine-version.ts',
    [VERSION],
    [
      [
        'a cluster behind is upgraded unasked',
        'this.value = this.text(`${this.isReached(minor)} ?',
        'this.value = this.text(`${this.isReached(99)} ?',
      ],
      ['a cluster steps back', '<= ${major}, true)', '<= 99, true)'],
      ['a release within the minor version is taken back', '>= ${minor}, false)', '> ${minor}, false)'],
      [
        'minor versions are compared as text',
        'tonumber(regex("^[0-9]+[.]([0-9]+)", ${this.running})[0]) >= ${minor}',
        'regex("^[0-9]+[.]([0-9]+)", ${this.running})[0] == "${minor}"',
      ],
      ['an upgrade goes to the lowest target', 'max([${minors}]...)', 'min([${minors}]...)'],
      ['instances change their group before the upgrade', '== "${this.major}", true)`', '!= "", true)`'],
      ['a restored cluster gets the default version', '== null ? null :', '== null ? "16.1" :'],
    ],
  ),
  ...inFile(
    'constructs/aws/rds/aurora-cluster.ts',
    [AURORA],
    [
      [
        'a step back of the major version is planned',
        'precondition: [noStepBack, ...sameEngineType(',
        'precondition: [...sameEngineType(',
      ],
    ],
  ),
  ...inFile(
    'constructs/aws/rds/engine-type.ts',
    ['test/constructs/aws/rds/engine-type.test.ts'],
    [
      [
        'a protected database changes its engine type',
        'Op.lt(Fn.lengthOf(others), 1)',
        'Op.lt(Fn.lengthOf(others), 2)',
      ],
      ['a released database keeps its engine type', 'if (!deletionProtection) return [];', ''],
    ],
  ),
  ...inFile(
    'commands/deploy/recovery/databases.ts',
    ['test/commands/databases.test.ts'],
    [
      ['a database that is being made is not waited for', '|creating|', '|'],
      ['a restored database gets no password', "if (key === '' ||", "if (key !== '' ||"],
      ['a database that is deleted is not waited for', " || actions.includes('delete')", ''],
    ],
  ),
  ...inFile(
    'commands/deploy/recovery/state-repair.ts',
    ['test/commands/databases.test.ts'],
    [['another resource is kept than the one that stops the plan', 'resource.tainted === true && ', '']],
  ),
  ...inFile(
    'constructs/aws/rds/server-parameters.ts',
    [RDS, AURORA],
    [
      [
        'the group of the instances is deleted while it is used',
        '    parameter: connectionParameters(props),\n    skipDestroy: true,',
        '    parameter: connectionParameters(props),',
      ],
    ],
  ),
  ...inFile(
    'constructs/aws/rds/postgres-instance.ts',
    [RDS],
    [
      ['iops alone provision nothing', ' || iops !== undefined ||', ' ||'],
      ['throughput alone provisions nothing', ' || throughputMibps !== undefined;', ';'],
      ['storage never crosses 400 GiB', 'const provisioned = large ||', 'const provisioned ='],
      ['a restored instance asks for more than its source has', '&& restore === undefined;', ';'],
    ],
  ),
  ...inFile(
    'contract/aws/storage.ts',
    [RDS, KEYS],
    [['the limit of the storage is rounded down', 'Math.ceil(', 'Math.floor(']],
  ),
  ...inFile(
    'constructs/aws/network/database-network.ts',
    [NETWORK],
    [['another VPC takes the access away', 'lifecycle: { precondition: [this.inSameVpc(name, cluster)] },', '']],
  ),
  ...inFile(
    'constructs/aws/monitoring/database-alarms.ts',
    [ALARMS],
    [
      ['idle readers hide a busy writer', "{ ...dimensions(database), Role: 'WRITER' }", 'dimensions(database)'],
      [
        'the alarm for storage forgets that it grows',
        'Fn.floor(Op.mul(storageGib,',
        'Fn.floor(Op.mul(100 + 0 * Number(storageGib),',
      ],
    ],
  ),
  ...inFile(
    'constructs/aws/monitoring/backup-watch.ts',
    [NOTIFICATIONS],
    [
      ['a dump without its manifest counts', 'wildcard: `${DUMP_PREFIX}*.manifest`', 'prefix: DUMP_PREFIX'],
      ['anyone fills the history', "condition: [{ test: 'ArnEquals', variable: 'aws:SourceArn', values: rules }],", ''],
    ],
  ),
  ...inFile(
    'constructs/aws/monitoring/database-events.ts',
    [NOTIFICATIONS],
    [
      [
        'restarts of the instances of a cluster are not told',
        'if (instanceIdentifiers !== undefined)',
        'if (instanceIdentifiers === null)',
      ],
    ],
  ),
  ...inFile(
    'contract/environment/account/tags.ts',
    [TAGS],
    [
      ['a required tag may be missing', 'missing.length === 0', 'missing.length >= 0'],
      ['our own tags may be taken', 'own !== undefined', 'own === null'],
      ['one tag too many', '50 - OWN_KEYS.length', '51 - OWN_KEYS.length'],
    ],
  ),
  ...inFile(
    'contract/environment/secret-reference.ts',
    ['test/contract/environment/authentication.test.ts'],
    [['an ARN without its suffix matches no secret', '-[A-Za-z0-9]{6}', '']],
  ),
];
