import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContractError } from '../../../contract/error';
import { nodeArguments } from '../program-files';

/**
 * What is read from the output directory of all environments of a folder, or what the program said when it refused one.
 * They are synthesized in a separate process, by the program that `cdktf synth` runs.
 *
 * @throws ContractError when what the program needs is not installed.
 */
export async function synthesizeDirectory<Result>(
  directory: string,
  read: (outdir: string) => Result,
): Promise<{ readonly result: Result } | { readonly refusal: string }> {
  const outdir = mkdtempSync(join(tmpdir(), 'agent-bom-synth-'));
  try {
    const { code, complaints } = await synthesizeInto(directory, outdir);
    return code === 0 ? { result: read(outdir) } : { refusal: complaints };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/**
 * Synthesizes all environments of a folder into another one: what `cdktf synth` does, without its command line.
 *
 * @returns The exit code, and what the program said: warnings, or why it refused.
 * @throws ContractError when what the program needs is not installed.
 */
export async function synthesizeInto(
  directory: string,
  outdir: string,
): Promise<{ readonly code: number | null; readonly complaints: string }> {
  const main = spawn(process.execPath, nodeArguments('main'), {
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
  refuseWithoutPeers(complaints);
  return { code, complaints };
}

function refuseWithoutPeers(complaints: string): void {
  const missing = /Cannot find module '(cdktf|constructs|@cdktf\/[^/']+)/.exec(complaints)?.[1];
  if (missing === undefined) return;
  throw new ContractError({
    got: `no package ${missing}`,
    rule: 'cdktf and its providers are installed next to this program',
    fix: 'install the peer dependencies of the package; npm does so unless it is told `--omit=peer`',
  });
}
