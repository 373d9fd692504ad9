import { environmentWarnings } from '../../contract/environment/review/warnings';
import { countChecks } from '../shared/check-table';
import { environmentNamed } from '../shared/environment-files';
import { ExitCode } from '../shared/exit-code';
import { JsonReport, type JsonTarget } from '../shared/report';
import type { Terminal } from '../shared/terminal';
import { ACCOUNT_CHECKS, describeCluster } from './account-checks';
import type { Finding, Preflight, PreflightCheck, PreflightResult } from './check';
import { CLUSTER_CHECKS, CONTEXT_CHECK, REACHABLE_CHECK } from './cluster-checks';
import { MACHINE_CHECKS, REGISTRY_CHECK } from './machine-checks';
import { requirementsOf } from './requirements';
import { UPGRADE_CHECK, VERSION_CHECK } from './version-checks';

export interface PreflightOptions {
  /** Folder of the environment files. */
  readonly environments?: string;
  readonly json?: JsonTarget;
}

/** Checks the requirements of a deployment, shows the results, and sets the exit code. */
export async function runPreflight(name: string, { environments, json }: PreflightOptions): Promise<void> {
  const file = new JsonReport(json);
  const { environment } = environmentNamed(name, '<environment>', environments);
  const results = await checkEverything({
    environment,
    requirements: requirementsOf(environment),
    cluster: describeCluster(environment),
  });
  const failed = results.filter(({ status }) => status === 'fail');
  const passed = failed.length === 0;
  const warnings = [
    ...environmentWarnings(environment).map(({ path, text }) => `${path}: ${text}`),
    ...results.flatMap(({ warning }) => warning ?? []),
  ];
  const checks = results.map(({ warning, ...check }) => check);
  file.write({ command: 'preflight', environment: name, passed, counts: countChecks(results), warnings, checks });
  if (!file.isAlone) show(file.terminal, name, results, warnings);
  process.exitCode = isUnreachable(failed.map(({ id }) => id))
    ? ExitCode.unreachable
    : failed.length > 0
      ? ExitCode.failure
      : ExitCode.success;
}

/** Whether the cluster or AWS did not answer; a missing program is a plain failure. */
function isUnreachable(failed: readonly string[]): boolean {
  return (
    failed.includes(REACHABLE_CHECK.id) || (failed.includes('account.identity') && !failed.includes('machine.aws'))
  );
}

/** Machine and account at the same time; the cluster once it is known to be the right one and answers. */
async function checkEverything(preflight: Preflight): Promise<PreflightResult[]> {
  const [outside, context] = await Promise.all([
    Promise.all(
      [VERSION_CHECK, ...MACHINE_CHECKS, REGISTRY_CHECK, ...ACCOUNT_CHECKS].map((check) => result(check, preflight)),
    ),
    result(CONTEXT_CHECK, preflight),
  ]);
  const reachable = await resultAfter(context, REACHABLE_CHECK, preflight);
  const inside = await Promise.all(
    [...CLUSTER_CHECKS, UPGRADE_CHECK].map((check) => resultAfter(reachable, check, preflight)),
  );
  return [...outside, context, reachable, ...inside];
}

function resultAfter(first: PreflightResult, check: PreflightCheck, preflight: Preflight): Promise<PreflightResult> {
  const detail = `not checked: ${first.id} does not pass`;
  return result(check, preflight, first.status === 'pass' ? undefined : { status: 'skip', detail });
}

async function result(check: PreflightCheck, preflight: Preflight, instead?: Finding): Promise<PreflightResult> {
  const { id, proves, required, run, fix } = check;
  if (required?.(preflight.requirements) === false)
    return { id, proves, status: 'skip', detail: 'the environment does not require it' };
  const finding = instead ?? (await run(preflight));
  return { id, proves, ...finding, ...(finding.status === 'fail' ? { fix: finding.fix ?? fix(preflight) } : {}) };
}

function show(
  terminal: Terminal,
  name: string,
  results: readonly PreflightResult[],
  warnings: readonly string[],
): void {
  terminal.checks(results);
  const counts = countChecks(results);
  for (const { id, fix } of results.filter(({ status }) => status === 'fail')) terminal.always(`\n${id}:\n  ${fix}`);
  for (const warning of warnings) terminal.line(`\n${terminal.styled('yellow', 'warning')}: ${warning}`);
  const passed = counts.fail === 0;
  terminal.verdict(passed, `${name} ${passed ? 'can be deployed' : 'cannot be deployed yet'}`, counts);
}
