import { readLog } from '../../commands/doctor/verification-log';
import { stateOf } from '../../commands/doctor/verification-state';
import { CHECKS } from '../../contract/postgres/checks';

const IN_DATABASE = CHECKS.filter(({ source }) => !['api', 'cluster', 'rehearsal'].includes(source));

/** As kubectl 1.34 writes it, shortened to what is read. */
const status = (name: string, state: object) => ({ name, state });
const ended = (exitCode: number) => ({ terminated: { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error' } });
const pod = (name: string, statuses: object, second = '00') => ({
  metadata: { name, creationTimestamp: `2026-11-27T10:00:${second}Z` },
  status: statuses,
});
const RUNNING_JOB = { status: { active: 1 } };
const FAILED_JOB = { status: { conditions: [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' }] } };

describe('the state of a verification', () => {
  it.each([
    ['no pod yet', [], 'the pod is being created'],
    [
      'the image being pulled',
      [pod('one', { initContainerStatuses: [status('revisions', { waiting: { reason: 'PodInitializing' } })] })],
      'the pod starts',
    ],
    [
      'the checks that run',
      [
        pod('one', {
          initContainerStatuses: [status('revisions', ended(0)), status('verify', { running: { startedAt: 'now' } })],
          containerStatuses: [status('announce', { waiting: { reason: 'PodInitializing' } })],
        }),
      ],
      'verify runs',
    ],
  ])('waits for %s', (_what, pods, what) => {
    expect(stateOf(RUNNING_JOB, pods)).toEqual({ kind: 'waiting', what });
  });

  it.each([
    [
      'an image that cannot be pulled',
      {
        initContainerStatuses: [status('revisions', { waiting: { reason: 'ImagePullBackOff', message: 'not found' } })],
      },
      'ImagePullBackOff: not found',
    ],
    [
      'a Secret that is missing',
      {
        containerStatuses: [
          status('verify', { waiting: { reason: 'CreateContainerConfigError', message: 'secret "a" not found' } }),
        ],
      },
      'CreateContainerConfigError: secret "a" not found',
    ],
    [
      'a cluster without room',
      { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes' }] },
      'no node takes the pod: 0/1 nodes',
    ],
  ])('is stuck with %s', (_what, statuses, reason) => {
    expect(stateOf(RUNNING_JOB, [pod('one', statuses)])).toEqual({ kind: 'stuck', reason });
  });

  it('is stuck where the Job ended without a pod', () => {
    expect(stateOf(FAILED_JOB, [])).toEqual({
      kind: 'stuck',
      reason: 'the Job ended without a result: BackoffLimitExceeded',
    });
  });

  it('is over with the checks of a pod, whatever its other containers do, in the order of the pods', () => {
    const statuses = (code: number) => ({
      initContainerStatuses: [status('revisions', ended(0)), status('verify', ended(code))],
      containerStatuses: [status('announce', { running: {} })],
    });
    expect(stateOf(RUNNING_JOB, [pod('two', statuses(0), '20'), pod('one', statuses(1), '10')])).toEqual({
      kind: 'ended',
      last: false,
      pods: [
        { name: 'one', container: 'verify', succeeded: false },
        { name: 'two', container: 'verify', succeeded: true },
      ],
    });
  });

  it('is over with a container that failed before the checks', () => {
    const statuses = { initContainerStatuses: [status('revisions', ended(2))], containerStatuses: [] };
    expect(stateOf(FAILED_JOB, [pod('one', statuses)])).toEqual({
      kind: 'ended',
      last: true,
      pods: [{ name: 'one', container: 'revisions', succeeded: false }],
    });
  });
});

describe('the log of a verification', () => {
  const rows = IN_DATABASE.map(({ id }) => `pass  ${id.padEnd(28)} as it should be`);
  const log = ['step verify on database agent_bom at db.internal', ...rows, 'step verify done', ''].join('\n');

  it('has one result for each check that a database answers, and names the database', () => {
    const { results, target } = readLog(log);
    expect(results.map(({ id }) => id)).toEqual(IN_DATABASE.map(({ id }) => id));
    expect(new Set(results.map(({ status: one }) => one))).toEqual(new Set(['pass']));
    expect(target).toBe('db.internal/agent_bom');
  });

  it('fails a check that is not in it', () => {
    const { results } = readLog(log.replace(/^pass {2}tls\.session.*\n/m, ''));
    expect(results.filter(({ status: one }) => one !== 'pass')).toEqual([
      { id: 'tls.session', status: 'fail', detail: 'the check reported nothing' },
    ]);
  });

  it.each([
    ['before', `fail  tls.session                  not encrypted\n${log}`],
    ['after', `${log}fail  tls.session                  not encrypted\n`],
  ])('keeps the worse of two results, when that comes %s', (_when, text) => {
    expect(readLog(text).results.filter(({ status: one }) => one === 'fail')).toEqual([
      { id: 'tls.session', status: 'fail', detail: 'not encrypted' },
    ]);
  });

  it('takes no result of a check that asks elsewhere', () => {
    const { results } = readLog(`${log}pass  pods.secret-source           so I say\npass  made.up  so I say\n`);
    expect(results.map(({ id }) => id)).toEqual(IN_DATABASE.map(({ id }) => id));
  });

  it.each([
    [
      'psql: error: connection to server at "db", port 5432 failed: timeout expired',
      'connection to server at "db", port 5432 failed: timeout expired',
    ],
    ['error: ALEMBIC_DATABASE_URL is not a connection URL', 'ALEMBIC_DATABASE_URL is not a connection URL'],
  ])('without results says why: %s', (line, reason) => {
    expect(readLog(`step verify on database a at b\n${line}\n`)).toEqual({ results: [], target: 'b/a', reason });
  });
});
