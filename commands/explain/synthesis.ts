import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContractError } from '../../contract/error';
import { nodeModule } from '../node-module';
import { type Json, StackTemplate } from './stack-template';

/**
 * Both stacks of an environment as Terraform would see them. They are synthesized in a process of their own, by the
 * program that `cdktf synth` runs.
 *
 * @param directory Folder of the environment files.
 * @throws ContractError with what the program says when it refuses the environment.
 */
export async function synthesizeEnvironment(name: string, directory: string): Promise<StackTemplate[]> {
  const outdir = mkdtempSync(join(tmpdir(), 'agent-bom-explain-'));
  try {
    const { code, complaints } = await runMain(directory, outdir);
    if (code !== 0) throw refusal(name, complaints);
    const stacks = join(outdir, 'stacks');
    return readdirSync(stacks)
      .filter((stack) => stack === `${name}-database` || stack === `${name}-workload`)
      .sort()
      .map(
        (stack) =>
          new StackTemplate(stack, JSON.parse(readFileSync(join(stacks, stack, 'cdk.tf.json'), 'utf8')) as Json),
      );
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

async function runMain(directory: string, outdir: string): Promise<{ code: number | null; complaints: string }> {
  const { file, execArgv } = nodeModule('main');
  const main = spawn(process.execPath, [...execArgv, file], {
    // cdktf would ask a host on the network for its newest version.
    env: { ...process.env, CHECKPOINT_DISABLE: '1', ENVIRONMENTS_DIR: directory, CDKTF_OUTDIR: outdir },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaints = '';
  main.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    complaints += chunk;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    main.once('error', reject);
    main.once('close', resolve);
  });
  return { code, complaints };
}

function refusal(name: string, complaints: string): ContractError {
  const missing = /Cannot find module '(cdktf|constructs|@cdktf\/[^/']+)/.exec(complaints)?.[1];
  return missing === undefined
    ? new ContractError({
        path: name,
        got: complaints.trim(),
        rule: 'the environment can be synthesized',
        fix: 'mend what the message names',
      })
    : new ContractError({
        got: `no package ${missing}`,
        rule: 'cdktf and its providers are installed beside this program',
        fix: 'install its peer dependencies: npm 7 and later do so by themselves',
      });
}
