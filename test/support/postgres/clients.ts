import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedServer } from '../../../commands/embedded/server';
import {
  defaultParameters,
  fillStandIn,
  packagedUrl,
  rehearsalUrls,
  runStandIn,
} from '../../../commands/rehearse/rehearse';
import { clientPath, missingClientTools } from '../../../commands/rehearse/restore-step';
import { applyStep, type ContractRun } from '../../../commands/shared/postgres/contract-runner';
import type { PostgresMajor } from '../../../contract/postgres/majors';
import { startupOptions } from '../../../contract/postgres/settings';
import { query, superuserUrl } from './database';
import { TESTED_MAJORS } from './majors';

const BACKUP = join(__dirname, '..', '..', '..', 'backup');

/** How a script of `backup/` is started. */
export interface ScriptOptions {
  /** Major version of psql, pg_dump and pg_restore; by default the server's. */
  readonly client?: PostgresMajor;
  /** Variables that differ from those of the Jobs. */
  readonly env?: Readonly<Record<string, string>>;
  /** Directory with executables that go before the client's. */
  readonly executables?: string;
  /** Database that the URLs name instead of the environment's. */
  readonly database?: string;
  /** Directory of the scripts; by default that of the project. */
  readonly scripts?: string;
}

export interface ScriptResult {
  readonly code: number | null;
  readonly output: string;
}

/** A script of `backup/` that is running. */
export class RunningScript {
  output = '';
  readonly finished: Promise<ScriptResult>;

  constructor(readonly process: ChildProcess) {
    for (const stream of [process.stdout, process.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        this.output += chunk;
      });
    }
    this.finished = new Promise((resolve) => {
      process.once('exit', (code) => resolve({ code, output: this.output }));
    });
  }

  /** Kills the script and everything that it started. */
  kill(): void {
    if (this.process.pid !== undefined && this.process.exitCode === null) process.kill(-this.process.pid, 'SIGKILL');
  }

  /** Once everything that the script started has closed its output. */
  closed(): Promise<ScriptResult> {
    return new Promise((resolve) => {
      this.process.once('close', (code) => resolve({ code, output: this.output }));
    });
  }
}

/** A server, and the environment of the Jobs that back it up and restore it. */
export class BackedUpServer {
  private constructor(
    readonly server: EmbeddedServer,
    readonly major: PostgresMajor,
    readonly run: ContractRun,
  ) {}

  /** A server with an empty database. */
  static async empty(major: PostgresMajor, settings: Readonly<Record<string, string>> = {}): Promise<BackedUpServer> {
    const server = await EmbeddedServer.start({ major, settings });
    return new BackedUpServer(server, major, { urls: rehearsalUrls(server), parameters: defaultParameters() });
  }

  /** A server whose database is migrated and holds rows of two tenants. */
  static async filled(major: PostgresMajor, settings?: Readonly<Record<string, string>>): Promise<BackedUpServer> {
    const one = await BackedUpServer.empty(major, settings);
    await applyStep('before', one.run);
    await runStandIn(packagedUrl(one.server));
    await applyStep('after', one.run);
    await fillStandIn(one.run.urls.app);
    return one;
  }

  /** Starts a script in a process group of its own. */
  start(file: string, scriptArguments: readonly string[], options: ScriptOptions = {}): RunningScript {
    const { client = this.major, executables, env, database, scripts = BACKUP } = options;
    const urls = {
      ALEMBIC_DATABASE_URL: packagedUrl(this.server),
      AGENT_BOM_POSTGRES_URL: this.run.urls.app,
      AGENT_BOM_POSTGRES_MAINTENANCE_URL: this.run.urls.maintenance,
      AGENT_BOM_POSTGRES_BACKUP_URL: this.run.urls.backup,
    };
    const named = Object.entries(urls).map(([name, url]) => [
      name,
      database === undefined ? url : url.replace('/agent_bom?', `/${database}?`),
    ]);
    const child = spawn('bash', [join(scripts, file), ...scriptArguments], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: [executables, clientPath(Number(client))].filter((part) => part !== undefined).join(':'),
        // A script that is killed leaves its files, which go away with the server.
        TMPDIR: this.server.address.directory,
        CONTRACT_OPTIONS: startupOptions(this.run.parameters),
        ...Object.fromEntries(named),
        ...env,
      },
    });
    return new RunningScript(child);
  }

  script(file: string, scriptArguments: readonly string[], options?: ScriptOptions): Promise<ScriptResult> {
    return this.start(file, scriptArguments, options).closed();
  }

  asSuperuser<Row extends object>(...sql: string[]): Promise<Row[]> {
    return query(superuserUrl(this.server), ...sql);
  }

  /** What the server wrote into its log. */
  log(): string {
    return readFileSync(join(this.server.address.directory, 'server.log'), 'utf8');
  }
}

/** Majors whose own client is on this machine; where CI requires the clients, one that is missing is a failure. */
export function majorsWithClient(): PostgresMajor[] {
  const missing = TESTED_MAJORS.filter((major) => missingClientTools(Number(major)) !== undefined);
  if (missing.length > 0) {
    const what = `the clients of PostgreSQL ${missing.join(', ')}; scripts/client-tools.sh installs them`;
    if (process.env.REQUIRE_PSQL !== undefined) throw new Error(`CI requires ${what}`);
    console.warn(`NOT RUN, because these are missing: ${what}`);
  }
  return TESTED_MAJORS.filter((major) => !missing.includes(major));
}
