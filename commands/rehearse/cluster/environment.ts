import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Environment } from '../../../contract/environment/environment';
import { parseEnvironment } from '../../../contract/environment/parse';
import { ContractError } from '../../../contract/error';
import { stackNames } from '../../../contract/names';
import type { PostgresMajor } from '../../../contract/postgres/majors';
import { synthesizeDirectory } from '../../shared/environment/synthesis';
import { type StackStep, stackSteps } from './stack';

/** Name of the environment that is rehearsed. */
export const ENVIRONMENT_NAME = 'rehearsal';

/** What the rehearsed environment is like. */
export interface RehearsedEnvironment {
  readonly namespace: string;
  readonly major: PostgresMajor;
  /** How Secrets come into the namespace: through the operator, or written by the rehearsal. */
  readonly delivery: 'external-secrets' | 'existing';
  /** Generation of the passwords. */
  readonly generation: number;
  readonly chartVersion: string;
  /** Connections that each API pod keeps open: a value that a user changes. */
  readonly poolMinimum: number;
  /** PEM text of the certificate authority that signed the server's certificate. */
  readonly authority: string;
  /**
   * Name of a dump in the bucket that replaces the database.
   * @default - none
   */
  readonly dump?: string;
}

/** What synth makes of an environment, as far as a cluster gets to see it. */
export interface SynthesizedWorkload {
  readonly steps: readonly StackStep[];
  /** Text of the file that says which Secrets have to exist, where the delivery is `existing`. */
  readonly secretManifest?: string;
}

/**
 * Synthesizes the environment with the program that `cdktf synth` runs, and reads the workload stack from the output.
 *
 * @param output Value of an output of the database stack, of which there is none here.
 * @throws ContractError when the environment is refused.
 */
export async function synthesizeRehearsal(
  environment: RehearsedEnvironment,
  output: (name: string) => string,
): Promise<SynthesizedWorkload> {
  const directory = mkdtempSync(join(tmpdir(), 'agent-bom-rehearsal-'));
  try {
    writeEnvironment(directory, environment);
    const synthesis = await synthesizeDirectory(directory, (outdir) => readWorkload(outdir, environment, output));
    if ('result' in synthesis) return synthesis.result;
    throw new ContractError({
      got: synthesis.refusal.trimEnd(),
      rule: 'the rehearsed environment can be synthesized',
      fix: 'give a version of the product that this program knows, with --chart-version',
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Writes the environment file, and the certificate authority that it names. */
export function writeEnvironment(directory: string, environment: RehearsedEnvironment): void {
  writeFileSync(join(directory, 'ca.pem'), environment.authority);
  writeFileSync(join(directory, `${ENVIRONMENT_NAME}.yaml`), stringify(environmentFile(environment)));
}

/** Reads what a cluster gets to see from the output directory of synth. */
export function readWorkload(
  outdir: string,
  { delivery }: RehearsedEnvironment,
  output: (name: string) => string,
): SynthesizedWorkload {
  const stack = join(outdir, 'stacks', stackNames(ENVIRONMENT_NAME).workload, 'cdk.tf.json');
  return {
    steps: stackSteps(JSON.parse(readFileSync(stack, 'utf8')), output),
    ...(delivery === 'existing' && {
      secretManifest: readFileSync(join(outdir, ENVIRONMENT_NAME, 'secrets.yaml'), 'utf8'),
    }),
  };
}

/** The environment as its file describes it. */
export function parsedEnvironment(environment: RehearsedEnvironment): Environment {
  const parsed = parseEnvironment(`${ENVIRONMENT_NAME}.yaml`, stringify(environmentFile(environment)));
  if ('environment' in parsed) return parsed.environment;
  throw new ContractError(parsed.mistakes);
}

/** Content of the environment file. */
export function environmentFile(environment: RehearsedEnvironment): object {
  const { namespace, major, delivery, generation, chartVersion, poolMinimum, dump } = environment;
  return {
    name: ENVIRONMENT_NAME,
    region: 'eu-west-1',
    // Without annotations of roles, which only EKS reads.
    cluster: { name: ENVIRONMENT_NAME, podRoles: 'pod-identity' },
    namespace: { name: namespace, create: false },
    database: {
      subnetIds: ['subnet-00000000', 'subnet-00000001'],
      engine: major,
      caBundleFile: 'ca.pem',
      access: { pods: 'none', cidrs: ['10.0.0.0/8'] },
    },
    secrets: { delivery, generation },
    backup: { scratchGib: 1, ...(dump !== undefined && { restore: { dump, replace: 'agent_bom' } }) },
    release: { chartVersion, poolMinimum, trustedProxyIssuer: ENVIRONMENT_NAME },
  };
}
