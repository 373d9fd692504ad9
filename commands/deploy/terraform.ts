import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { ContractError } from '../../contract/error';
import { beforeStop } from '../shared/stop';
import { type Diagnostic, eventOf, type TerraformEvent } from './events';
import { lockProviders, type Stack } from './stacks';

/** How a run of Terraform ended. */
export interface Finished {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
  /** Errors of a run with `-json`. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Terraform or OpenTofu: the program that a command names, or else a variable, `TERRAFORM` or the one of cdktf. */
export function terraformProgram(named?: string): string {
  const { TERRAFORM, TERRAFORM_BINARY_NAME } = process.env;
  return named || TERRAFORM || TERRAFORM_BINARY_NAME || 'terraform';
}

/** Runs Terraform in the folders of stacks. */
export class Terraform {
  /** @param program Name or path of Terraform or OpenTofu. */
  constructor(readonly program = terraformProgram()) {}

  /**
   * Runs it to its end. Signals that end this program ask it to stop, and it is waited for: it then completes what it has
   * begun and writes its state.
   *
   * @param listen Gets each event of a run with `-json`.
   */
  async run(
    { directory }: Stack,
    commandArguments: readonly string[],
    listen?: (event: TerraformEvent) => void,
  ): Promise<Finished> {
    const child = spawn(this.program, commandArguments, {
      cwd: directory,
      // Its own group: Ctrl-C reaches it once, through this program.
      detached: true,
      env: { ...process.env, TF_IN_AUTOMATION: '1', TF_INPUT: '0', CHECKPOINT_DISABLE: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = new Promise<number>((resolve, reject) => {
      child.once('error', (error) => reject(this.missing(error)));
      child.once('close', (code) => resolve(code ?? 1));
    });
    // A program that is missing is reported below, after what it did not say; until then nobody waits for this.
    ended.catch(() => undefined);
    const takeBack = beforeStop(async () => {
      child.kill('SIGINT');
      await ended;
    });
    try {
      const [said, errors] = await Promise.all([linesOf(child, listen), textOf(child.stderr)]);
      return { code: await ended, errors, ...said };
    } finally {
      takeBack();
    }
  }

  /** Runs it, and stops with what it said where it fails. */
  async mustSucceed(
    stack: Stack,
    commandArguments: readonly string[],
    listen?: (event: TerraformEvent) => void,
  ): Promise<Finished> {
    const finished = await this.run(stack, commandArguments, listen);
    if (finished.code === 0) return finished;
    throw terraformFailure(stack, finished, commandArguments[0] ?? '');
  }

  /** Gets the providers; those that the lock file of the project names and no others, where there is one. */
  async initialize(stack: Stack): Promise<void> {
    const locked = lockProviders(stack) ? ['-lockfile=readonly'] : [];
    await this.mustSucceed(stack, ['init', '-input=false', '-no-color', ...locked]);
  }

  private missing({ message }: Error): ContractError {
    const fix =
      'install Terraform 1.11 or later, or name OpenTofu 1.11 or later with --terraform-binary or in TERRAFORM';
    return new ContractError({ path: this.program, got: message, rule: 'Terraform can be run', fix });
  }
}

async function linesOf(
  { stdout }: ChildProcess,
  listen?: (event: TerraformEvent) => void,
): Promise<Pick<Finished, 'output' | 'diagnostics'>> {
  if (stdout === null) return { output: '', diagnostics: [] };
  if (listen === undefined) return { output: await textOf(stdout), diagnostics: [] };
  const diagnostics: Diagnostic[] = [];
  for await (const line of createInterface({ input: stdout })) {
    const event = eventOf(line);
    if (event?.kind === 'diagnostic' && event.diagnostic.severity === 'error') diagnostics.push(event.diagnostic);
    if (event !== undefined) listen(event);
  }
  return { output: '', diagnostics };
}

async function textOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = '';
  for await (const chunk of stream?.setEncoding('utf8') ?? []) text += String(chunk);
  return text;
}

/** What to do about errors that Terraform names without a way out. */
const ADVICE: readonly (readonly [RegExp, (stack: Stack, text: string) => string])[] = [
  [
    /Error acquiring the state lock/,
    ({ directory }, text) => {
      const id = /ID:\s+(\S+)/.exec(text)?.[1] ?? '<id>';
      return `make sure that the run which "Who" names is not at work; if it is dead: terraform -chdir=${directory} force-unlock ${id}`;
    },
  ],
  [
    /Backend configuration changed/,
    ({ directory }) => `move the state: terraform -chdir=${directory} init -migrate-state`,
  ],
  [
    /Instance cannot be destroyed/,
    () => 'undo the change, or set `releaseProtection: true` in the environment file and deploy that first',
  ],
  [
    /InvalidDB(?:Instance|Cluster)State|not currently in the available state/,
    () => 'RDS was at work on the database: run the same command again, which waits until it is available',
  ],
  [
    /Failed to query available provider packages|could not connect to registry/i,
    () => 'let this machine reach the registry, or name a mirror of the providers in TF_CLI_CONFIG_FILE',
  ],
  [
    /ephemeral\.aws_secretsmanager_secret_version[\s\S]*AccessDenied/,
    () =>
      'with `secrets.delivery: terraform`, a plan of this stack reads the secrets: plan with the role that deploys, or choose another delivery',
  ],
  [
    /did not recognize GroupVersionKind|CRD may not be installed/,
    () => 'install External Secrets Operator 0.16 or later, or choose another `secrets.delivery`',
  ],
];

/** What Terraform said, and what to do. */
export function terraformFailure(stack: Stack, { errors, diagnostics, code }: Finished, what: string): ContractError {
  const said = diagnostics.map(({ summary, detail, address }) =>
    [...(address === undefined ? [] : [address]), summary, detail].join('\n').trimEnd(),
  );
  const text = [...said, errors].join('\n').trim();
  const [, advise] = ADVICE.find(([pattern]) => pattern.test(text)) ?? [];
  return new ContractError({
    path: stack.name,
    got: text === '' ? `exit code ${code}` : `exit code ${code}\n${text}`,
    rule: `terraform ${what} ends without an error`,
    fix: advise?.(stack, text) ?? 'fix what Terraform names, and run it again',
  });
}

/** Runs a script: an error that its user can fix is one message, without a stack trace. */
export async function runScript(work: () => void | Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    process.stderr.write(`\n${error.message}\n\n`);
    process.exitCode = 1;
  }
}
