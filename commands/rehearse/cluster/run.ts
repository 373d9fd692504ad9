import { ContractError } from '../../../contract/error';
import { releasePools } from '../../../contract/postgres/connection-budget';
import type { PostgresMajor } from '../../../contract/postgres/majors';
import { readiness } from '../../../contract/postgres/readiness';
import type { StepStatus } from '../../../contract/postgres/run-report';
import { newestVersion } from '../../../contract/product/facts';
import { imagesFrom } from '../../../contract/product/images';
import { writePage } from '../../report/write-page';
import { Kubectl } from '../../shared/cluster/kubectl';
import { ExitCode } from '../../shared/output/exit-code';
import { JsonReport, type JsonTarget, refuseUnwritable } from '../../shared/output/report';
import type { Terminal } from '../../shared/output/terminal';
import { endPrograms } from '../../shared/program-runner';
import { beforeStop } from '../../shared/stop';
import { parsedEnvironment } from './environment';
import { refuseProduction } from './guard';
import { proveContract } from './proof';
import { ClusterRehearsal } from './rehearse-cluster';

export interface ClusterRehearseOptions {
  /** Context of the kubeconfig. */
  readonly context: string;
  readonly allowContext?: string;
  readonly namespace: string;
  readonly postgres: PostgresMajor;
  readonly postgresImage?: string;
  readonly s3Image: string;
  readonly chart?: string;
  readonly chartVersion?: string;
  readonly json?: JsonTarget;
  readonly quiet?: boolean;
  readonly html?: string;
  readonly keep?: boolean;
}

interface Step {
  readonly name: string;
  readonly status: StepStatus;
  readonly milliseconds: number;
}

/** Rehearses the workload stack on a cluster, shows it, removes everything, and sets the exit code. */
export async function runClusterRehearsal(options: ClusterRehearseOptions): Promise<void> {
  const { context, namespace, postgres: major, chartVersion = newestVersion(), chart, keep = false } = options;
  const file = new JsonReport(options.json, options.quiet);
  if (options.html !== undefined) refuseUnwritable('--html', options.html);
  const startedAt = new Date();
  const { terminal } = file;
  const kubectl = new Kubectl({ context, namespace });
  const onNotice = (message: string): void => terminal.line(`${''.padEnd(9)} ${message}`);
  await refuseProduction(kubectl, namespace, options.allowContext);
  const interruption = new Interruption();
  const rehearsal = new ClusterRehearsal(kubectl, {
    major,
    chartVersion,
    chart,
    images: { postgres: options.postgresImage ?? imagesFrom().postgres(major), s3: options.s3Image },
    onNotice,
    signal: interruption.signal,
  });
  const steps: Step[] = [];
  const step = timedSteps(steps, terminal);
  let error: ContractError | undefined;
  let report = readiness([]);
  try {
    const delivery = await step('server', 'PostgreSQL with the privileges of RDS, and S3', () => rehearsal.start());
    terminal.line(`${''.padEnd(9)} Secrets: delivery \`${delivery}\``);
    await step('deploy', 'the objects of the workload stack, and the release', () => rehearsal.deploy());
    await step('again', 'the same once more', () => rehearsal.deploy());
    const dump = await step('dump', 'the CronJob of the dumps, into the bucket', () => rehearsal.dump());
    await step('restore', 'the dump replaces the database', () => rehearsal.deploy({ dump }));
    await step('rotate', 'the next generation of passwords; the previous logins are revoked', () =>
      rehearsal.deploy({ generation: 2, dump: undefined }),
    );
    const restored = { id: 'backup.restore', status: 'pass', detail: `${dump} has replaced the database` } as const;
    const proven = await step('verify', 'what `doctor` asks of an environment', () =>
      proveContract(kubectl, parsedEnvironment(rehearsal.environment), [restored], onNotice),
    );
    report = readiness(proven);
  } catch (caught) {
    if (!interruption.signal.aborted && !(caught instanceof ContractError)) throw caught;
    if (caught instanceof ContractError) error = caught;
  } finally {
    try {
      if (!keep) await step('remove', 'everything that the rehearsal made', () => rehearsal.remove());
    } finally {
      interruption.end();
    }
  }
  if (interruption.signal.aborted) return;
  const passed = error === undefined && report.checklist.every(({ status }) => status === 'proven');
  const mistakes = error?.mistakes ?? [];
  file.write({ command: 'rehearse', context, namespace, chartVersion, steps, ...report, passed, mistakes });
  if (options.html !== undefined) {
    writePage(options.html, {
      command: 'rehearse',
      startedAt,
      target: `PostgreSQL ${major} in the namespace ${namespace} of ${context}`,
      versions: [{ what: 'agent-bom', version: chartVersion }],
      passed,
      readiness: report,
      steps,
      mistakes,
      pools: releasePools(parsedEnvironment(rehearsal.environment).release),
    });
  }
  if (error !== undefined) throw error;
  terminal.line();
  terminal.readiness(report);
  if (keep) file.result.line(`\nThe namespace stays: kubectl --context ${context} delete namespace ${namespace}`);
  process.exitCode = passed ? ExitCode.success : ExitCode.failure;
}

function timedSteps(steps: Step[], terminal: Terminal) {
  return async <Result>(name: string, title: string, work: () => Promise<Result>): Promise<Result> => {
    const done = terminal.step(name, title);
    const start = performance.now();
    let status: StepStatus = 'failed';
    try {
      const result = await work();
      status = 'done';
      return result;
    } finally {
      steps.push({ name, status, milliseconds: Math.round(performance.now() - start) });
      done(status);
    }
  };
}

/** Ctrl-C ends the step that runs, and waits until everything is removed. */
class Interruption {
  private readonly controller = new AbortController();
  private finish: () => void = () => undefined;
  private readonly removed = new Promise<void>((resolve) => {
    this.finish = resolve;
  });
  private readonly takeBack = beforeStop(async () => {
    this.controller.abort(new Error('interrupted'));
    endPrograms();
    await this.removed;
  });

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Everything is removed: there is nothing to wait for. */
  end(): void {
    this.takeBack();
    this.finish();
  }
}
