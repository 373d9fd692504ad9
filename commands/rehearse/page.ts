import { readiness } from '../../contract/postgres/readiness';
import { serverFacts, writePage } from '../report/write-page';
import type { Rehearsal } from './rehearse';
import type { RehearseOptions } from './run';

/** Writes what a reviewer reads of a rehearsal. The command of the user is not shown: it may carry a credential. */
export async function writeRehearsalPage(
  file: string,
  { serverVersion, steps, checks, error }: Rehearsal,
  { packagedMigrations }: RehearseOptions,
  adminUrl: string,
  startedAt: Date,
): Promise<void> {
  const report = readiness(checks);
  const packaged = packagedMigrations === undefined ? 'the stand-in of this project' : 'a command of the user';
  writePage(file, {
    command: 'rehearse',
    startedAt,
    target: `embedded PostgreSQL ${serverVersion} with the privileges of RDS`,
    versions: [{ what: 'Packaged migrations', version: packaged }],
    passed: error === undefined && report.passed,
    readiness: report,
    steps,
    mistakes: error?.mistakes ?? [],
    facts: error === undefined ? await serverFacts('admin', adminUrl) : undefined,
  });
}
