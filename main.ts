import { App } from 'cdktf';
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
  refuseBeforeAnyIsWritten(environments);
  const manifests = environments.map(({ environment, caBundle }) => {
    const app = new App();
    const files = environmentStacks(app, { environment, caBundle });
    warnOf(environment);
    app.synth();
    writeOutputFiles(app.outdir, files);
    forgetTokens();
    return app.manifest;
  });
  const [whole, ...others] = manifests;
  for (const { stacks } of others) Object.assign(whole?.stacks ?? {}, stacks);
  whole?.writeToFile();
}

/** What a construct refuses in the last environment leaves the files of the first as they are. */
function refuseBeforeAnyIsWritten(environments: readonly EnvironmentFile[]): void {
  if (environments.length === 1) return;
  for (const { environment, caBundle } of environments) {
    environmentStacks(new App(), { environment, caBundle });
    forgetTokens();
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

/** cdktf keeps a stack trace for every token and shows none: they take much of the time and of the memory. */
function withoutStackTraces(work: () => void): void {
  const previous = Error.prepareStackTrace;
  // Only an error needs a trace, and keeps its own.
  Error.prepareStackTrace = (target, sites) =>
    target instanceof Error ? `${target}\n    at ${sites.join('\n    at ')}` : '';
  try {
    work();
  } finally {
    Error.prepareStackTrace = previous;
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
