// The environment of Jest in which tests look for faults.
import { readFileSync, writeFileSync } from 'node:fs';
import { inspect } from 'node:util';
import type { Circus } from '@jest/types';
import type { TestEnvironment } from 'jest-environment-node';

const OfAllTests: typeof TestEnvironment = require('../../test/support/jest/environment');

/** A loaded machine is not a fault. */
const PATIENCE_MS = 180_000;

/** A fault that is planted while the tests of a file run, and which of them look for it. */
export interface Round {
  readonly path: string;
  readonly sound: string;
  readonly faulty: string;
  /** Pattern of the names of tests. */
  readonly names: string;
}

/** What a round ended with: the first test that failed, or that one waited in vain. */
export interface RoundResult {
  readonly failed?: string;
  readonly noEnd?: boolean;
}

type Described = Circus.DescribeBlock;
type Tested = Circus.TestEntry;

/**
 * Leaves the rest of the tests out once one has failed, which says all: what the file set up is still taken down. Waits
 * longer than the tests say, and does not take the end of a wait for a failure.
 *
 * Where the variable MUTANT_ROUNDS names a file with rounds, the tests run once without a fault, once with the fault of
 * each round, and once more without: so what a file sets up, such as a server, is set up once for all of them. The results,
 * those of the first and the last run included, are written in place of the rounds.
 */
export default class FirstFailure extends OfAllTests {
  private readonly file = process.env.MUTANT_ROUNDS;
  private readonly rounds: readonly Round[] =
    this.file === undefined ? [] : JSON.parse(readFileSync(this.file, 'utf8'));
  private readonly results = new Map<number, RoundResult>();
  private readonly roundOf = new Map<Tested, number>();
  private readonly patient = new Set<object>();
  private planted?: Round;

  override async setup(): Promise<void> {
    await super.setup();
    // What was synthesized without a fault says nothing of one that is planted later.
    const forgetful = Object.assign(new Map(), { get: () => undefined });
    Object.assign(this.global, { synthesizedOnce: () => forgetful });
  }

  readonly handleTestEvent = (event: Circus.AsyncEvent, state: Circus.State): void => {
    if (event.name === 'run_start') this.repeat(state.rootDescribeBlock);
    if (event.name === 'hook_start') this.waitLonger(event.hook, state);
    if (event.name === 'test_start') this.begin(event.test, state);
    if (event.name === 'test_done') this.end(event.test);
    if (event.name === 'run_describe_start' && this.rounds.length === 0 && this.results.get(0)?.failed !== undefined) {
      event.describeBlock.mode = 'skip';
    }
    if (event.name === 'run_finish' && this.file !== undefined) {
      this.plant(undefined);
      const results = Array.from({ length: this.rounds.length + 2 }, (_, round) => this.results.get(round) ?? {});
      writeFileSync(this.file, JSON.stringify(results));
    }
  };

  private repeat(block: Described): void {
    const tests = block.children.filter((child): child is Tested => child.type === 'test');
    const names = this.rounds.map((round) => new RegExp(round.names));
    const last = this.rounds.length + 1;
    const repeated = Array.from({ length: last + 1 }, (_, round) =>
      tests
        .filter((test) => {
          const is = (pattern: RegExp | undefined) => pattern?.test(nameOf(test));
          return round === 0 || round === last ? names.some(is) : is(names[round - 1]);
        })
        .map((test) => {
          const again = { ...test, errors: [], retryReasons: [], unhandledRejectionErrorByPromise: new Map() };
          this.roundOf.set(again, round);
          return again;
        }),
    ).flat();
    for (const child of block.children) if (child.type === 'describeBlock') this.repeat(child);
    if (this.rounds.length > 0) {
      block.children = [...repeated, ...block.children.filter(({ type }) => type === 'describeBlock')];
    }
  }

  private begin(test: Tested, state: Circus.State): void {
    const round = this.roundOf.get(test) ?? 0;
    this.plant(this.rounds[round - 1]);
    this.waitLonger(test, state);
    if (this.results.get(round)?.failed !== undefined) test.mode = 'skip';
  }

  private end(test: Tested): void {
    const round = this.roundOf.get(test) ?? 0;
    if (test.errors.length === 0 || this.results.get(round)?.failed !== undefined) return;
    const failed = test.errors.some((error) => !/Exceeded timeout of/.test(inspect(error)));
    this.results.set(round, failed ? { failed: nameOf(test) } : { noEnd: true });
  }

  private plant(round: Round | undefined): void {
    if (round === this.planted) return;
    if (this.planted !== undefined) writeFileSync(this.planted.path, this.planted.sound);
    if (round !== undefined) writeFileSync(round.path, round.faulty);
    this.planted = round;
  }

  private waitLonger(what: { timeout?: number | null }, { testTimeout }: Circus.State): void {
    if (this.patient.has(what)) return;
    this.patient.add(what);
    what.timeout = Math.max(what.timeout ?? testTimeout, PATIENCE_MS);
  }
}

/** As Jest's patterns see it: with the names of the blocks that it is in. */
function nameOf(test: Tested): string {
  const names = [test.name];
  for (let block: Described | undefined = test.parent; block?.parent !== undefined; block = block.parent) {
    names.unshift(block.name);
  }
  return names.join(' ');
}
