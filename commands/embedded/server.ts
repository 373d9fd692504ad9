import { type ChildProcess, fork } from 'node:child_process';
import { ContractError } from '../../contract/error';
import { connectionUrl, encodeUserInfo } from '../../contract/postgres/connection-url';
import { DEFAULT_MAJOR, type PostgresMajor } from '../../contract/postgres/majors';
import { PROGRAM_ROOT } from '../../program-root';
import { nodeArguments } from '../shared/program-files';
import type { Credentials, FromKeeper, ServerAddress, ToKeeper } from './rds-like-server';

export interface EmbeddedServerOptions {
  /** Major version; 16 unless said otherwise. */
  readonly major?: PostgresMajor;
  /** PostgreSQL parameters besides those of an RDS-like server, such as `log_statement`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * A PostgreSQL server of the embedded build that looks like RDS: the administrator is not a superuser, everybody uses TLS,
 * certificates come from its own authority. It lives no longer than this process, however this process ends.
 */
export class EmbeddedServer {
  private static readonly keepers = new Set<ChildProcess>();

  readonly address: ServerAddress;
  private readonly keeper: ChildProcess;

  private constructor(keeper: ChildProcess, address: ServerAddress) {
    this.keeper = keeper;
    this.address = address;
  }

  /**
   * Starts a server with an empty database `agent_bom`, owned by the administrator.
   *
   * @throws Error when it does not start; nothing is left behind then.
   */
  static async start({ major = DEFAULT_MAJOR, settings = {} }: EmbeddedServerOptions = {}): Promise<EmbeddedServer> {
    const [file = '', ...keeperArguments] = nodeArguments('commands/embedded/keeper');
    const keeper = fork(file, keeperArguments, {
      execArgv: [],
      cwd: PROGRAM_ROOT,
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    EmbeddedServer.keepers.add(keeper);
    keeper.once('exit', () => EmbeddedServer.keepers.delete(keeper));
    let complaints = '';
    keeper.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      complaints += chunk;
    });
    const address = new Promise<ServerAddress>((resolve, reject) => {
      keeper.on('message', (message: FromKeeper) => {
        if (message.kind === 'ready') resolve(message.server);
        else if (message.kind === 'failed') reject(failure(message));
      });
      keeper.once('error', reject);
      keeper.once('close', () =>
        reject(new Error(`the embedded server ended before it was ready: ${complaints.trim()}`)),
      );
    });
    send(keeper, { kind: 'start', major, settings });
    try {
      return new EmbeddedServer(keeper, await address);
    } catch (error) {
      await stopKeeper(keeper);
      throw error;
    }
  }

  /** Stops all servers of this process, those that are still starting included. */
  static async stopAll(): Promise<void> {
    await Promise.all([...EmbeddedServer.keepers].map(stopKeeper));
  }

  /** A verified connection URL for one of the server's logins. */
  urlFor(login: Credentials, database = this.address.database): string {
    const { host, port, caFile } = this.address;
    return connectionUrl({
      encodedUser: encodeUserInfo(login.user),
      encodedPassword: encodeUserInfo(login.password),
      host,
      port,
      database,
      caFile: encodeURI(caFile),
    });
  }

  /**
   * Runs a shell command that ends with this server, whoever ends first.
   *
   * @param environment All that the command gets; nothing is inherited.
   * @returns Its exit code, and everything that it wrote.
   */
  run(command: string, environment: Readonly<Record<string, string>>): Promise<{ code: number; output: string }> {
    return new Promise((resolve, reject) => {
      let output = '';
      const listen = (message: FromKeeper): void => {
        if (message.kind === 'output') output += message.text;
        if (message.kind === 'failed') finish(() => reject(new Error(message.message)));
        if (message.kind === 'exit') finish(() => resolve({ code: message.code, output }));
      };
      const finish = (settle: () => void): void => {
        this.keeper.off('message', listen);
        settle();
      };
      this.keeper.on('message', listen);
      send(this.keeper, { kind: 'run', command, environment });
    });
  }

  /** Lets the server outlive this process. */
  keep(): void {
    send(this.keeper, { kind: 'keep' });
    EmbeddedServer.keepers.delete(this.keeper);
    this.keeper.stderr?.destroy();
    this.keeper.disconnect();
    this.keeper.unref();
  }

  /** Stops the server and removes its directory. */
  stop(): Promise<void> {
    return stopKeeper(this.keeper);
  }
}

function failure({ message, mistakes }: Extract<FromKeeper, { kind: 'failed' }>): Error {
  return mistakes === undefined ? new Error(message) : new ContractError(mistakes);
}

function send(keeper: ChildProcess, message: ToKeeper): void {
  keeper.send(message, () => undefined);
}

function stopKeeper(keeper: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (keeper.exitCode !== null || keeper.signalCode !== null) return resolve();
    keeper.once('exit', () => resolve());
    if (keeper.connected) send(keeper, { kind: 'stop' });
  });
}
