// The environment of Jest in which tests look for a fault.
import { inspect } from 'node:util';
import type { Circus } from '@jest/types';
import { TestEnvironment } from 'jest-environment-node';

/** A loaded machine is not a fault. */
const PATIENCE = 3;

/**
 * Leaves the rest of a file out once one of its tests has failed, which says all: what the file set up is still taken
 * down. Waits longer than the tests say, and does not take the end of a wait for a failure.
 */
export default class FirstFailure extends TestEnvironment {
  private failed = false;
  private readonly patient = new Set<object>();

  readonly handleTestEvent = (event: Circus.AsyncEvent, state: Circus.State): void => {
    if (event.name === 'hook_start') this.waitLonger(event.hook, state);
    if (event.name === 'test_start') this.waitLonger(event.test, state);
    if (event.name === 'test_done') this.failed ||= event.test.errors.some((error) => !isTimeout(error));
    if (!this.failed) return;
    if (event.name === 'test_start') event.test.mode = 'skip';
    if (event.name === 'run_describe_start') event.describeBlock.mode = 'skip';
  };

  private waitLonger(what: { timeout?: number | null }, { testTimeout }: Circus.State): void {
    if (this.patient.has(what)) return;
    this.patient.add(what);
    what.timeout = (what.timeout ?? testTimeout) * PATIENCE;
  }
}

function isTimeout(error: Circus.TestError): boolean {
  return /Exceeded timeout of/.test(inspect(error));
}
