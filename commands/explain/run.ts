import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Environment } from '../../contract/environment';
import { readEnvironments } from '../environment-files';
import { unknownEnvironment } from '../environment-named';
import { environmentNames, environmentsDirectory } from '../environment-names';
import { ExitCode, UsageError } from '../exit-code';
import { JsonReport, type JsonTarget } from '../json-report';
import { explain } from './explanation';
import { show } from './screen';
import { synthesizeEnvironment } from './synthesis';

export interface ExplainOptions {
  readonly tree?: boolean;
  readonly json?: JsonTarget;
}

/** Synthesizes the environment and shows what it contains. */
export async function runExplain(nameOrFile: string, { tree, json }: ExplainOptions): Promise<void> {
  const report = new JsonReport(json);
  const { environment, directory } = find(nameOrFile);
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

function find(nameOrFile: string): { environment: Environment; directory: string } {
  const isFile = statSync(nameOrFile, { throwIfNoEntry: false })?.isFile() === true;
  const directory = isFile ? dirname(nameOrFile) : environmentsDirectory();
  const found = readEnvironments(directory).find(({ file, environment }) =>
    isFile ? resolve(file) === resolve(nameOrFile) : environment.name === nameOrFile,
  );
  if (found !== undefined) return { environment: found.environment, directory };
  const known = [...environmentNames(directory).keys()].join(', ');
  throw new UsageError({
    ...unknownEnvironment(nameOrFile, '<environment>'),
    rule: `an environment of ${directory}: ${known}`,
  });
}
