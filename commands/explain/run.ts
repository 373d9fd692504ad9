import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Environment } from '../../contract/environment/environment';
import { stackNames } from '../../contract/names';
import { environmentNamed, readEnvironments } from '../shared/environment-files';
import { environmentsDirectory } from '../shared/environment-names';
import { ExitCode, UsageError } from '../shared/exit-code';
import { JsonReport, type JsonTarget } from '../shared/report';
import { synthesizeDirectory } from '../shared/synthesis';
import { explain } from './explanation';
import { iamPolicies, type Purpose } from './iam/policies';
import { writePolicies } from './iam/write';
import { show } from './screen';
import { type Json, StackTemplate } from './stack-template';

export interface ExplainOptions {
  readonly tree?: boolean;
  /** Who the policies are for that are printed instead of an explanation. */
  readonly iam?: Purpose;
  /** Folder for those policies. */
  readonly output?: string;
  /** Folder of the environment files. */
  readonly environments?: string;
  readonly json?: JsonTarget;
}

/** Synthesizes the environment and shows what it contains. */
export async function runExplain(nameOrFile: string, options: ExplainOptions): Promise<void> {
  const { tree, iam, output, environments, json } = options;
  refuseStrayOptions(options);
  const report = new JsonReport(json);
  const { environment, directory } = find(nameOrFile, environments);
  const synthesis = await synthesizeDirectory(directory, (outdir) =>
    stacksOf(environment.name, join(outdir, 'stacks')),
  );
  if ('refusal' in synthesis) {
    process.stderr.write(synthesis.refusal);
    process.exitCode = ExitCode.failure;
    return;
  }
  if (iam !== undefined) {
    writePolicies(iamPolicies(iam, environment, synthesis.result), output);
    return;
  }
  const content = explain(environment, synthesis.result);
  report.write({ command: 'explain', ...content });
  if (!report.isAlone) show(content, report.terminal, tree === true);
}

/** Policies are JSON already, and only they are written to a folder. */
function refuseStrayOptions({ iam, output, tree, json }: ExplainOptions): void {
  const stray = iam === undefined ? output !== undefined && '--output' : (tree && '--tree') || (json && '--json');
  if (!stray) return;
  const rule = iam === undefined ? 'an option of --iam' : 'not an option of --iam, which prints the policies alone';
  throw new UsageError({ path: stray, got: 'the option', rule, fix: `leave ${stray} out` });
}

/** Both stacks of an environment as Terraform would see them; one alone where the database is an existing server. */
function stacksOf(environment: string, folder: string): StackTemplate[] {
  return Object.values(stackNames(environment))
    .map((stack) => ({ stack, file: join(folder, stack, 'cdk.tf.json') }))
    .filter(({ file }) => existsSync(file))
    .map(({ stack, file }) => new StackTemplate(stack, JSON.parse(readFileSync(file, 'utf8')) as Json));
}

/** An environment by its file, or by its name. */
function find(
  nameOrFile: string,
  environments = environmentsDirectory(),
): { environment: Environment; directory: string } {
  const isFile = statSync(nameOrFile, { throwIfNoEntry: false })?.isFile() === true;
  const directory = isFile ? dirname(nameOrFile) : environments;
  const named = isFile
    ? readEnvironments(directory).find(({ file }) => resolve(file) === resolve(nameOrFile))
    : undefined;
  return { environment: (named ?? environmentNamed(nameOrFile, '<environment>', directory)).environment, directory };
}
