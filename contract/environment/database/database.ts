import { z } from 'zod';
import { iamArn } from '../../aws/arn';
import { INSTANCE_CLASS, type InstanceClassName } from '../../aws/capacity';
import { dailyWindow, weeklyWindow, windowsOverlap } from '../../aws/windows';
import { DEFAULT_MAJOR, POSTGRES_MAJORS, POSTGRES_VERSION, type PostgresVersion } from '../../postgres/majors';
import { field, section, toggle, wholeNumber } from '../field';
import { inPartition, type Rule } from '../rule';
import { ACCESS_RULES, access } from './access';
import { AURORA_RULES, aurora, form } from './aurora';
import { CONNECTION_RULES } from './connections';
import { existing, existingRules } from './existing';
import { REPLICATION_RULES, replication } from './replication';
import { RESTORE_RULES, restore } from './restore';
import { STORAGE_DEFAULTS, STORAGE_RULES, storage } from './storage';

const ROLE_ARN = iamArn('role/[\\w+=,.@/-]{1,576}');

const subnetIds = field(
  z
    .array(
      field(
        z.string().regex(/^subnet-(?:[0-9a-f]{8}|[0-9a-f]{17})$/),
        'Id of a private subnet.',
        'the id of a subnet: `subnet-` and 8 or 17 hexadecimal digits',
        'write an id that `aws ec2 describe-subnets` shows',
      ),
    )
    .min(2)
    .refine((ids) => new Set(ids).size === ids.length),
  'Private subnets for the database, in at least two availability zones. Without them the private ones of the cluster. A subnet that the database is in cannot be removed.',
  'at least two different subnets, in at least two availability zones',
  'list the ids of two or more private subnets of the cluster’s VPC, or leave the key out',
);

/** Certificate authorities of RDS that may sign the certificate of the database. */
export const CA_IDENTIFIERS = ['rds-ca-rsa2048-g1', 'rds-ca-rsa4096-g1', 'rds-ca-ecc384-g1'] as const;
/** One of the certificate authorities above. */
export type CaIdentifier = (typeof CA_IDENTIFIERS)[number];

/** Modes of Database Insights. */
export const INSIGHTS_MODES = ['standard', 'advanced'] as const;
/** One of the modes above. */
export type InsightsMode = (typeof INSIGHTS_MODES)[number];

/** Seconds between two measurements that enhanced monitoring offers. */
const MONITORING_SECONDS = [0, 1, 5, 10, 15, 30, 60] as const;
/** One of these numbers of seconds; 0 measures nothing. */
export type MonitoringSeconds = (typeof MONITORING_SECONDS)[number];

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;
/** Days that CloudWatch Logs can keep a log for. */
export type LogRetentionDays = (typeof LOG_RETENTION_DAYS)[number];

/** What the database has where neither the file nor the props of a construct say anything else. */
export const DATABASE_DEFAULTS = {
  engine: DEFAULT_MAJOR,
  instanceClass: 'db.t4g.medium',
  ...STORAGE_DEFAULTS,
  form: 'instance',
  multiAz: true,
  backupRetentionDays: 14,
  backupWindow: '02:00-03:00',
  maintenanceWindow: 'sun:04:30-sun:05:30',
  caIdentifier: 'rds-ca-rsa2048-g1',
  iamAuthentication: false,
  insights: 'standard',
  monitoringSeconds: 60,
  logRetentionDays: 365,
} as const;

/** The keys of `database`. */
export const database = section('The database: an RDS instance, an Aurora cluster, or an existing server.', {
  existing: existing.optional(),
  subnetIds: subnetIds.optional(),
  subnetGroupName: field(
    z.string().regex(/^(?!default$)[a-z0-9 ._-]{1,255}$/),
    'An existing DB subnet group, in the VPC of the database; without it one is created. Only for a new database: one that runs does not leave its group.',
    'the name of a DB subnet group: lower-case letters, digits, spaces, hyphens, dots and underscores, not `default`',
    'write a name that `aws rds describe-db-subnet-groups` shows, or leave the key out',
  ).optional(),
  access: access.prefault({}),
  engine: field(
    z
      .union([z.string().regex(POSTGRES_VERSION), z.literal(POSTGRES_MAJORS.map(Number))])
      .transform((version) => String(version) as PostgresVersion),
    'Version of PostgreSQL: a major version, whose minor version RDS chooses and raises; or a minor version, which is the least that the database has: RDS raises it further. A higher version is an upgrade in place.',
    `a supported major version of PostgreSQL: ${POSTGRES_MAJORS.join(', ')}, or a minor version of one, in quotes`,
    'write the major version, such as "16", or a minor version that RDS offers, such as "16.9"',
  ).default(DATABASE_DEFAULTS.engine),
  instanceClass: field(
    z.string().regex(INSTANCE_CLASS) as unknown as z.ZodType<InstanceClassName, InstanceClassName>,
    'Instance class. Its memory decides how many connections the database accepts. Changing it restarts the database. Aurora offers fewer classes.',
    'an RDS instance class',
    'write a class such as `db.t4g.medium` or `db.r7g.large`; for a serverless cluster, write the capacities in `aurora` instead',
  ).default(DATABASE_DEFAULTS.instanceClass),
  maxConnections: wholeNumber(
    20,
    10_000,
    'connections',
    'Connections that the server accepts. RDS derives it from the memory of the class. Required for a class that is not known here, and for an `existing` server.',
    'leave the key out for the usual classes, or write how many connections the memory of the class allows',
  ).optional(),
  ...storage,
  form: form.default(DATABASE_DEFAULTS.form),
  aurora: aurora.optional(),
  restore: restore.optional(),
  replication: replication.optional(),
  multiAz: toggle('Keep a standby in a second availability zone. Doubles the cost of the instance.').default(
    DATABASE_DEFAULTS.multiAz,
  ),
  backupRetentionDays: wholeNumber(
    1,
    35,
    'days',
    'Days that automated backups are kept; point-in-time recovery reaches this far back. 0 is refused, because it switches both off.',
    'write 14, or up to 35',
  ).default(DATABASE_DEFAULTS.backupRetentionDays),
  backupWindow: field(
    z.string().refine((text) => dailyWindow(text) !== undefined),
    'When RDS takes the daily backup, in UTC. It must not overlap `maintenanceWindow`.',
    'half an hour or more of the day, in UTC: hh:mm-hh:mm',
    'write a window such as `02:00-03:00`',
  ).default(DATABASE_DEFAULTS.backupWindow),
  maintenanceWindow: field(
    z.string().refine((text) => weeklyWindow(text) !== undefined),
    'When RDS updates and restarts the database, in UTC. Changes that need a restart wait for it.',
    'half an hour to a day of the week, in UTC: ddd:hh:mm-ddd:hh:mm, with mon, tue, wed, thu, fri, sat or sun',
    'write a window such as `sun:04:30-sun:05:30`',
  ).default(DATABASE_DEFAULTS.maintenanceWindow),
  caIdentifier: field(
    z.enum(CA_IDENTIFIERS),
    'Certificate authority that signs the certificate of the database. All of them are in the trusted bundle.',
    `a certificate authority of RDS: ${CA_IDENTIFIERS.join(', ')}`,
    'write `rds-ca-rsa2048-g1`',
  ).default(DATABASE_DEFAULTS.caIdentifier),
  iamAuthentication: toggle('Let logins that are members of `rds_iam` connect with an IAM token.').default(
    DATABASE_DEFAULTS.iamAuthentication,
  ),
  insights: field(
    z.enum(INSIGHTS_MODES),
    'Mode of Database Insights: `standard` with 7 days of history, or `advanced` with 465, which is billed by vCPU.',
    `a mode of Database Insights: ${INSIGHTS_MODES.join(', ')}`,
    'write `standard`',
  ).default(DATABASE_DEFAULTS.insights),
  monitoringSeconds: field(
    z.literal(MONITORING_SECONDS),
    'Seconds between two measurements of the operating system; 0 switches enhanced monitoring off.',
    `a number of seconds that enhanced monitoring offers: ${MONITORING_SECONDS.join(', ')}`,
    'write 60, or 0 to switch it off',
  ).default(DATABASE_DEFAULTS.monitoringSeconds),
  monitoringRoleArn: field(
    z.string().regex(ROLE_ARN),
    'An existing IAM role for enhanced monitoring, which `monitoring.rds.amazonaws.com` may assume; without it one is created.',
    'the ARN of an IAM role: `arn:aws:iam::<account>:role/<name>`',
    'write an ARN that `aws iam list-roles` shows, or leave the key out',
  ).optional(),
  logRetentionDays: field(
    z.literal(LOG_RETENTION_DAYS),
    'Days that CloudWatch Logs keeps the logs of the database: connections, slow statements, errors, upgrades.',
    `a number of days that CloudWatch Logs offers: ${LOG_RETENTION_DAYS.join(', ')}`,
    'write 365, or the next higher number of the list',
  ).default(DATABASE_DEFAULTS.logRetentionDays),
  caBundleFile: field(
    z
      .string()
      .min(1)
      .regex(/^[^/\\]/),
    'PEM file with the CA certificates of the server, relative to this file. Required if the bundled ones of RDS lack the region, and for an `existing` server outside RDS.',
    'the path of a PEM file, relative to the environment file',
    'write a path such as `rds-ca-il-central-1.pem`, or leave the key out',
  ).optional(),
});

/** Rules for the database and the sections in it. */
export const DATABASE_RULES: readonly Rule[] = [
  ...CONNECTION_RULES,
  ...AURORA_RULES,
  ...RESTORE_RULES,
  ...REPLICATION_RULES,
  ...ACCESS_RULES,
  ...STORAGE_RULES,
  ...existingRules(Object.keys(database.shape)),
  {
    path: 'database.subnetGroupName',
    broken: ({ whole }) =>
      whole.given('database.subnetGroupName') && whole.given('database.subnetIds')
        ? 'left out with `subnetIds`, of which a group is made'
        : undefined,
    fix: 'leave one of the two out',
  },
  {
    path: 'database.monitoringRoleArn',
    broken: ({ whole }) =>
      whole.given('database.monitoringRoleArn') && whole.number('database.monitoringSeconds') === 0
        ? 'left out with `monitoringSeconds: 0`, which measures nothing'
        : undefined,
    fix: 'leave the key out, or write `monitoringSeconds: 60`',
  },
  inPartition('database.monitoringRoleArn'),
  {
    path: 'database.backupWindow',
    broken: ({ whole }) => {
      const daily = dailyWindow(whole.text('database.backupWindow') ?? '');
      const weekly = weeklyWindow(whole.text('database.maintenanceWindow') ?? '');
      const overlap = daily !== undefined && weekly !== undefined && windowsOverlap(weekly, daily);
      return overlap ? 'a window that never overlaps `maintenanceWindow`' : undefined;
    },
    fix: 'let the backup end before the maintenance begins: `02:00-03:00` and `sun:04:30-sun:05:30`',
  },
];
