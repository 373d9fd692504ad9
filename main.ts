import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { App, type Manifest } from 'cdktf';
import { type EnvironmentFile, readEnvironments } from './commands/shared/environment/environment-files';
import { writeOutputFiles } from './commands/shared/output-files';
import { systemFailure } from './commands/shared/system-failure';
import { environmentWarnings } from './contract/environment/review/warnings';
import { ContractError } from './contract/error';
import { environmentStacks } from './stacks/environment-stacks';

/** The environments that nobody deploys. */
const EXAMPLES = ['example', 'example-byo'];

function warn(text: string): void {
  process.stderr.write(`warning: ${text}\n`);
}

function warnOfLocalState(name: string): void {
  warn(`the Terraform state of ${name} is a file on this machine; name a bucket in \`state\` of its environment file`);
}

/**
 * Each environment is an app of its own, which is forgotten before the next: cdktf would keep all constructs and tokens, and
 * a thousand environments would take a gigabyte. The manifest names the stacks of all of them.
 */
function synthesize(environments: readonly EnvironmentFile[]): void {
  const outdir = process.env.CDKTF_OUTDIR ?? 'cdktf.out';
  mkdirSync(outdir, { recursive: true });
  removeUnfinished(outdir);
  // What a construct refuses in the last environment leaves the files of all of them as they are.
  const unfinished = mkdtempSync(join(outdir, `unfinished-${process.pid}-`));
  try {
    const [whole, ...others] = environments.map((environment) => synthesizeInto(unfinished, environment));
    for (const { stacks } of others) Object.assign(whole?.stacks ?? {}, stacks);
    whole?.writeToFile();
    moveFiles(unfinished, outdir);
    for (const { environment } of environments) warnOf(environment);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** What runs have left that were killed. */
function removeUnfinished(outdir: string): void {
  for (const name of readdirSync(outdir)) {
    const [, pid] = /^unfinished-(\d+)-/.exec(name) ?? [];
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(outdir, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function synthesizeInto(outdir: string, { environment, caBundle }: EnvironmentFile): Manifest {
  const app = new App({ outdir });
  const files = environmentStacks(app, { environment, caBundle });
  app.synth();
  writeOutputFiles(outdir, files);
  forgetTokens();
  return app.manifest;
}

/** Over files of the same name; what else is in the folder stays, such as what Terraform keeps next to a stack. */
function moveFiles(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const move = entry.isDirectory() ? moveFiles : renameSync;
    move(join(from, entry.name), join(to, entry.name));
  }
}

function warnOf(environment: EnvironmentFile['environment']): void {
  if (EXAMPLES.includes(environment.name)) return;
  for (const { path, text } of environmentWarnings(environment)) warn(`${environment.name}: ${path}: ${text}`);
  if (environment.state === undefined) warnOfLocalState(environment.name);
}

function forgetTokens(): void {
  const { __cdktfTokenMap: tokens } = globalThis as { __cdktfTokenMap?: object };
  for (const map of Object.values(tokens ?? {})) if (map instanceof Map) map.clear();
}

/** cdktf takes a stack trace for every token and shows none: they take much of the time and of the memory. */
function withoutStackTraces(work: () => void): void {
  const { captureStackTrace } = Error;
  Error.captureStackTrace = (target, below) => {
    if (target instanceof Error) captureStackTrace(target, below);
  };
  try {
    work();
  } finally {
    Error.captureStackTrace = captureStackTrace;
  }
}

try {
  const environments = readEnvironments(process.env.ENVIRONMENTS_DIR ?? 'environments');
  withoutStackTraces(() => synthesize(environments));
} catch (error) {
  const told = error instanceof ContractError ? error : systemFailure(error);
  if (told === undefined) throw error;
  process.stderr.write(`\n${told.message}\n\n`);
  process.exitCode = 1;
}
