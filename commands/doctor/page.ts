import { ADMIN_IDENTITY, RUNTIME_IDENTITIES } from '../../contract/postgres/identities';
import type { Readiness } from '../../contract/postgres/readiness';
import { serverFacts, writePage } from '../report/write-page';
import type { ConnectionUrls } from '../shared/contract-runner';

/** Writes what a reviewer reads of an examination: which database, but not by which login. */
export async function writeDoctorPage(
  file: string,
  report: Readiness,
  urls: Partial<ConnectionUrls>,
  startedAt: Date,
): Promise<void> {
  const given = [ADMIN_IDENTITY, ...RUNTIME_IDENTITIES].flatMap(({ name }) => {
    const url = urls[name];
    return url === undefined ? [] : [{ name, url }];
  });
  const [first] = given;
  if (first === undefined) throw new Error('an examination needs at least one connection URL');
  const { hostname, port, pathname } = new URL(first.url);
  writePage(file, {
    command: 'doctor',
    startedAt,
    target: `${hostname}:${port === '' ? 5432 : port}${pathname}`,
    versions: [{ what: 'Connections', version: given.map(({ name }) => name).join(', ') }],
    passed: report.passed,
    readiness: report,
    steps: [],
    mistakes: [],
    facts: await serverFacts(first.name, first.url),
  });
}
