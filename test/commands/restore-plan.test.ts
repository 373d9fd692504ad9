import { outsideWindow, readMoment } from '../../commands/restore/moment';
import {
  generationTag,
  type RestoreFacts,
  type RestoreStep,
  remainingSteps,
  restoreNames,
  type Server,
} from '../../commands/restore/restore-plan';
import { NAME_LIMIT } from '../../contract/environment/environment';
import { derivedName } from '../../contract/names';

const NOW = new Date('2026-11-27T12:00:00Z');
const names = restoreNames('prod-agent-bom', '2026-11-26T14:00:00Z');
const server = (identifier: string, more: Partial<Server> = {}): Server => ({
  identifier,
  resourceId: `db-${identifier}`,
  engine: '16',
  status: 'available',
  members: [],
  settled: true,
  tags: {},
  ...more,
});
const tags = { [generationTag(names)]: '2' };
const facts = (more: Partial<RestoreFacts> = {}): RestoreFacts => ({
  names,
  current: server(names.current),
  memberCount: 0,
  generation: 1,
  fileRestores: false,
  managed: true,
  ...more,
});
const END: RestoreStep[] = ['deploy', 'start', 'verify'];
const SWAP: RestoreStep[] = ['set-aside', 'take-name', 'file', 'state', ...END];
const previous = server(names.previous, { tags });
const restored = server(names.restored);

describe('the moment of a restore', () => {
  it.each([
    ['2026-11-26T14:00:00Z', '2026-11-26T14:00:00Z'],
    ['2026-11-26T15:30:00+01:30', '2026-11-26T14:00:00Z'],
    ['2026-11-26T14:00z', '2026-11-26T14:00:00Z'],
    ['2026-11-26T14:00:00.750Z', '2026-11-26T14:00:00Z'],
    ['2026-11-27T11:59:59Z', '2026-11-27T11:59:59Z'],
  ])('%s is %s', (text, moment) => {
    expect(readMoment(text, NOW)).toBe(moment);
  });

  it.each([
    ['2026-11-26T14:00:00', 'with a time zone'],
    ['2026-11-26', 'with a time zone'],
    ['2026-02-30T14:00:00Z', 'that exist'],
    ['2026-11-26T24:30:00Z', 'that exist'],
    ['yesterday', 'that exist'],
    ['', 'that exist'],
    ['2026-11-27T12:00:00Z', 'in the past'],
    ['2026-11-27T13:30:00+01:00', 'in the past'],
  ])('%p is none: %s', (text, rule) => {
    expect(readMoment(text, NOW)).toMatchObject({ mistake: { path: '--to', rule: expect.stringContaining(rule) } });
  });

  it('is within what RDS holds, both ends included', () => {
    const window = { earliest: Date.parse('2026-11-20T00:00:00Z'), latest: Date.parse('2026-11-27T11:55:00Z') };
    expect(outsideWindow('2026-11-20T00:00:00Z', window)).toBeUndefined();
    expect(outsideWindow('2026-11-27T11:55:00Z', window)).toBeUndefined();
    const rule = 'a moment that RDS can restore: from 2026-11-20T00:00:00Z to 2026-11-27T11:55:00Z';
    expect(outsideWindow('2026-11-19T23:59:59Z', window)).toMatchObject({ rule });
    expect(outsideWindow('2026-11-27T11:55:01Z', window)).toMatchObject({ rule });
    expect(outsideWindow('2000-01-01T00:00:00Z', { latest: window.latest })).toBeUndefined();
  });
});

describe('the names of a restore', () => {
  it('fit into those of RDS for the longest environment, and are of their moment', () => {
    const longest = derivedName('p'.repeat(NAME_LIMIT), 'instance');
    const { restored: one, previous: other } = restoreNames(longest, '2087-12-31T23:59:59Z');
    for (const name of [one, other]) expect(`${name}-2`.length).toBeLessThanOrEqual(63);
    expect(one).not.toBe(other);
    expect(restoreNames(longest, '2087-12-31T23:59:58Z').previous).not.toBe(other);
  });
});

describe('what remains of a restore of an instance', () => {
  const rows: [what: string, left: Partial<RestoreFacts>, steps: RestoreStep[]][] = [
    ['that did not begin', {}, ['restore', 'wait', 'stop', 'remember', ...SWAP]],
    [
      'whose database is being created',
      { restored: server(names.restored, { status: 'creating' }) },
      ['wait', 'stop', 'remember', ...SWAP],
    ],
    ['whose database is available', { restored }, ['stop', 'remember', ...SWAP]],
    ['that noted its generation', { restored, current: server(names.current, { tags }) }, ['stop', ...SWAP]],
    [
      'that is renaming the database in use',
      { restored, current: server(names.current, { tags, status: 'renaming' }) },
      ['wait', 'stop', ...SWAP],
    ],
    [
      'that set the database in use aside',
      { current: undefined, restored, previous },
      ['stop', 'take-name', 'file', 'state', ...END],
    ],
    ['that exchanged the names', { previous, managed: false }, ['file', 'state', ...END]],
    ['that raised the generation', { previous, generation: 2, managed: false }, ['state', ...END]],
    ['with a generation that somebody raised further', { previous, generation: 3, managed: false }, ['state', ...END]],
    [
      'after another restore that was given up',
      {
        current: server(names.current, {
          tags: { [generationTag(restoreNames(names.current, '2026-11-01T00:00:00Z'))]: '2' },
        }),
      },
      ['restore', 'wait', 'stop', 'remember', ...SWAP],
    ],
    ['whose state is right', { previous, generation: 2 }, END],
    ['after an earlier restore by the file', { previous, generation: 2, fileRestores: true }, ['file', ...END]],
  ];

  it.each(rows)('%s', (_what, left, steps) => {
    expect(remainingSteps(facts(left))).toEqual(steps);
  });

  it('is nothing that this command does where there is no database at all', () => {
    expect(() => remainingSteps(facts({ current: undefined }))).toThrow('there is no database prod-agent-bom');
  });
});

describe('what remains of a restore of an Aurora cluster', () => {
  const members = (of: string) => [`${of}-1`, `${of}-2`];
  const cluster = (name: string, of: readonly string[] = members(name), more: Partial<Server> = {}) =>
    server(name, { members: of, ...more });
  const aurora = (more: Partial<RestoreFacts>) =>
    facts({ memberCount: 2, current: cluster(names.current, undefined, { tags }), ...more });
  const aside = (of?: readonly string[]) => cluster(names.previous, of, { tags });
  const all = cluster(names.restored);

  it.each<[string, Partial<RestoreFacts>, RestoreStep[]]>([
    ['that did not begin', {}, ['restore', 'wait', 'instances', 'wait', 'stop', ...SWAP]],
    ['without instances', { restored: cluster(names.restored, []) }, ['instances', 'wait', 'stop', ...SWAP]],
    [
      'with one of two instances, which is being created',
      { restored: cluster(names.restored, [`${names.restored}-1`], { settled: false }) },
      ['wait', 'instances', 'wait', 'stop', ...SWAP],
    ],
    ['with all instances', { restored: all }, ['stop', ...SWAP]],
    [
      'whose previous instances have their names still',
      { restored: all, current: undefined, previous: aside(members(names.current)) },
      ['stop', ...SWAP],
    ],
    [
      'with one of them renamed',
      { restored: all, current: undefined, previous: aside([`${names.previous}-1`, `${names.current}-2`]) },
      ['stop', ...SWAP],
    ],
    [
      'that set the cluster aside',
      { restored: all, current: undefined, previous: aside() },
      ['stop', 'take-name', 'file', 'state', ...END],
    ],
    [
      'whose restored instances have not taken their names',
      { current: cluster(names.current, members(names.restored)), previous: aside() },
      ['take-name', 'file', 'state', ...END],
    ],
    ['whose names are right', { previous: aside(), managed: false }, ['file', 'state', ...END]],
  ])('%s', (_what, left, steps) => {
    expect(remainingSteps(aurora(left))).toEqual(steps);
  });
});
