import { waitingLines } from '../../commands/deploy/recovery/job-failure';

const BEFORE = 'step after on database agent_bom at db\n';
const HELD = [
  'psql:/contract/after/030.sql:9: NOTICE:  the table findings is in use by session 7 (a report of ops); trying again in 2 s',
  'HINT:  End that transaction, if need be with pg_terminate_backend(<session>).',
];
const EARLIER = HELD.join('\n').replace('2 s', '1 s');
const LOCKED = [
  'psql:/contract/before/010.sql:9: ERROR:  canceling statement due to lock timeout',
  'another session holds what this step changes; trying again in 1 s',
];
const UNREACHABLE = ['error: could not translate host name "db"', 'HINT: DNS does not know this name'];
const OTHERS =
  'psql:/contract/lock.sql:9: NOTICE:  waiting: another run of the contract is at work on database agent_bom';

describe('a step that runs', () => {
  it.each([
    ['a table that another session holds, once', `${BEFORE}${EARLIER}\n${HELD.join('\n')}\n`, HELD],
    ['a lock of whoever it is', `${BEFORE}${LOCKED.join('\n')}\n`, LOCKED],
    ['a server that cannot be reached', `${BEFORE}${UNREACHABLE.join('\n')}\n`, UNREACHABLE],
    ['another run', `${BEFORE}${OTHERS}\n`, [OTHERS]],
  ])('waits for %s', (_, log, lines) => expect(waitingLines(log)).toEqual(lines));

  it.each([
    ['nothing', ''],
    ['its own work', BEFORE],
    ['nothing any more', `${BEFORE}${HELD.join('\n')}\nstep after done\n`],
    ['nothing, after a notice', `${BEFORE}NOTICE:  PostgreSQL 19 is newer than what the contract was tested with\n`],
    ['nothing that has a reason', 'HINT:  End that transaction\n'],
  ])('waits for %s', (_, log) => expect(waitingLines(log)).toEqual([]));
});
