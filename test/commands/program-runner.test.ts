import { quantity } from '../../commands/preflight/quota';
import { ask, askJson } from '../../commands/shared/program-runner';
import { StandIns } from '../support/commands/stand-ins';
import { until } from '../support/until';

describe('a program that is asked', () => {
  let programs: StandIns;
  const former = process.env.PATH;

  beforeEach(() => {
    programs = new StandIns();
    process.env.PATH = programs.directory;
    programs.write('oracle', {
      text: 'an answer',
      json: { answer: 42 },
      nothing: '',
      slow: 'hangs',
      why: { complaint: 'first line\n\nthe reason\n' },
      url: { complaint: 'cannot reach https://me:hunter2@example.com' },
      long: { complaint: 'no '.repeat(400) },
    });
  });
  afterEach(() => {
    process.env.PATH = former;
    programs.remove();
  });

  it('answers with a text, with JSON, or with nothing', async () => {
    expect(await ask('oracle', ['text'])).toEqual({ kind: 'answered', text: 'an answer\n' });
    expect(await askJson('oracle', ['json'])).toEqual({ kind: 'answered', content: { answer: 42 } });
    expect(await askJson('oracle', ['nothing'])).toEqual({ kind: 'answered', content: null });
    expect(await askJson('oracle', ['text'])).toEqual({
      kind: 'refused',
      reason: 'oracle answered with something that is not JSON',
    });
  });

  it('is ended when it is late', async () => {
    const answer = await ask('oracle', ['slow'], 2000);
    expect(answer).toEqual({ kind: 'late', reason: 'oracle did not answer within 2 seconds' });
    await until(() => !isAlive(programs.hangingPid()));
  });

  it('gives its last complaint as the reason, without credentials and not too long', async () => {
    expect(await ask('oracle', ['why'])).toEqual({ kind: 'refused', reason: 'the reason' });
    expect(await ask('oracle', ['url'])).toEqual({ kind: 'refused', reason: 'cannot reach https://***@example.com' });
    const { reason } = (await ask('oracle', ['long'])) as { reason: string };
    expect(reason).toHaveLength(601);
  });

  it('may be missing', async () => {
    expect(await ask('nobody', [])).toEqual({ kind: 'missing', reason: 'nobody is not on the PATH' });
  });
});

describe('a quantity of Kubernetes', () => {
  it.each([
    ['1', 1],
    ['100m', 0.1],
    ['1.5Gi', 1.5 * 2 ** 30],
    ['2k', 2000],
    ['1e3', 1000],
    [4, 4],
    ['', undefined],
    ['much', undefined],
    ['1Xi', undefined],
    [undefined, undefined],
  ])('%p is %p', (written, expected) => {
    expect(quantity(written)).toBe(expected);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
