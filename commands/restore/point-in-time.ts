import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { parseDocument } from 'yaml';
import type { Environment } from '../../contract/environment/environment';
import { ContractError } from '../../contract/error';
import { apiDeployment, derivedName } from '../../contract/names';
import { partsOf } from '../../contract/postgres/majors';
import { deployedVerification } from '../doctor/cluster-verification';
import { doctorOfEnvironment } from '../doctor/environment-run';
import { Kubectl } from '../shared/cluster/kubectl';
import { COMMAND } from '../shared/command-line';
import { environmentNamed } from '../shared/environment/environment-files';
import { confirmed } from '../shared/output/confirm';
import { ExitCode, UsageError } from '../shared/output/exit-code';
import { JsonReport, type JsonTarget } from '../shared/output/report';
import type { Terminal } from '../shared/output/terminal';
import { nodeArguments } from '../shared/program-files';
import { at } from '../shared/program-runner';
import { notOurs, outsideWindow, readMoment } from './moment';
import { RestoreDatabases } from './rds';
import {
  describeStep,
  generationTag,
  type RestoreFacts,
  type RestoreNames,
  type RestoreStep,
  remainingSteps,
  restoreNames,
} from './restore-plan';
import { RestoreState } from './restore-terraform';

export interface PointInTimeOptions {
  readonly environment: string;
  readonly environments?: string;
  /** Whether nobody is asked. */
  readonly yes?: boolean;
  readonly context?: string;
  readonly kubeconfig?: string;
  readonly json?: JsonTarget;
  readonly quiet?: boolean;
}

const STOP_MS = 5 * 60_000;
const PAUSE_MS = 2000;

/**
 * Restores the database of an environment to a moment: says what it will do, asks, does it and verifies it. Each step looks
 * at what is so first, so that the same command continues a run that was killed.
 */
export async function restoreToMoment(text: string, options: PointInTimeOptions): Promise<void> {
  const moment = readMoment(text, new Date());
  if (typeof moment !== 'string') throw new UsageError(moment.mistake);
  const report = new JsonReport(options.json, options.quiet);
  const { environment } = environmentNamed(options.environment, '--environment', options.environments);
  if (environment.database.existing !== undefined) throw new UsageError(notOurs(environment));
  const restore = new PointInTimeRestore(moment, environment, options, report);
  const done: RestoreStep[] = [];
  try {
    await restore.run(done);
  } finally {
    const { previous } = restore.names;
    const passed = done.includes('verify') && process.exitCode === ExitCode.success;
    report.write({ command: 'restore', environment: environment.name, to: moment, previous, steps: done, passed });
  }
}

class PointInTimeRestore {
  readonly names: RestoreNames;
  private readonly terminal: Terminal;
  /** For what somebody confirms: not quiet where somebody is asked. */
  private readonly shown: Terminal;
  private readonly databases: RestoreDatabases;
  private readonly kubectl: Kubectl;

  constructor(
    private readonly moment: string,
    private readonly environment: Environment,
    private readonly options: PointInTimeOptions,
    report: JsonReport,
  ) {
    const { name, namespace } = environment;
    const { context, kubeconfig } = options;
    this.terminal = report.terminal;
    this.shown = options.yes === true ? report.terminal : report.result;
    this.names = restoreNames(derivedName(name, 'instance'), moment);
    this.databases = new RestoreDatabases(environment, this.names);
    this.kubectl = new Kubectl({ context, kubeconfig, namespace });
  }

  /** @param done Gets each step that was done. */
  async run(done: RestoreStep[]): Promise<void> {
    const { terminal } = this;
    await deployedVerification(this.kubectl, this.environment);
    let steps = remainingSteps(await this.facts());
    if (steps.includes('restore')) await this.refuseOutside();
    this.shown.line(`Restore ${this.environment.name} to ${this.moment}:`);
    for (const step of steps) this.shown.line(`  - ${this.describe(step)}`);
    if (this.environment.release.managedBy === 'gitops') {
      this.shown.line('Pause Argo CD or Flux for this namespace first: it would start the API again.');
    }
    this.shown.line('What was written since then is in the previous database alone.');
    if (this.options.yes !== true && !(await confirmed('Nobody may deploy meanwhile.', 'yes'))) {
      terminal.always('Nothing was changed.');
      process.exitCode = ExitCode.failure;
      return;
    }
    for (let [step] = steps; step !== undefined; [step] = steps) {
      const end = terminal.step(step, this.describe(step));
      try {
        await this.take(step);
        end('done');
      } catch (error) {
        end('failed');
        throw error;
      }
      done.push(step);
      // The last ones change nothing that the facts tell.
      steps = LAST.includes(step) ? steps.slice(1) : await this.next(steps);
    }
    const { previous } = this.names;
    terminal.line(
      `\nThe previous database is kept as ${previous}. docs/operate/restore.md says how to delete it, and how to go back.`,
    );
  }

  private describe(step: RestoreStep): string {
    return describeStep(step, this.names, this.moment);
  }

  /** The steps after one, from new facts. A stopped API is no fact of theirs, and need not be stopped twice. */
  private async next(before: readonly RestoreStep[]): Promise<RestoreStep[]> {
    const remaining = remainingSteps(await this.facts());
    return before[0] === 'stop' || !before.includes('stop') ? remaining.filter((step) => step !== 'stop') : remaining;
  }

  private async facts(): Promise<RestoreFacts> {
    const { names, databases, options } = this;
    const servers = [names.current, names.restored, names.previous].map((name) => databases.find(name));
    const [current, restored, previous] = await Promise.all(servers);
    // The file may have changed since the last step.
    const { environment } = environmentNamed(options.environment, '--environment', options.environments);
    const { secrets, database } = environment;
    return {
      ...{ names, current, restored, previous },
      memberCount: (previous ?? current)?.members.length ?? 0,
      generation: secrets.generation,
      fileRestores: database.restore !== undefined,
      managed: await this.isManaged(previous !== undefined && current !== undefined && restored === undefined),
    };
  }

  /** Until the names are exchanged, the answer changes nothing, and takes a synth to find. */
  private async isManaged(exchanged: boolean): Promise<boolean> {
    if (!exchanged) return false;
    const state = await RestoreState.open(this.environment, this.options.environments);
    return (await state.differing(this.databases)).length === 0;
  }

  private async refuseOutside(): Promise<void> {
    const window = await this.databases.window();
    if (window === undefined) {
      throw new ContractError({
        path: this.names.current,
        got: 'no latest restorable time',
        rule: 'the database has automated backups',
        fix: 'restore a dump instead: docs/operate/backup-and-restore.md',
      });
    }
    const mistake = outsideWindow(this.moment, window);
    if (mistake !== undefined) throw new UsageError(mistake);
  }

  private async take(step: RestoreStep): Promise<void> {
    const { names, databases, options, environment } = this;
    const { current, restored, previous } = names;
    const tell = (what: string): void => this.terminal.line(`${''.padEnd(9)} ${what}`);
    switch (step) {
      case 'restore':
        return databases.restore(this.moment);
      case 'wait':
        return databases.wait(tell);
      case 'instances':
        return databases.createInstances();
      case 'stop':
        return this.stopApi();
      case 'remember':
        return databases.remember(environment.secrets.generation + 1);
      case 'set-aside':
        return databases.rename(current, previous);
      case 'take-name':
        return databases.rename(restored, current);
      case 'file':
        return this.editFile();
      case 'state': {
        const state = await RestoreState.open(environment, options.environments);
        return state.takeOver(await state.differing(databases));
      }
      case 'deploy':
        return this.deploy();
      case 'start':
        return this.scaleApi(environment.release.autoscaling?.minimumReplicas ?? environment.release.replicas, true);
      case 'verify':
        return this.verify();
    }
  }

  private async stopApi(): Promise<void> {
    const server = await this.databases.find(this.names.restored);
    const { major: engine } = partsOf(this.environment.database.engine);
    if (server !== undefined && server.engine !== engine) {
      throw new ContractError({
        path: 'database.engine',
        got: engine,
        rule: `the major version that the database had at that time: ${server.engine}`,
        fix: `write engine: "${server.engine}" in the environment file, and give the same command again`,
      });
    }
    await this.scaleApi(0, false);
    const started = Date.now();
    while (Number(at(await this.api(), 'status', 'replicas') ?? 0) > 0) {
      if (Date.now() - started > STOP_MS) throw stillRuns(this.environment);
      await delay(PAUSE_MS);
    }
  }

  private api(): Promise<unknown> {
    return this.kubectl.json(['get', 'deployment', apiDeployment(this.environment.name), '--ignore-not-found']);
  }

  /** @param stopped Whether only a Deployment without pods is scaled: what runs has the number that it should have. */
  private async scaleApi(replicas: number, stopped: boolean): Promise<void> {
    const deployment = await this.api();
    if (deployment === null || (stopped && at(deployment, 'spec', 'replicas') !== 0)) return;
    const name = apiDeployment(this.environment.name);
    await this.kubectl.text(['scale', 'deployment', name, '--replicas', String(replicas)]);
  }

  /** Comments and the order of the keys stay. */
  private async editFile(): Promise<void> {
    const { environment, environments } = this.options;
    const { file, environment: read } = environmentNamed(environment, '--environment', environments);
    const previous = await this.databases.find(this.names.previous);
    const wanted = Number(previous?.tags[generationTag(this.names)]);
    const document = parseDocument(readFileSync(file, 'utf8'));
    if (read.secrets.generation < wanted) document.setIn(['secrets', 'generation'], wanted);
    document.deleteIn(['database', 'restore']);
    writeFileSync(file, document.toString({ lineWidth: 0 }));
    this.terminal.line(`${''.padEnd(9)} changed ${file}: commit it`);
  }

  /** The front door deploys, as it always does. */
  private async deploy(): Promise<void> {
    const { environment, environments, quiet } = this.options;
    const directory = environments === undefined ? [] : ['--environments', environments];
    const child = spawn(
      process.execPath,
      [...nodeArguments('commands/cli'), 'deploy', environment, '--yes', ...(quiet ? ['--quiet'] : []), ...directory],
      {
        stdio: ['ignore', process.stderr, 'inherit'],
      },
    );
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (code === 0) return;
    throw new ContractError({
      path: `${COMMAND} deploy ${environment}`,
      got: `exit code ${code}`,
      rule: 'the deployment ends without an error',
      fix: 'fix what it names above, and give the same command again: it continues here',
    });
  }

  private async verify(): Promise<void> {
    const { environment: name, environments, context, kubeconfig } = this.options;
    const { environment } = environmentNamed(name, '--environment', environments);
    await doctorOfEnvironment({ environment, target: { context, kubeconfig }, terminal: this.terminal });
  }
}

/** Steps after which nothing but the next one can follow. */
const LAST: readonly RestoreStep[] = ['deploy', 'start', 'verify'];

function stillRuns({ name, namespace }: Environment): ContractError {
  return new ContractError({
    path: apiDeployment(name),
    got: 'pods that run',
    rule: 'the API ends within five minutes',
    fix: `pause what starts it again, such as an autoscaler or Argo CD; kubectl --namespace ${namespace} get pods shows them`,
  });
}
