import type { Environment } from '../../contract/environment/environment';
import { ContractError } from '../../contract/error';
import type { CheckResult } from '../../contract/postgres/checks';
import { releasePools } from '../../contract/postgres/connection-budget';
import { type Readiness, type ReportedChecklistItem, readiness } from '../../contract/postgres/readiness';
import { writePage } from '../report/write-page';
import { Kubectl, type KubectlTarget } from '../shared/cluster/kubectl';
import { counted, countsInWords } from '../shared/output/check-table';
import { ExitCode, UnreachableError } from '../shared/output/exit-code';
import type { JsonReport } from '../shared/output/report';
import type { Terminal } from '../shared/output/terminal';
import { checkApiInCluster } from './api-access';
import { TOKEN_VARIABLE } from './api-checks';
import { checkBackups } from './backup-checks';
import { type Verification, verifyInCluster } from './cluster-verification';
import { checkPods } from './pod-checks';
import { notVerified } from './verification-log';

/** How the environment is asked. */
export interface EnvironmentDoctorProps {
  readonly environment: Environment;
  readonly target: Pick<KubectlTarget, 'context' | 'kubeconfig'>;
  /** For people. */
  readonly terminal: Terminal;
  /**
   * For machines.
   * @default - no report is written
   */
  readonly report?: JsonReport;
  /** File for the page. */
  readonly html?: string;
}

const WORDS = { failed: 'failed', open: 'not proven', proven: 'proven' } as const;
const STYLES = { failed: 'red', open: 'yellow', proven: 'green' } as const;
const ORDER: readonly ReportedChecklistItem['status'][] = ['failed', 'open', 'proven'];

/** Answers every item of the operational checklist for an environment, shows the answers, and sets the exit code. */
export async function doctorOfEnvironment(props: EnvironmentDoctorProps): Promise<void> {
  const { environment, target, terminal, report: file, html } = props;
  const startedAt = new Date();
  const { name, namespace, release } = environment;
  const found = await examine(environment, target, (what) => terminal.line(terminal.styled('dim', what)));
  const report = readiness(found.results);
  const proven = report.checklist.every(({ status }) => status === 'proven');
  const passed = report.passed && proven;
  file?.write({ command: 'doctor', environment: name, chartVersion: release.chartVersion, ...report, passed });
  if (html !== undefined) {
    writePage(html, {
      command: 'doctor',
      startedAt,
      target: found.target ?? `environment ${name}`,
      versions: [
        { what: 'Environment', version: name },
        { what: 'Namespace', version: namespace },
        { what: 'agent-bom', version: release.chartVersion },
      ],
      passed,
      readiness: report,
      steps: [],
      mistakes: found.error?.mistakes ?? [],
      pools: releasePools(release),
    });
  }
  show(terminal, name, report, passed);
  if (found.error !== undefined) terminal.always(`\n${found.error.message}`);
  process.exitCode = passed
    ? ExitCode.success
    : found.error instanceof UnreachableError
      ? ExitCode.unreachable
      : ExitCode.failure;
}

interface Examination extends Pick<Verification, 'target'> {
  readonly results: readonly CheckResult[];
  /** Why the cluster was not asked, or the database did not answer. */
  readonly error?: ContractError;
}

/** Everything at once: the Job takes the longest. AWS is asked whether the cluster answers or not. */
export async function examine(
  environment: Environment,
  target: Pick<KubectlTarget, 'context' | 'kubeconfig'>,
  onProgress: (what: string) => void,
): Promise<Examination> {
  const kubectl = new Kubectl({ ...target, namespace: environment.namespace });
  const backups = checkBackups(environment, new Date());
  try {
    const verification = await verifyInCluster(kubectl, environment, onProgress);
    onProgress('asking the API, the pods and AWS');
    const others = await Promise.all([
      checkPods(kubectl),
      checkApiInCluster(kubectl, environment, process.env[TOKEN_VARIABLE]?.trim()),
      backups,
    ]);
    const { target: database, failure } = verification;
    const results = [...verification.results, ...others.flat()];
    return { results, target: database, error: failure === undefined ? undefined : noDatabase(failure, environment) };
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    const [mistake] = error.mistakes;
    const reason = mistake?.got ?? mistake?.rule ?? 'the cluster was not asked';
    const outside = ['pods.secret-source', 'api.rate-limit', 'api.audit-log'].map(
      (id): CheckResult => ({ id, status: 'skip', detail: `not checked: ${reason}` }),
    );
    return { results: [...notVerified(reason), ...outside, ...(await backups)], error };
  }
}

function noDatabase(failure: string, { namespace }: Environment): ContractError {
  return new UnreachableError({
    path: 'verification',
    got: failure,
    rule: 'a pod in the cluster reaches the database and runs the checks',
    fix: `kubectl --namespace ${namespace} get events --sort-by=.lastTimestamp says what happened to the pod`,
  });
}

function show(terminal: Terminal, name: string, report: Readiness, passed: boolean): void {
  const shown = ORDER.filter((status) => !terminal.quiet || status !== 'proven');
  const items = shown.flatMap((status) => report.checklist.filter((item) => item.status === status));
  const rows = items.map((item) => [
    String(item.item),
    terminal.styled(STYLES[item.status], WORDS[item.status]),
    `${item.statement}
${evidenceOf(item, report)}`,
  ]);
  terminal.table(['', 'status', 'checklist'], rows);
  const answers = new Set(report.checks.filter(({ checklistItem }) => checklistItem !== undefined).map(({ id }) => id));
  const failed = report.checks.filter(({ id, status }) => status === 'fail' && !answers.has(id));
  for (const { id, detail } of failed) terminal.always(`${terminal.styled('red', 'fail')} ${id}: ${detail}`);
  const open = report.checklist.filter(({ status }) => status === 'open').length;
  const verdict = passed
    ? terminal.styled('green', `${name} is ready for production`)
    : terminal.styled('red', `${name} is not proven to be ready for production`);
  terminal.line();
  terminal.always(
    `${verdict}: ${countsInWords(report.counts)}${open === 0 ? '' : `, ${counted(open, 'item')} not proven`}.`,
  );
}

/** What the checks of an item found, those first that decide it. */
function evidenceOf({ item, status }: ReportedChecklistItem, { checks }: Readiness): string {
  const own = checks.filter(({ checklistItem }) => checklistItem === item);
  const deciding = { failed: 'fail', open: 'skip', proven: 'pass' } as const;
  const found = own.filter((check) => check.status === deciding[status]);
  const ids = new Map<string, string[]>();
  for (const { id, detail } of found) {
    const said = detail.replace(/^not checked: /, '');
    ids.set(said, [...(ids.get(said) ?? []), id]);
  }
  // One reason may keep several checks from running.
  return [...ids].map(([said, all]) => `${all.join(', ')}: ${said}`).join('\n') || 'no check ran';
}
