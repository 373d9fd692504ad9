import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, createWriteStream, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContractError, type Mistake } from '../../contract/error';
import { DATABASE_NAME } from '../../contract/names';
import type { PostgresMajor } from '../../contract/postgres/majors';
import { postgresClient } from '../shared/postgres/postgres-client';
import { embeddedBinaries, embeddedVersion, isOpenToEveryone, type ServerUser, serverUser } from './binaries';
import type { ServerCertificates } from './certificates';
import { KeptDataDirectory } from './kept-data-directory';

/** Parameters of a small RDS instance, and what makes a server that lives for seconds start and stop quickly. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: 'localhost',
  unix_socket_directories: '',
  ssl: 'on',
  ssl_cert_file: 'server.crt',
  ssl_key_file: 'server.key',
  ssl_min_protocol_version: 'TLSv1.2',
  password_encryption: 'scram-sha-256',
  max_connections: '450',
  timezone: 'UTC',
  log_timezone: 'UTC',
  fsync: 'off',
  shared_buffers: '32MB',
};

/** `rds.force_ssl`: the server rejects connections without TLS before it asks for the password. */
const HOST_RULES = 'hostssl all all all scram-sha-256\nhostnossl all all all reject\n';

/**
 * A PostgreSQL server with the peculiarities of RDS: an administrator without SUPERUSER, TLS for everybody, an
 * authority that no system store knows. Lives in one temporary directory.
 */
export class RdsLikeServer {
  private readonly user: ServerUser | undefined = serverUser();
  readonly directory = mkdtempSync(join(temporaryDirectory(this.user), 'agent-bom-postgres-'));
  private readonly superuser: Credentials = { user: 'rdsadmin', password: randomPassword() };
  private readonly admin: Credentials = { user: 'agent_bom_admin', password: randomPassword() };
  private readonly dataDirectory = join(this.directory, 'data');
  /** What fills the data directory, while it does. */
  private initialisation: ChildProcess | undefined;
  /** Password of the superuser in the data directory, until the server runs. */
  private initialPassword = this.superuser.password;
  private postmaster: ChildProcess | undefined;
  /** Made while the data directory is filled. */
  private certificates: Promise<ServerCertificates> | undefined;
  private authority = '';
  private stopped = false;

  constructor(private readonly major: PostgresMajor) {}

  async start(settings: Readonly<Record<string, string>>): Promise<ServerAddress> {
    const binaries = embeddedBinaries(this.major, this.directory, this.user);
    await this.initialise(binaries);
    const port = await this.launch(binaries, settings);
    const address: ServerAddress = {
      host: 'localhost',
      port,
      database: DATABASE_NAME,
      caFile: join(this.directory, 'ca.pem'),
      directory: this.directory,
      superuser: this.superuser,
      admin: this.admin,
      keeperPid: process.pid,
    };
    await this.createAdministrator(address);
    return address;
  }

  /** Ends the server at once; what it would have written is removed anyway. */
  async stop(): Promise<void> {
    this.stopped = true;
    if (this.initialisation?.pid !== undefined) signalGroup(this.initialisation.pid);
    const postmaster = this.postmaster;
    if (postmaster === undefined || postmaster.exitCode !== null || postmaster.signalCode !== null) return;
    const exited = new Promise((resolve) => postmaster.once('exit', resolve));
    postmaster.kill('SIGQUIT');
    await exited;
  }

  private async initialise(binaries: string): Promise<void> {
    if (this.user !== undefined) chownSync(this.directory, this.user.uid, this.user.gid);
    const { createServerCertificates } = require('./certificates') as typeof import('./certificates');
    this.certificates = createServerCertificates();
    // Awaited only after what may fail before.
    this.certificates.catch(() => undefined);
    const kept = new KeptDataDirectory(embeddedVersion(this.major), this.user?.uid);
    const copy = (from: string, to: string) => this.fill(spawn('cp', ['-Rp', from, to], { detached: true }), 'cp');
    const password = await kept.take(this.dataDirectory, copy);
    if (password !== undefined) {
      this.initialPassword = password;
      return;
    }
    if (this.stopped) throw new Error('stopped while starting');
    await this.runInitdb(binaries);
    await kept.keep(this.dataDirectory, this.superuser.password, copy);
  }

  private runInitdb(binaries: string): Promise<void> {
    const passwordFile = this.write('superuser-password', this.superuser.password);
    const initdb = [
      join(binaries, 'initdb'),
      `--pgdata=${this.dataDirectory}`,
      `--username=${this.superuser.user}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-sync',
      '--no-instructions',
    ];
    return this.fill(this.spawn(initdb), 'initdb');
  }

  /** Waits for a program that fills a data directory. */
  private async fill(child: ChildProcess, program: string): Promise<void> {
    this.initialisation = child;
    const messages = collect(child);
    const code = await exitCode(child);
    this.initialisation = undefined;
    if (code !== 0) throw new Error(`${program} ended with code ${code}: ${messages().trim()}`);
  }

  private async launch(binaries: string, settings: Readonly<Record<string, string>>): Promise<number> {
    const certificates = await this.certificates;
    if (certificates === undefined) throw new Error('the server was not initialised');
    this.authority = certificates.authority;
    this.write('ca.pem', this.authority, 0o644);
    this.write('data/server.crt', certificates.certificate);
    this.write('data/server.key', certificates.privateKey);
    this.write('data/pg_hba.conf', HOST_RULES);
    const port = await freePort();
    const all = { ...SETTINGS, port: String(port), ...settings };
    const lines = Object.entries(all).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`);
    this.write('data/postgresql.conf', lines.join(''));
    if (this.stopped) throw new Error('stopped while starting');
    const postmaster = this.spawn([join(binaries, 'postgres'), '-D', this.dataDirectory]);
    this.postmaster = postmaster;
    await this.ready(postmaster);
    return port;
  }

  private ready(postmaster: ChildProcess): Promise<void> {
    const log = createWriteStream(join(this.directory, 'server.log'), { mode: 0o600 });
    return new Promise((resolve, reject) => {
      let head = '';
      let ready = false;
      postmaster.stderr?.on('data', (chunk: Buffer) => {
        log.write(chunk);
        if (ready) return;
        head += chunk.toString();
        ready = head.includes('database system is ready to accept connections');
        if (ready) resolve();
      });
      postmaster.once('error', reject);
      postmaster.once('exit', (code) => reject(new Error(`the server ended with code ${code}: ${head.trim()}`)));
    });
  }

  /** The privileges of an RDS master user, which is a member of `rds_superuser` and no superuser. */
  private async createAdministrator(address: ServerAddress): Promise<void> {
    const client = postgresClient({
      host: address.host,
      port: address.port,
      database: 'postgres',
      user: this.superuser.user,
      password: this.initialPassword,
      ssl: { ca: this.authority },
    });
    await client.connect();
    const admin = client.escapeIdentifier(this.admin.user);
    await client.query('set log_statement = none');
    await client.query(`
      alter role ${client.escapeIdentifier(this.superuser.user)} password ${client.escapeLiteral(this.superuser.password)};
      create role rds_superuser nologin;
      grant pg_monitor, pg_signal_backend to rds_superuser;
      create role ${admin} login createrole createdb password ${client.escapeLiteral(this.admin.password)};
      grant rds_superuser to ${admin};`);
    await client.query(`create database ${client.escapeIdentifier(address.database)} owner ${admin}`);
    await client.end();
  }

  private write(name: string, content: string, mode = 0o600): string {
    const file = join(this.directory, name);
    writeFileSync(file, content, { mode });
    chmodSync(file, mode);
    if (this.user !== undefined) chownSync(file, this.user.uid, this.user.gid);
    return file;
  }

  private spawn([program = '', ...programArguments]: readonly string[]): ChildProcess {
    return spawn(program, programArguments, {
      ...this.user,
      cwd: this.directory,
      env: { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' },
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  }
}

function temporaryDirectory(user: ServerUser | undefined): string {
  const directory = tmpdir();
  if (user !== undefined && !isOpenToEveryone(directory)) {
    throw new ContractError({
      path: 'TMPDIR',
      got: directory,
      rule: `the server does not run as root, and user ${user.uid} may not enter this directory`,
      fix: 'set TMPDIR to a directory that every user may enter, such as /tmp',
    });
  }
  return directory;
}

function randomPassword(): string {
  return randomBytes(24).toString('base64url');
}

function signalGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group has ended by itself.
  }
}

function collect(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return () => text;
}

function exitCode(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, 'localhost', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** What the process that started an embedded server and the process that keeps it say to each other. */
export type ToKeeper =
  | { readonly kind: 'start'; readonly major: PostgresMajor; readonly settings: Readonly<Record<string, string>> }
  | { readonly kind: 'run'; readonly command: string; readonly environment: Readonly<Record<string, string>> }
  | { readonly kind: 'keep' }
  | { readonly kind: 'stop' };

export type FromKeeper =
  | { readonly kind: 'ready'; readonly server: ServerAddress }
  | { readonly kind: 'output'; readonly text: string }
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'failed'; readonly message: string; readonly mistakes?: readonly Mistake[] };

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** How to reach an embedded server. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** PEM file of the certificate authority (CA) that signed the server's certificate. */
  readonly caFile: string;
  /** Directory with everything of the server; removed when it stops. */
  readonly directory: string;
  /** The role that plays RDS itself. */
  readonly superuser: Credentials;
  /** The role that plays the master user: CREATEROLE and CREATEDB, not SUPERUSER. */
  readonly admin: Credentials;
  /** Process that keeps the server. */
  readonly keeperPid: number;
}
