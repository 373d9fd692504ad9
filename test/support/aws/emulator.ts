import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeIf } from '../describe-if';
import { temporaryDirectory } from '../temporary-directory';

/** Tests replace the global one. */
const { fetch } = globalThis;

/** Account that the emulator answers for. */
export const EMULATED_ACCOUNT = '123456789012';

/** An emulator of AWS that listens on this machine, with nothing in it. */
export class Emulator {
  private constructor(
    private readonly server: ChildProcess,
    private readonly cli: AwsCli,
    readonly endpoint: string,
  ) {}

  /** @param variables More settings of the emulator. */
  static async start(variables: Readonly<Record<string, string>> = {}): Promise<Emulator> {
    const server = spawn(tool('moto_server'), ['-H', '127.0.0.1', '-p', '0'], {
      stdio: ['ignore', 'ignore', 'pipe'],
      // Anybody may do anything until a test says otherwise.
      env: { PATH: process.env.PATH, ...variables },
    });
    const endpoint = await new Promise<string>((resolve, reject) => {
      let said = '';
      server.stderr.setEncoding('utf8').on('data', (chunk: string) => {
        said += chunk;
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
        if (found !== undefined) resolve(found);
      });
      server.once('close', () => reject(new Error(`the emulator ended: ${said}`)));
    });
    return new Emulator(server, await AwsCli.start(), endpoint);
  }

  /** Variables with which the AWS CLI, which comes first in PATH, asks the emulator. */
  variables(region = 'eu-west-1'): Readonly<Record<string, string>> {
    return {
      PATH: `${this.cli.directory}:${process.env.PATH}`,
      AWS_ENDPOINT_URL: this.endpoint,
      AWS_ACCESS_KEY_ID: 'testing',
      AWS_SECRET_ACCESS_KEY: 'testing',
      AWS_DEFAULT_REGION: region,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    };
  }

  /** Runs the AWS CLI against the emulator. @returns Its answer, or null where it says nothing. */
  aws(...words: readonly string[]): unknown {
    const env = { ...this.variables(), AWS_PAGER: '' };
    const text = execFileSync(join(this.cli.directory, 'aws'), [...words, '--output', 'json'], {
      env,
      encoding: 'utf8',
    });
    return text.trim() === '' ? null : JSON.parse(text);
  }

  /** Forgets everything, so that the next test begins with an empty account. */
  async reset(): Promise<void> {
    await fetch(`${this.endpoint}/moto-api/reset`, { method: 'POST' });
  }

  /** Whether IAM is enforced from the next request on: with `0` it is, with a large number not for so many requests. */
  async enforceIamAfter(requests: number): Promise<void> {
    await fetch(`${this.endpoint}/moto-api/reset-auth`, { method: 'POST', body: String(requests) });
  }

  async stop(): Promise<void> {
    this.server.removeAllListeners('close');
    const ended = new Promise((resolve) => this.server.once('close', resolve));
    this.server.kill();
    await Promise.all([ended, this.cli.stop()]);
  }
}

/** The AWS CLI in a process that stays, and a directory with a program `aws` that has it answer. */
class AwsCli {
  private constructor(
    private readonly server: ChildProcess,
    readonly directory: string,
  ) {}

  static async start(): Promise<AwsCli> {
    const folder = temporaryDirectory('aws-cli-');
    const client = readFileSync(join(__dirname, 'aws-client.py'), 'utf8');
    writeFileSync(join(folder, 'aws'), `#!${tool('python')} -IS\n${client}`, { mode: 0o755 });
    const server = spawn(tool('python'), [join(__dirname, 'aws-server.py'), join(folder, 'socket')], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { PATH: process.env.PATH },
    });
    const [said] = await Promise.race([once(server.stdout, 'data'), once(server, 'close')]);
    if (String(said) !== 'ready\n') throw new Error(`the AWS CLI ended with ${said}`);
    return new AwsCli(server, folder);
  }

  async stop(): Promise<void> {
    const ended = once(this.server, 'close');
    this.server.stdin?.end();
    await ended;
  }
}

/** `describe` where scripts/emulator.sh has installed the emulator; otherwise it is said that nothing was run. */
export function describeWithEmulator(): ReturnType<typeof describeIf> {
  if (process.env.EMULATOR !== undefined) return describe;
  const what = 'EMULATOR names no directory with an emulator of AWS; scripts/emulator.sh makes one';
  if (process.env.REQUIRE_EMULATOR !== undefined) throw new Error(`CI requires it: ${what}`);
  console.warn(`NOT RUN: ${what}`);
  return describeIf(false);
}

function directory(): string {
  if (process.env.EMULATOR === undefined) throw new Error('EMULATOR is not set');
  return process.env.EMULATOR;
}

function tool(name: string): string {
  return join(directory(), 'bin', name);
}
