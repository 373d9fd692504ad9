import { environmentWarnings } from '../../contract/environment/review/warnings';
import { synthesizedStacks } from '../explain/synthesized';
import { locatedEnvironment } from '../shared/environment/environment-files';
import { countChecks } from '../shared/output/check-table';
import { ExitCode } from '../shared/output/exit-code';
import { JsonReport, type JsonTarget } from '../shared/output/report';
import type { Terminal } from '../shared/output/terminal';
import { CLUSTER_ACCOUNT_CHECKS, describeCluster } from './account/cluster-account';
import { askCaller, IDENTITY_CHECK, REGION_CHECK } from './account/identity';
import { NAME_CHECKS } from './account/names';
import { PERMISSION_CHECKS } from './account/permissions';
import { QUOTA_CHECKS } from './account/quotas';
import { askServer, SERVER_CHECKS } from './account/server';
import { SUBNET_CHECK } from './account/subnets';
import type { Finding, Preflight, PreflightCheck, PreflightResult } from './check';
import { CLUSTER_CHECKS, CONTEXT_CHECK, REACHABLE_CHECK } from './cluster-checks';
import { MACHINE_CHECKS, REGISTRY_CHECK } from './machine-checks';
import { requirementsOf } from './requirements';
import { UPGRADE_CHECK, VERSION_CHECK } from './version-checks';

export interface PreflightOptions {
  /** Folder of the environment files. */
  readonly environments?: string;
  readonly json?: JsonTarget;
  readonly quiet?: boolean;
}

const NOT_REQUIRED = 'the environment does not require it';

/** Checks the requirements of a deployment, shows the results, and sets the exit code. */
export async function runPreflight(nameOrFile: string, { environments, json, quiet }: PreflightOptions): Promise<void> {
  const file = new JsonReport(json, quiet);
  const { environment, directory } = locatedEnvironment(nameOrFile, environments);
  const { name } = environment;
  const results = await checkEverything({
    environment,
    requirements: requirementsOf(environment),
    cluster: describeCluster(environment),
    stacks: askStacks(name, directory),
    server: askServer(environment),
    caller: askCaller(environment.region),
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

const ACCOUNT_CHECKS: readonly PreflightCheck[] = [
  ...CLUSTER_ACCOUNT_CHECKS,
  SUBNET_CHECK,
  ...SERVER_CHECKS,
  ...NAME_CHECKS,
  ...QUOTA_CHECKS,
  ...PERMISSION_CHECKS,
];

/** What the environment creates. Where that is not known, what depends on it is not asked. */
async function askStacks(name: string, directory: string): Promise<Awaited<Preflight['stacks']>> {
  const synthesis = await synthesizedStacks(name, directory).catch((error: Error) => ({ refusal: error.message }));
  if ('result' in synthesis) return synthesis.result;
  return { reason: `the environment cannot be synthesized: ${synthesis.refusal.trim().split('\n')[0]}` };
}

/** Whether the cluster or AWS did not answer; a missing program is a plain failure. */
function isUnreachable(failed: readonly string[]): boolean {
  return (
    failed.includes(REACHABLE_CHECK.id) || (failed.includes('account.identity') && !failed.includes('machine.aws'))
  );
}

/** Machine and account at the same time, once AWS accepts the credentials; the cluster once it is the right one. */
async function checkEverything(preflight: Preflight): Promise<PreflightResult[]> {
  const [machine, account, context] = await Promise.all([
    Promise.all([VERSION_CHECK, ...MACHINE_CHECKS, REGISTRY_CHECK].map((check) => result(check, preflight))),
    checkAccount(preflight),
    result(CONTEXT_CHECK, preflight),
  ]);
  const reachable = await resultAfter(context, REACHABLE_CHECK, preflight);
  const inside = await Promise.all(
    [...CLUSTER_CHECKS, UPGRADE_CHECK].map((check) => resultAfter(reachable, check, preflight)),
  );
  return [...machine, ...account, context, reachable, ...inside];
}

async function checkAccount(preflight: Preflight): Promise<PreflightResult[]> {
  const [identity, region] = await Promise.all([result(IDENTITY_CHECK, preflight), result(REGION_CHECK, preflight)]);
  const others = await Promise.all(ACCOUNT_CHECKS.map((check) => resultAfter(identity, check, preflight)));
  return [identity, region, ...others];
}

function resultAfter(first: PreflightResult, check: PreflightCheck, preflight: Preflight): Promise<PreflightResult> {
  const detail = `not checked: ${first.id} does not pass`;
  return result(check, preflight, first.status === 'pass' ? undefined : { status: 'skip', detail });
}

async function result(check: PreflightCheck, preflight: Preflight, instead?: Finding): Promise<PreflightResult> {
  const { id, proves, required, run, fix } = check;
  if (required?.(preflight.requirements) === false) return { id, proves, status: 'skip', detail: NOT_REQUIRED };
  const finding = instead ?? (await run(preflight));
  return { id, proves, ...finding, ...(finding.status === 'fail' ? { fix: finding.fix ?? fix(preflight) } : {}) };
}

/** What fails is shown first, then what could not be asked; what the environment does not require is last. */
function urgency({ status, detail }: PreflightResult): number {
  if (status === 'fail') return 0;
  if (status === 'pass') return 2;
  return detail === NOT_REQUIRED ? 3 : 1;
}

function show(
  terminal: Terminal,
  name: string,
  results: readonly PreflightResult[],
  warnings: readonly string[],
): void {
  terminal.checks([...results].sort((one, other) => urgency(one) - urgency(other)));
  const counts = countChecks(results);
  for (const { id, fix } of results.filter(({ status }) => status === 'fail')) terminal.always(`\n${id}:\n  ${fix}`);
  for (const warning of warnings) terminal.line(`\n${terminal.styled('yellow', 'warning')}: ${warning}`);
  const hasGaps = results.some((result) => urgency(result) === 1);
  const passed = counts.fail === 0;
  const can = hasGaps ? 'can be deployed, as far as could be asked' : 'can be deployed';
  terminal.verdict(passed, `${name} ${passed ? can : 'cannot be deployed yet'}`, counts);
}
