import { usualDumpAgeHours } from '../../contract/environment/backup';
import { rdsRegion } from '../../contract/environment/database/existing';
import type { Environment } from '../../contract/environment/environment';
import { backupBucketName, DUMP_PREFIX, derivedName } from '../../contract/names';
import type { CheckResult, CheckStatus } from '../../contract/postgres/checks';
import { counted } from '../shared/output/check-table';
import { askAws, at, type JsonAnswer, listAt, textAt } from '../shared/program-runner';

const HOUR_MS = 60 * 60_000;
/** RDS keeps the log of transactions every five minutes; an hour without is no delay any more. */
const LONGEST_LAG_HOURS = 1;
const ABSENT = /NotFound|NoSuchBucket|does not exist/i;

/** Asks AWS for the automated backups of RDS, and for the dumps where the environment makes any. */
export async function checkBackups(environment: Environment, now: Date): Promise<CheckResult[]> {
  const [automated, dump] = await Promise.all([automatedBackups(environment, now), newestDump(environment, now)]);
  return [automated, ...(dump === undefined ? [] : [dump])];
}

async function automatedBackups({ name, region, database }: Environment, now: Date): Promise<CheckResult> {
  const { existing, backupRetentionDays } = database;
  if (existing === undefined) {
    const identifier = derivedName(name, 'instance');
    const found = await databases(region, database.form === 'aurora', identifier);
    return judgeAutomated(found, identifier, now, backupRetentionDays);
  }
  const existingRegion = rdsRegion(existing.host);
  if (existingRegion === undefined) {
    return automated('skip', `not checked: ${existing.host} is not RDS; whoever runs the server backs it up`);
  }
  const [identifier = ''] = existing.host.split('.');
  // The host of a cluster says so: `<cluster>.cluster-<id>.<region>.rds...`.
  const found = await databases(existingRegion, /^[^.]+\.cluster-/.test(existing.host), identifier);
  return judgeAutomated(found, identifier, now);
}

async function databases(region: string, aurora: boolean, identifier: string): Promise<JsonAnswer> {
  const answer = aurora
    ? await askAws(region, 'rds', 'describe-db-clusters', '--db-cluster-identifier', identifier)
    : await askAws(region, 'rds', 'describe-db-instances', '--db-instance-identifier', identifier);
  if (answer.kind !== 'answered') return answer;
  return { kind: 'answered', content: at(answer.content, aurora ? 'DBClusters' : 'DBInstances', 0) };
}

function judgeAutomated(answer: JsonAnswer, identifier: string, now: Date, wantedDays = 1): CheckResult {
  if (answer.kind !== 'answered') return automated(...unanswered(answer));
  const days = Number(at(answer.content, 'BackupRetentionPeriod') ?? 0);
  const latest = Date.parse(textAt(answer.content, 'LatestRestorableTime'));
  if (days === 0) return automated('fail', `${identifier} has no automated backups`);
  if (Number.isNaN(latest)) return automated('fail', `${identifier} cannot be restored to any point in time yet`);
  const kept = `RDS keeps ${days} days of ${identifier}`;
  if (days < wantedDays) return automated('fail', `${kept}, and the file asks for ${wantedDays}`);
  const evidence = `${kept}, restorable up to ${moment(latest)}`;
  const lag = (now.getTime() - latest) / HOUR_MS;
  return automated(
    lag > LONGEST_LAG_HOURS ? 'fail' : 'pass',
    lag > LONGEST_LAG_HOURS ? `${evidence}, no later` : evidence,
  );
}

function automated(status: CheckStatus, detail: string): CheckResult {
  return { id: 'backup.automated', status, detail };
}

async function newestDump(environment: Environment, now: Date): Promise<CheckResult | undefined> {
  const { name, region, backup, alarms, database } = environment;
  if (database.existing !== undefined || !backup.enabled) return undefined;
  const account = await askAws(region, 'sts', 'get-caller-identity');
  if (account.kind !== 'answered') return dump(...unanswered(account));
  const bucket = backupBucketName(name, textAt(account.content, 'Account'));
  // Filtered by the CLI, page by page: names, times and sizes alone.
  const query = 'Contents[].[Key,LastModified,Size]';
  const listing = ['--bucket', bucket, '--prefix', DUMP_PREFIX, '--query', query];
  const answer = await askAws(region, 's3api', 'list-objects-v2', ...listing);
  if (answer.kind !== 'answered') return dump(...unanswered(answer));
  const longest = alarms.dumpAgeHours ?? usualDumpAgeHours(backup.schedule);
  return judgeDump(listAt(answer.content), bucket, now, longest);
}

/** The manifest goes last: one in the bucket is the sign of a whole dump. */
function judgeDump(objects: readonly unknown[], bucket: string, now: Date, longestHours?: number): CheckResult {
  const manifests = objects.filter((object) => textAt(object, 0).endsWith('.manifest'));
  const newest = manifests.reduce<unknown>(
    (best, one) => (best === undefined || Date.parse(textAt(one, 1)) > Date.parse(textAt(best, 1)) ? one : best),
    undefined,
  );
  if (newest === undefined) return dump('fail', `there is no dump in s3://${bucket}/${DUMP_PREFIX}`);
  const key = textAt(newest, 0);
  const file = objects.find((object) => textAt(object, 0) === key.replace(/\.manifest$/, '.dump'));
  const bytes = Number(at(file, 2) ?? 0);
  if (bytes === 0) return dump('fail', `${key} has no dump next to it`);
  const hours = Math.floor((now.getTime() - Date.parse(textAt(newest, 1))) / HOUR_MS);
  const evidence = `the newest dump is ${counted(hours, 'hour')} old and has ${bytes} bytes`;
  if (longestHours === undefined || hours <= longestHours) return dump('pass', evidence);
  return dump('fail', `${evidence}; by the schedule it is at most ${longestHours} hours old`);
}

function dump(status: CheckStatus, detail: string): CheckResult {
  return { id: 'backup.dump', status, detail };
}

/** What does not exist is a failure; what could not be asked proves nothing. */
function unanswered({ kind, reason }: Exclude<JsonAnswer, { kind: 'answered' }>): [CheckStatus, string] {
  return kind === 'refused' && ABSENT.test(reason) ? ['fail', reason] : ['skip', `not checked: ${reason}`];
}

function moment(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16)}Z`;
}
