import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Environment } from '../../contract/environment/environment';
import { readEnvironments } from '../shared/environment-files';
import { environmentNamed } from '../shared/environment-named';
import { environmentsDirectory } from '../shared/environment-names';
import { ExitCode } from '../shared/exit-code';
import { JsonReport, type JsonTarget } from '../shared/json-report';
import { explain } from './explanation';
import { show } from './screen';
import { synthesizeEnvironment } from './synthesis';

export interface ExplainOptions {
  readonly tree?: boolean;
  /** Folder of the environment files. */
  readonly environments?: string;
  readonly json?: JsonTarget;
}

/** Synthesizes the environment and shows what it contains. */
export async function runExplain(nameOrFile: string, { tree, environments, json }: ExplainOptions): Promise<void> {
  const report = new JsonReport(json);
  const { environment, directory } = find(nameOrFile, environments);
  const synthesis = await synthesizeEnvironment(environment.name, directory);
  if ('refusal' in synthesis) {
    process.stderr.write(synthesis.refusal);
    process.exitCode = ExitCode.failure;
    return;
  }
  const content = explain(environment, synthesis.stacks);
  report.write({ command: 'explain', ...content });
  if (!report.isAlone) show(content, report.terminal, tree === true);
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
