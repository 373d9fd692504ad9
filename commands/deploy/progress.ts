import type { Kubectl } from '../shared/cluster/kubectl';
import { COMMAND } from '../shared/command-line';
import type { Terminal } from '../shared/output/terminal';
import type { ResourceEvent, TerraformEvent } from './events';
import { type JobFailure, jobFailure } from './recovery/job-failure';
import { secretFailure } from './recovery/secret-failure';
import { named } from './summary';

const WATCH_MS = 5_000;
const STILL_SECONDS = 30;
/** Of the kubelet: the Secret's ExternalSecret says why it is missing. */
const MISSING_SECRET = /\bsecret "([^"]+)" not found/;
const SECRET_HINT = 'what to do: docs/set-up/secrets.md#an-externalsecret-that-does-not-become-ready';

const VERBS: Readonly<Record<string, readonly [doing: string, done: string]>> = {
  create: ['creating', 'created'],
  update: ['updating', 'updated'],
  delete: ['deleting', 'deleted'],
};

/** What a stack is applied to, and where the Jobs are that it waits for. */
export interface Watched {
  readonly environment: string;
  readonly namespace: string;
  readonly paths: ReadonlyMap<string, string>;
  /** What the Jobs are called in the cluster, by their address. */
  readonly runs: ReadonlyMap<string, string>;
  /** Names of the ExternalSecrets that are created, by their address. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Nothing where the cluster cannot be asked. */
  readonly kubectl?: Kubectl;
}

/** A resource that was changed, and how long that took. */
export interface Applied {
  readonly address: string;
  readonly action: string;
  readonly seconds: number;
}

/**
 * Shows what Terraform does, a line for each resource, and why a Job fails or waits as soon as its first pod does, or an
 * ExternalSecret gets no Secret: Terraform itself waits until Kubernetes has given up, and then says only that it has.
 */
export class Progress {
  readonly applied: Applied[] = [];
  readonly failures: JobFailure[] = [];
  private readonly shown = new Set<string>();
  private readonly waiting = new Map<string, NodeJS.Timeout>();

  constructor(
    private readonly terminal: Terminal,
    private readonly watched: Watched,
  ) {}

  /** Takes in an event of Terraform. */
  take(event: TerraformEvent): void {
    if (event.kind === 'diagnostic') return;
    this.show(event);
    if (event.kind === 'start' && event.action === 'create') this.watch(event.address);
    if (event.kind === 'complete' || event.kind === 'errored') this.unwatch(event.address);
    const { address, action, seconds } = event;
    if (event.kind === 'complete') this.applied.push({ address, action, seconds });
  }

  /** Ends what still watches, and has a last look at the Jobs that failed. */
  async close(failed: readonly string[]): Promise<void> {
    for (const address of this.waiting.keys()) this.unwatch(address);
    for (const address of failed) await this.look(address);
  }

  private show({ kind, address, action, seconds }: ResourceEvent): void {
    const [doing, done] = VERBS[action] ?? [action, action];
    const what = named(address, this.watched.paths);
    const words = { start: doing, progress: `still ${doing}`, complete: done, errored: 'FAILED' }[kind];
    if (kind === 'progress' && (seconds === 0 || seconds % STILL_SECONDS !== 0)) return;
    const style = kind === 'errored' ? 'red' : kind === 'complete' ? 'green' : 'dim';
    const time = kind === 'start' ? '' : `  ${seconds} s`;
    const line = `  ${this.terminal.styled(style, words.padEnd(14))} ${what}${time}`;
    if (kind === 'errored') this.terminal.always(line);
    else this.terminal.line(line);
  }

  private watch(address: string): void {
    if (!this.watched.runs.has(address) && !this.watched.secrets.has(address)) return;
    const timer = setInterval(() => void this.look(address), WATCH_MS);
    this.waiting.set(address, timer.unref());
  }

  private unwatch(address: string): void {
    clearInterval(this.waiting.get(address));
    this.waiting.delete(address);
  }

  private async look(address: string): Promise<void> {
    const { runs, secrets } = this.watched;
    const [run, secret] = [runs.get(address), secrets.get(address)];
    if (run !== undefined) await this.lookAtJob(run);
    if (secret !== undefined) await this.lookAtSecret(secret);
  }

  private async lookAtSecret(name: string): Promise<void> {
    const { kubectl, namespace } = this.watched;
    if (kubectl === undefined) return;
    const lines = await secretFailure(kubectl, namespace, name);
    const shown = lines.join('\n');
    if (lines.length === 0 || this.shown.has(shown)) return;
    this.shown.add(shown);
    this.terminal.always(`  ${this.terminal.styled('yellow', 'the Secret waits')}  ${name}`);
    for (const line of [...lines, SECRET_HINT]) this.terminal.always(`    ${line}`);
  }

  private async lookAtJob(run: string): Promise<void> {
    const { kubectl, namespace } = this.watched;
    if (kubectl === undefined) return;
    const failure = await jobFailure(kubectl, namespace, run);
    const shown = `${failure?.pod} ${failure?.state}`;
    if (failure === undefined || this.shown.has(shown)) return;
    this.shown.add(shown);
    if (failure.state === 'failed') this.failures.push(failure);
    showFailure(this.terminal, this.watched, failure);
    for (const name of failure.lines.flatMap((line) => line.match(MISSING_SECRET)?.[1] ?? []))
      await this.lookAtSecret(name);
  }
}

function showFailure(terminal: Terminal, { environment, namespace }: Watched, failure: JobFailure): void {
  const { state, run, pod, step, lines } = failure;
  const what =
    state === 'failed' ? terminal.styled('red', 'the Job fails') : terminal.styled('yellow', 'the Job waits');
  terminal.always(`  ${what}  in step ${step} (pod ${pod})`);
  for (const line of lines) terminal.always(`    ${line}`);
  const selector = `--selector agent-bom-postgres/job=${run}`;
  terminal.always(
    `    whole log: kubectl --namespace ${namespace} logs ${selector} --all-containers --prefix --tail=-1`,
  );
  if (state === 'waiting') return;
  terminal.always(`    every step may run again: fix the cause, then ${COMMAND} deploy ${environment}`);
}
