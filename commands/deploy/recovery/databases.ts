import { askAws, at, textAt } from '../../shared/program-runner';
import type { PlanFile, ResourceChange } from '../plan-file';

/** A database as the plan knows it. */
export interface PlannedDatabase {
  readonly type: string;
  readonly identifier: string;
}

/** How the AWS CLI asks for a kind of database and changes it. */
interface Kind {
  readonly noun: 'instance' | 'cluster';
  readonly attribute: string;
  readonly status: string;
  /** Whether it has an administrator: the instances of a cluster share that of the cluster. */
  readonly administered: boolean;
}

const INSTANCE: Kind = { noun: 'instance', attribute: 'identifier', status: 'DBInstanceStatus', administered: true };
const KINDS: Readonly<Record<string, Kind>> = {
  aws_db_instance: INSTANCE,
  aws_rds_cluster: { noun: 'cluster', attribute: 'cluster_identifier', status: 'Status', administered: true },
  aws_rds_cluster_instance: { ...INSTANCE, administered: false },
};

/**
 * While RDS is at work on a database, it refuses changes, and has no host name yet.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html
 */
const PASSING =
  /^(?:backing-up|configuring-.+|creating|maintenance|modifying|rebooting|renaming|resetting-master-credentials|starting|upgrading)$/;
const PAUSE_MS = 15_000;

/** The databases that exist and that a plan changes or deletes. */
export function changedDatabases({ resource_changes: changes = [] }: PlanFile): PlannedDatabase[] {
  return changes
    .filter(({ change: { actions } }) => actions.includes('update') || actions.includes('delete'))
    .flatMap(({ type, change }) => databaseIn(type, change.before));
}

/** The databases among some changes, by what they will be. */
export function plannedDatabases(changes: readonly ResourceChange[]): PlannedDatabase[] {
  return changes.flatMap(({ type, change }) => databaseIn(type, change.after));
}

/** A database in the values of a resource, if it is one. */
export function databaseIn(type = '', values: unknown): PlannedDatabase[] {
  const identifier = textAt(values, KINDS[type]?.attribute ?? '');
  return identifier === '' ? [] : [{ type, identifier }];
}

/** Waits as long as RDS is at work on any of the databases. What cannot be asked is not waited for. */
export async function untilAvailable(
  databases: readonly PlannedDatabase[],
  region: string,
  say: (sentence: string) => void,
  pauseMs = PAUSE_MS,
): Promise<void> {
  for (const database of databases) {
    const status = async () => textAt(await described(database, region), KINDS[database.type]?.status ?? '');
    const first = await status();
    if (PASSING.test(first)) say(`${database.identifier} is not available yet, but ${first}: it is waited for`);
    for (let current = first; PASSING.test(current); current = await status()) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

/**
 * Has RDS manage the password of databases for which it does not yet. A restored database gets that only after the restore,
 * and without it no plan knows the secret of the administrator.
 */
export async function managePasswords(
  databases: readonly PlannedDatabase[],
  region: string,
  say: (sentence: string) => void,
  pauseMs = PAUSE_MS,
): Promise<void> {
  for (const database of databases.filter(({ type }) => KINDS[type]?.administered)) {
    const found = await described(database, region);
    // One key encrypts the storage and the secret.
    const key = textAt(found, 'KmsKeyId');
    if (key === '' || textAt(found, 'MasterUserSecret', 'SecretArn') !== '') continue;
    const { noun } = KINDS[database.type] ?? INSTANCE;
    const secret = ['--manage-master-user-password', '--master-user-secret-kms-key-id', key, '--apply-immediately'];
    const place = [`modify-db-${noun}`, `--db-${noun}-identifier`, database.identifier];
    const answer = await askAws(region, 'rds', ...place, ...secret);
    const result =
      answer.kind === 'answered'
        ? 'manages its password from now on'
        : `was not told to manage its password: ${answer.reason}`;
    say(`${database.identifier} was restored by a run that did not end: RDS ${result}`);
    await untilAvailable([database], region, say, pauseMs);
  }
}

async function described({ type, identifier }: PlannedDatabase, region: string): Promise<unknown> {
  const { noun } = KINDS[type] ?? INSTANCE;
  const answer = await askAws(region, 'rds', `describe-db-${noun}s`, `--db-${noun}-identifier`, identifier);
  const list = noun === 'instance' ? 'DBInstances' : 'DBClusters';
  return answer.kind === 'answered' ? at(answer.content, list, 0) : undefined;
}
