import { inFile } from '../fault';

const BUDGET = 'test/contract/postgres/connection-budget.test.ts';
const URLS = 'test/contract/postgres/connection-url.test.ts';
const IDENTITIES = 'test/contract/postgres/identities.test.ts';
const NAMES = 'test/contract/names.test.ts';
const CAPACITY = 'test/contract/aws/capacity.test.ts';
const CRON = 'test/contract/aws/cron.test.ts';
const WINDOWS = 'test/contract/aws/windows.test.ts';
const ADDRESSES = 'test/contract/aws/private-addresses.test.ts';
const ARN = 'test/contract/aws/arn.test.ts';
const ALARMS = 'test/contract/environment/alarms.test.ts';
const BACKUP = 'test/contract/environment/backup.test.ts';
const RELEASE = 'test/contract/environment/release.test.ts';
const NAMESPACE = 'test/contract/environment/namespace.test.ts';
const NUMBERS = 'test/contract/environment/numbers.test.ts';
const ENVIRONMENT = 'test/contract/environment/environment.test.ts';

/** In limits, defaults and rules of the contract. */
export const RULE_FAULTS = [
  ...inFile(
    'contract/postgres/connection-budget.ts',
    [BUDGET],
    [
      ['no pod more during a rollout', 'const SURGE = 0.25', 'const SURGE = 0'],
      ['part of a pod is none', 'most + Math.ceil(most * SURGE)', 'most + Math.floor(most * SURGE)'],
      ['no connection to spare', 'const HEADROOM = 2', 'const HEADROOM = 1'],
      ['one dump less', 'const BACKUP_LIMIT = 4', 'const BACKUP_LIMIT = 3'],
      [
        'the usual number of pods',
        'autoscaling?.maximumReplicas ?? replicas',
        'autoscaling?.minimumReplicas ?? replicas',
      ],
      ['what the server keeps is not counted', 'backup + ADMINISTRATION + RESERVED', 'backup + ADMINISTRATION'],
      [
        'the alarm comes when it is too late',
        'Math.min(0.9 * budget, 0.8 * capacity)',
        'Math.max(0.9 * budget, 0.8 * capacity)',
      ],
    ],
  ),
  ...inFile(
    'contract/postgres/connection-url.ts',
    [URLS],
    [
      ['the server is not verified', 'sslmode=verify-full&', 'sslmode=require&'],
      ['migrations see the rows of one tenant', ' -c app.bypass_rls=1', ''],
      ['migrations look elsewhere', 'search_path=public,pg_temp', 'search_path=pg_temp,public'],
      ['an apostrophe stays', "/[!'()*~]/g", '/[!()*~]/g'],
    ],
  ),
  ...inFile(
    'contract/environment/database/restore.ts',
    ['test/contract/environment/database/restore.test.ts'],
    [['no moment of a database by its id', '[SOURCE, RESOURCE, BACKUPS].some(', '[SOURCE, BACKUPS].some(']],
  ),
  ...inFile(
    'contract/postgres/identities.ts',
    [IDENTITIES, 'test/constructs/kubernetes/migration/migration-job.test.ts'],
    [
      ['one login for two generations', '(generation - 1) % identity.logins.length', '0'],
      [
        'the backup is revoked',
        "workloads: ['migration', 'verification', 'backup', 'restore'],",
        "workloads: ['migration', 'verification', 'backup', 'restore', 'revocation'],",
      ],
      [
        'the administrator dumps',
        "workloads: ['migration', 'verification', 'revocation', 'restore'],",
        "workloads: ['migration', 'verification', 'revocation', 'restore', 'backup'],",
      ],
    ],
  ),
  ...inFile(
    'contract/postgres/job.ts',
    ['test/constructs/kubernetes/migration/migration-job.test.ts', 'test/stacks/job-name.test.ts'],
    [
      ['a failed migration is tried once', 'BACKOFF_LIMIT = 6', 'BACKOFF_LIMIT = 1'],
      ['the deadline forgets the pauses', '  retryDelaySeconds(BACKOFF_LIMIT) +\n', ''],
    ],
  ),
  ...inFile(
    'contract/names.ts',
    [NAMES],
    [
      ['a chart’s name that is too long', 'CHART_NAME_LIMIT = 47', 'CHART_NAME_LIMIT = 53'],
      ['a chart’s name with two hyphens', ".replace(/-$/, '')", ''],
      ['a Secret that keeps its name', '`agent-bom-${identity}-g${generation}`', '`agent-bom-${identity}`'],
    ],
  ),
  ...inFile(
    'contract/aws/capacity.ts',
    [CAPACITY],
    [
      ['all memory is for connections', 'USABLE_SHARE = 0.9', 'USABLE_SHARE = 1'],
      ['more connections than RDS has', 'CONNECTIONS_CAP = 5000', 'CONNECTIONS_CAP = 5001'],
      ['half a unit counts as more', 'minimum <= SMALL_MINIMUM ?', 'minimum < SMALL_MINIMUM ?'],
      [
        'a class that is one connection short',
        'connectionsIn(memoryGib) >= connections);',
        'connectionsIn(memoryGib) >= connections - 1);',
      ],
      ['a maximum below the minimum', 'if (maximum >= minimum && connectionsOfCapacity', 'if (connectionsOfCapacity'],
    ],
  ),
  ...inFile(
    'contract/aws/cron.ts',
    [CRON],
    [
      [
        'minute 60',
        'MINUTE: CronField = { minimum: 0, maximum: 59 }',
        'MINUTE: CronField = { minimum: 0, maximum: 60 }',
      ],
      ['day 0', 'DAY: CronField = { minimum: 1, maximum: 31 }', 'DAY: CronField = { minimum: 0, maximum: 31 }'],
      ['the 30th of February', '[31, 29, 31', '[31, 31, 31'],
      ['a sixth field', 'if (more.length > 0 || days', 'if (days'],
      ['both days have to match', 'either ? matches.includes(true)', 'either ? !matches.includes(false)'],
      ['steps over all days are days that are given', "either = !day.startsWith('*')", "either = day !== '*'"],
      [
        'steps over all days of the week are days that are given',
        "&& !weekday.startsWith('*');",
        "&& weekday !== '*';",
      ],
    ],
  ),
  ...inFile(
    'contract/aws/windows.ts',
    [WINDOWS],
    [
      ['a window of 29 minutes', 'SHORTEST = 30', 'SHORTEST = 29'],
      ['hour 24', "'([01]\\\\d|2[0-3])", "'([01]\\\\d|2[0-4])"],
      [
        'windows that touch overlap',
        'after(weekly.start, start) < weekly.length',
        'after(weekly.start, start) <= weekly.length',
      ],
    ],
  ),
  ...inFile(
    'contract/aws/private-addresses.ts',
    [ADDRESSES],
    [
      ['all of 172', "'172.16.0.0/12'", "'172.0.0.0/8'"],
      ['a network larger than the private one', 'return prefix >= bits && address.match', 'return address.match'],
      [
        'a network with host bits',
        'if (IPv4.networkAddressFromCIDR(text).toString() !== address.toString()) return false;',
        '',
      ],
      ['a site of another size', 'LARGEST_SITE = 48', 'LARGEST_SITE = 47'],
    ],
  ),
  ...inFile(
    'contract/aws/arn.ts',
    [ARN, ALARMS],
    [
      ['more after the ARN', ':\\\\d{12}:${resource}$`', ':\\\\d{12}:${resource}`'],
      ['an account of 11 digits', "account = '\\\\d{12}'", "account = '\\\\d{11,12}'"],
      ['China is AWS', "  ['cn-', 'aws-cn'],\n", ''],
    ],
  ),
  ...inFile(
    'contract/environment/alarms.ts',
    [NUMBERS, ENVIRONMENT, ALARMS],
    [
      ['the watch is off', '  enabled: true,\n  emails', '  enabled: false,\n  emails'],
      ['another percentage', 'cpuPercent: 80', 'cpuPercent: 90'],
      ['a dump every hour', '    2,\n    168,', '    1,\n    168,'],
      ['longer than CloudWatch looks back', '    2,\n    168,', '    2,\n    169,'],
    ],
  ),
  ...inFile(
    'contract/environment/backup.ts',
    [NUMBERS, ENVIRONMENT, BACKUP],
    [
      ['dumps are off', "enabled: true, schedule: '0 3 * * *'", "enabled: false, schedule: '0 3 * * *'"],
      ['dumps go after a week', 'dumpRetentionDays: 35', 'dumpRetentionDays: 7'],
      ['dumps that are kept for no day', '    1,\n    3650,', '    0,\n    3650,'],
      ['more after the name of a dump', '\\d{2}-\\d{2}-\\d{2}Z$/', '\\d{2}-\\d{2}-\\d{2}Z/'],
      ['a database of another name', '/^[a-z_][a-z0-9_]{0,62}$/', '/[a-z_][a-z0-9_]{0,62}$/'],
      ['the time that a dump takes', 'DUMP_HOURS = 2', 'DUMP_HOURS = 0'],
      ['no alarm after a whole week', 'age > LONGEST_AGE_HOURS', 'age >= LONGEST_AGE_HOURS'],
    ],
  ),
  ...inFile(
    'contract/environment/release.ts',
    [NUMBERS, ENVIRONMENT, RELEASE],
    [
      ['one pod', 'replicas: 2,', 'replicas: 1,'],
      ['51 pods', "    50,\n    'pods',\n    'API pods. They", "    51,\n    'pods',\n    'API pods. They"],
      [
        'a maximum below the minimum',
        "below(whole.number('release.poolMaximum'), whole.number('release.poolMinimum'))",
        'false',
      ],
      ['fewer pods at most than at least', 'return below(most, fewest) ?', 'return below(fewest, most) ?'],
      [
        'a scheme before the registry',
        '`^(?:${HOST}(?:\\\\.${HOST})+(?::\\\\d{1,5})?|',
        '`(?:${HOST}(?:\\\\.${HOST})+(?::\\\\d{1,5})?|',
      ],
    ],
  ),
  ...inFile(
    'contract/environment/namespace.ts',
    [NAMESPACE],
    [
      ['64 characters', '.max(63)', '.max(64)'],
      [
        'a namespace of Kubernetes',
        "!/^kube-/.test(text) && text !== 'default'",
        "!/^kube-/.test(text) || text !== 'default'",
      ],
      ['the namespace is not created', "name: 'agent-bom', create: true", "name: 'agent-bom', create: false"],
    ],
  ),
  ...inFile(
    'contract/environment/secrets.ts',
    ['test/contract/environment/environment.test.ts', 'test/stacks/changes.test.ts'],
    [['secrets that go after a week', 'recoveryWindowDays: 30,', 'recoveryWindowDays: 7,']],
  ),
  ...inFile(
    'contract/product/credentials/randomness.ts',
    ['test/contract/product/release-credentials.test.ts'],
    [
      ['private keys of PKCS #8 are none', "['pkcs8', 'pkcs1', 'sec1']", "['pkcs1', 'sec1']"],
      ['private keys of RSA are none', "['pkcs8', 'pkcs1', 'sec1']", "['pkcs8', 'sec1']"],
      ['private keys of elliptic curves are none', "['pkcs8', 'pkcs1', 'sec1']", "['pkcs8', 'pkcs1']"],
      [
        'public keys are none',
        "reads(() => new X509Certificate(bytes)) || reads(() => createPublicKey({ key: bytes, format: 'der', type: 'spki' }))",
        'reads(() => new X509Certificate(bytes))',
      ],
    ],
  ),
];
