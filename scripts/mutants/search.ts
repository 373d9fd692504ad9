import type { Copy, Tests } from './copy';
import type { Fault } from './fault';
import type { Finding } from './record';

/** Run where the named tests have not noticed a fault: it may be noticed elsewhere. Those of real servers take too long. */
const OTHER_TESTS: readonly (readonly [folders: RegExp, tests: readonly string[]])[] = [
  [/^contract\//, ['test/contract', 'test/properties', 'test/stacks']],
  [/^(constructs|stacks)\//, ['test/constructs', 'test/stacks']],
];
/** Rounds on one set-up: what a fault leaves behind spoils no more than these. */
const MOST_ROUNDS = 12;

interface NamedTests extends Tests {
  /** Whether the tests can be run again on the same set-up. */
  readonly again: boolean;
}

type OnFinding = (fault: Fault, finding: Finding) => void;

/** Looks for the tests that notice faults. */
export class Search {
  /** Whether tests pass without a fault; those that fail anyway notice nothing. */
  private readonly usable = new Map<string, boolean>();

  constructor(
    private readonly copy: Copy,
    private readonly found: OnFinding,
  ) {}

  /** Runs the first tests of every fault, then the next ones of those that are left. */
  async findAll(faults: readonly Fault[]): Promise<void> {
    const noEnd = new Set<Fault>();
    let left = [...faults];
    for (let turn = 0; left.length > 0; turn += 1) {
      for (const fault of left.filter((one) => testsOf(one)[turn] === undefined)) {
        this.found(fault, { outcome: noEnd.has(fault) ? 'no end' : 'not noticed' });
      }
      left = left.filter((fault) => testsOf(fault)[turn] !== undefined);
      const noticed = new Set<Fault>();
      const remember = (fault: Fault, finding: Finding) => {
        if (finding.outcome === 'no end') noEnd.add(fault);
        if (finding.outcome !== 'noticed') return;
        noticed.add(fault);
        this.found(fault, finding);
      };
      for (const group of groups(left, turn)) await this.findIn(group, turn, remember);
      left = left.filter((fault) => !noticed.has(fault));
    }
  }

  private async findIn(group: readonly Fault[], turn: number, found: OnFinding): Promise<void> {
    if (group.length === 1) {
      for (const fault of group) await this.byItself(fault, testsOf(fault)[turn] ?? '', found);
    } else if (!(await this.inRounds(group, turn, found))) {
      const half = Math.ceil(group.length / 2);
      for (const part of [group.slice(0, half), group.slice(half)]) await this.findIn(part, turn, found);
    }
  }

  /** Returns whether the results count: not if the tests fail without a fault, before or after. */
  private async inRounds(group: readonly Fault[], turn: number, found: OnFinding): Promise<boolean> {
    const rounds = group.map((fault) => ({ ...fault, names: parse(testsOf(fault)[turn]).names }));
    const [before, ...results] = await this.copy.runRounds(parse(testsOf(rounds[0] as Fault)[turn]).path, rounds);
    const after = results.at(-1);
    const unsound = [before, after].find((one) => one?.failed !== undefined || one?.noEnd);
    if (unsound !== undefined || after === undefined) {
      process.stdout.write(`again in halves: ${group.length} faults (${unsound?.failed ?? 'no end'})\n`);
      return false;
    }
    for (const [index, fault] of group.entries()) {
      const { failed, noEnd } = results[index] ?? {};
      const tests = testsOf(fault)[turn];
      if (failed !== undefined) found(fault, { outcome: 'noticed', tests, test: failed });
      else found(fault, { outcome: noEnd ? 'no end' : 'not noticed' });
    }
    return true;
  }

  private async byItself(fault: Fault, tests: string, found: OnFinding): Promise<void> {
    if (!(await this.isUsable(tests))) return;
    const { outcome, test } = await this.copy.run(parse(tests), fault);
    if (outcome === 'fails') found(fault, { outcome: 'noticed', tests, test });
    else found(fault, { outcome: outcome === 'passes' ? 'not noticed' : 'no end' });
  }

  private async isUsable(tests: string): Promise<boolean> {
    let usable = this.usable.get(tests);
    if (usable === undefined) {
      const { outcome, test } = await this.copy.run(parse(tests));
      usable = outcome === 'passes';
      if (!usable) process.stdout.write(`FAILS WITHOUT A FAULT: ${tests} (${test ?? outcome})\n`);
      this.usable.set(tests, usable);
    }
    return usable;
  }
}

function testsOf(fault: Fault): readonly string[] {
  const others = OTHER_TESTS.find(([folders]) => folders.test(fault.file))?.[1] ?? [];
  return [...fault.tests, ...others];
}

/** Faults whose tests can share a set-up, together; each other one by itself. */
function groups(faults: readonly Fault[], turn: number): Fault[][] {
  const shared = new Map<string, Fault[][]>();
  const all: Fault[][] = [];
  for (const fault of faults) {
    const { path, again } = parse(testsOf(fault)[turn]);
    const open = again ? shared.get(path)?.at(-1) : undefined;
    if (open !== undefined && open.length < MOST_ROUNDS) {
      open.push(fault);
      continue;
    }
    const group = [fault];
    all.push(group);
    if (again) shared.set(path, [group]);
  }
  return all;
}

function parse(tests = ''): NamedTests {
  const [, path = '', marks = '', names = ''] = /^([^#]*)(#{0,2})(.*)$/.exec(tests) ?? [];
  return { path, names: names === '' ? undefined : names, again: marks === '##' };
}
