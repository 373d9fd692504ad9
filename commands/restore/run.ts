import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../../contract/environment/environment';
import type { Mistake } from '../../contract/error';
import { apiDeployment } from '../../contract/names';
import { connectionLimits } from '../../contract/postgres/connection-budget';
import { ADMIN_IDENTITY, RUNTIME_IDENTITIES } from '../../contract/postgres/identities';
import { contractParameters, startupOptions } from '../../contract/postgres/settings';
import { recordedHead } from '../../contract/product/facts';
import { PROGRAM_ROOT } from '../../program-root';
import { findEnvironment } from '../shared/environment/environment-files';
import { ExitCode, UsageError } from '../shared/output/exit-code';
import { JsonReport, type JsonTarget } from '../shared/output/report';
import { type PointInTimeOptions, restoreToMoment } from './point-in-time';

export interface RestoreOptions extends PointInTimeOptions {
  /** Moment to restore to, in place of a dump. */
  readonly to?: string;
  readonly environment: string;
  /** Folder of the environment files. */
  readonly environments?: string;
  readonly replace?: string;
  readonly json?: JsonTarget;
  readonly quiet?: boolean;
}

const SCRIPT = join(PROGRAM_ROOT, 'backup', 'restore.sh');
/** Where programs and temporary files are, and in which language messages are. */
const MACHINE_VARIABLES = ['PATH', 'LD_LIBRARY_PATH', 'HOME', 'TMPDIR', 'LANG', 'LC_ALL', 'LC_MESSAGES', 'TZ'];

/** Restores a dump, or an environment to a moment, and sets the exit code. */
export async function runRestore(dump: string | undefined, options: RestoreOptions): Promise<void> {
  const { to, replace } = options;
  if ((dump === undefined) === (to === undefined) || (to !== undefined && replace !== undefined)) {
    throw new UsageError({
      path: '<file.dump>, --to',
      got:
        [dump ?? [], to === undefined ? [] : `--to ${to}`, replace === undefined ? [] : `--replace ${replace}`]
          .flat()
          .join(' ') || 'neither',
      rule: 'either a dump, with or without --replace, or --to with a moment',
      fix: 'restore --environment <name> --to 2026-11-26T14:00:00Z, or restore <file.dump> --environment <name>',
    });
  }
  if (to !== undefined) await restoreToMoment(to, options);
  else if (dump !== undefined) await restoreDump(dump, options);
}

/** Checks what the script requires, runs it, and sets the exit code. */
async function restoreDump(
  dump: string,
  { environment: name, environments, replace, json, quiet }: RestoreOptions,
): Promise<void> {
  const found = findEnvironment(name, '--environment', environments);
  const mistakes = [...fileMistakes(dump), ...variableMistakes(process.env)];
  if ('mistake' in found) mistakes.push(found.mistake);
  if ('mistake' in found || mistakes.length > 0) throw new UsageError(mistakes);
  const report = new JsonReport(json, quiet);
  const replaceArguments = replace === undefined ? [] : ['--replace', replace];
  const child = spawn('bash', [SCRIPT, dump, ...replaceArguments], {
    stdio: ['inherit', quiet ? 'pipe' : report.isAlone ? process.stderr : 'inherit', 'inherit'],
    env: {
      ...scriptEnvironment(process.env),
      CONTRACT_OPTIONS: contractOptions(found.environment),
      CONTRACT_STOP_COMMAND: stopCommand(found.environment),
    },
  });
  let kept = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    kept += chunk;
  });
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve(status ?? ExitCode.failure));
  });
  if (code !== 0 && kept !== '') report.terminal.always(kept.trimEnd());
  report.write({ command: 'restore', dump, environment: name, replaced: replace ?? null, passed: code === 0 });
  process.exitCode = code === 0 ? ExitCode.success : ExitCode.failure;
}

/** What the scripts use, and nothing that would lead psql elsewhere. */
function scriptEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const urls = [ADMIN_IDENTITY, ...RUNTIME_IDENTITIES].map(({ environmentVariable }) => environmentVariable);
  return Object.fromEntries([...MACHINE_VARIABLES, ...urls].map((name) => [name, environment[name]]));
}

/** What ends the API pods, which the release starts again. */
function stopCommand({ name, namespace }: Environment): string {
  return `kubectl --namespace ${namespace} scale deployment ${apiDeployment(name)} --replicas=0`;
}

function contractOptions({ release }: Environment): string {
  const parameters = contractParameters({
    limits: connectionLimits(release),
    alembicHead: recordedHead(release.chartVersion),
  });
  return startupOptions(parameters);
}

function fileMistakes(dump: string): Mistake[] {
  return [dump, dump.replace(/\.dump$/, '.manifest')]
    .filter((file) => !existsSync(file))
    .map((file) => ({
      path: file,
      got: 'no such file',
      rule: 'a dump `<name>.dump` and next to it its manifest `<name>.manifest`',
      fix: 'copy both files from the backup bucket into one folder',
    }));
}

function variableMistakes(environment: NodeJS.ProcessEnv): Mistake[] {
  return [ADMIN_IDENTITY, ...RUNTIME_IDENTITIES]
    .filter(({ environmentVariable }) => (environment[environmentVariable] ?? '') === '')
    .map(({ environmentVariable, name }) => ({
      path: environmentVariable,
      got: 'nothing',
      rule: `the connection URL of the ${name} identity`,
      fix: 'set it from the Secret that the workloads use',
    }));
}
