// What dump and restore cost beside pg_dump and pg_restore alone, which count nothing, check nothing and compare nothing.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { EmbeddedServer } from '../commands/embedded/server';
import { defaultParameters, packagedUrl, rehearsalUrls, runStandIn } from '../commands/rehearse/rehearse';
import { clientPath, missingClientTools } from '../commands/rehearse/restore-step';
import { applyStep, type ContractRun } from '../commands/shared/postgres/contract-runner';
import { DEFAULT_MAJOR } from '../contract/postgres/majors';
import { startupOptions } from '../contract/postgres/settings';
import { type Cost, median, PROJECT, type Topic } from './measure';

const ROUNDS = 3;
const ROWS = 2_000_000;
const TENANTS = 200;
/** Tables with a column for the tenant, by its name. */
const TABLES = { scan_jobs: 'team_id', fleet_agents: 'tenant_id', audit_log: 'team_id', graph_nodes: 'tenant_id' };
/** As many as the restore itself takes. */
const JOBS = Math.min(cpus().length, 4);
const LIMIT_DUMP = 1.25;
const LIMIT_RESTORE = 1.5;
const LIMIT_MEMORY = 1.2;
const SAMPLE_MS = 20;

interface Costs {
  readonly dump: Cost;
  readonly restore: Cost;
  readonly plainDump: Cost;
  readonly plainRestore: Cost;
}

export async function measureRestore(): Promise<Topic> {
  const missing = missingClientTools(Number(DEFAULT_MAJOR));
  if (missing !== undefined) throw new Error(missing);
  const server = await EmbeddedServer.start();
  const directory = mkdtempSync(join(server.address.directory, 'bench-'));
  try {
    const run: ContractRun = { urls: rehearsalUrls(server), parameters: defaultParameters() };
    await applyStep('before', run);
    await runStandIn(packagedUrl(server));
    await applyStep('after', run);
    await fill(run, ROWS / 10);
    const few = await rounds(server, run, directory, 1);
    await fill(run, ROWS - ROWS / 10);
    const many = await rounds(server, run, directory, ROUNDS);
    const seconds = (of: (costs: Costs) => Cost): number => median(many.map((costs) => of(costs).seconds));
    const bytes = (all: readonly Costs[], of: (costs: Costs) => Cost): number =>
      Math.max(...all.map((costs) => of(costs).bytes));
    const memory = (of: (costs: Costs) => Cost): number => bytes(many, of) / bytes(few, of);
    return {
      title: 'Dump and restore',
      how: `The middle of ${ROUNDS} rounds, each of which runs all four in turn, with ${ROWS} rows of ${TENANTS} tenants in ${Object.keys(TABLES).length} tables: the scripts of \`backup/\`, with manifest, checks and comparison, compared with \`pg_dump --format=custom\` and \`pg_restore --jobs=${JOBS}\` alone. Memory is the most that a script and its tools held at a time, with all rows and with a tenth of them.`,
      measurements: [
        { what: 'pg_dump', value: seconds(({ plainDump }) => plainDump), unit: 's' },
        { what: 'dump', value: seconds(({ dump }) => dump), unit: 's' },
        { what: 'pg_restore', value: seconds(({ plainRestore }) => plainRestore), unit: 's' },
        { what: 'restore', value: seconds(({ restore }) => restore), unit: 's' },
        {
          what: 'dump / pg_dump',
          value: median(many.map(({ dump, plainDump }) => dump.seconds / plainDump.seconds)),
          unit: 'times',
          limit: LIMIT_DUMP,
        },
        {
          what: 'restore / pg_restore',
          value: median(many.map(({ restore, plainRestore }) => restore.seconds / plainRestore.seconds)),
          unit: 'times',
          limit: LIMIT_RESTORE,
        },
        { what: 'dump: memory', value: bytes(many, ({ dump }) => dump) / 1e6, unit: 'MB' },
        { what: 'restore: memory', value: bytes(many, ({ restore }) => restore) / 1e6, unit: 'MB' },
        {
          what: 'dump: memory, all rows / a tenth',
          value: memory(({ dump }) => dump),
          unit: 'times',
          limit: LIMIT_MEMORY,
        },
        {
          what: 'restore: memory, all rows / a tenth',
          value: memory(({ restore }) => restore),
          unit: 'times',
          limit: LIMIT_MEMORY,
        },
      ],
    };
  } finally {
    await server.stop();
  }
}

async function rounds(
  server: EmbeddedServer,
  run: ContractRun,
  directory: string,
  count: number,
): Promise<readonly Costs[]> {
  const environment = scriptEnvironment(server, run);
  const plain = (login: { user: string; password: string }) => ({ ...environment, ...plainConnection(server, login) });
  const backup = new URL(run.urls.backup);
  const reader = plain({ user: backup.username, password: decodeURIComponent(backup.password) });
  const admin = plain(server.address.admin);
  const all: Costs[] = [];
  for (let round = 0; round < count; round += 1) {
    const name = `of-${round}`;
    const file = join(directory, 'plain.dump');
    const plainDump = await cost(`pg_dump --format=custom --enable-row-security --file=${file}`, reader);
    const dump = await cost(`bash ${PROJECT}/backup/dump.sh ${directory} ${name}`, environment);
    await asAdmin(server, 'create database plain owner agent_bom_owner');
    const options = '--no-owner --role=agent_bom_owner --exit-on-error --dbname=plain';
    // The extensions are left out: their comments are the server's.
    const list = `pg_restore --list ${file} | grep -v -E ' (SCHEMA|EXTENSION|COMMENT) ' >${file}.list`;
    await cost(list, admin);
    const plainRestore = await cost(`pg_restore ${options} --jobs=${JOBS} --use-list=${file}.list ${file}`, admin);
    await asAdmin(server, 'drop database plain');
    const restore = await cost(
      `bash ${PROJECT}/backup/restore.sh ${directory}/${name}.dump --replace agent_bom`,
      environment,
    );
    await dropPrevious(server);
    for (const used of readdirSync(directory)) rmSync(join(directory, used));
    all.push({ dump, restore, plainDump, plainRestore });
  }
  return all;
}

/** Time by the clock, because the work is the server's, and the most memory that the command's processes held. */
function cost(command: string, environment: NodeJS.ProcessEnv): Promise<Cost> {
  const begin = performance.now();
  const child = spawn('bash', ['-c', command], { env: environment, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  let bytes = 0;
  const sampler = setInterval(() => {
    bytes = Math.max(bytes, memoryOfGroup(child.pid ?? 0));
  }, SAMPLE_MS);
  return new Promise((resolve, reject) => {
    child.once('close', (code) => {
      clearInterval(sampler);
      if (code === 0) resolve({ seconds: (performance.now() - begin) / 1000, bytes });
      else reject(new Error(`${command} ended with ${code}:\n${output}`));
    });
  });
}

/** Resident memory of a process group, in bytes; only Linux shows it. */
function memoryOfGroup(group: number): number {
  let kilobytes = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
      if (Number(fields.split(' ')[2]) !== group) continue;
      kilobytes += Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
    } catch {
      // It has ended since it was listed.
    }
  }
  return kilobytes * 1024;
}

function scriptEnvironment(server: EmbeddedServer, run: ContractRun): NodeJS.ProcessEnv {
  return {
    PATH: clientPath(Number(DEFAULT_MAJOR)),
    CONTRACT_OPTIONS: startupOptions(run.parameters),
    ALEMBIC_DATABASE_URL: packagedUrl(server),
    AGENT_BOM_POSTGRES_URL: run.urls.app,
    AGENT_BOM_POSTGRES_MAINTENANCE_URL: run.urls.maintenance,
    AGENT_BOM_POSTGRES_BACKUP_URL: run.urls.backup,
  };
}

function plainConnection(
  server: EmbeddedServer,
  { user, password }: { user: string; password: string },
): NodeJS.ProcessEnv {
  const { host, port, database, caFile } = server.address;
  return {
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: user,
    PGPASSWORD: password,
    PGDATABASE: database,
    PGSSLMODE: 'verify-full',
    PGSSLROOTCERT: caFile,
  };
}

async function fill(run: ContractRun, rows: number): Promise<void> {
  const client = new Client({ connectionString: run.urls.maintenance });
  await client.connect();
  await client.query("set app.bypass_rls = '1'");
  await client.query('set statement_timeout = 0');
  for (const [table, tenant] of Object.entries(TABLES)) {
    await client.query(
      `insert into ${table} (${tenant}, body)
       select 'tenant-' || n % ${TENANTS}, jsonb_build_object('finding', md5(n::text) || repeat('severity', 20))
         from generate_series(1, ${rows / Object.keys(TABLES).length}) n`,
    );
  }
  await client.end();
}

async function asAdmin(server: EmbeddedServer, statement: string): Promise<{ name: string }[]> {
  const client = new Client({ connectionString: server.urlFor(server.address.admin, 'postgres') });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(statement);
  await client.end();
  return rows;
}

async function dropPrevious(server: EmbeddedServer): Promise<void> {
  const previous = await asAdmin(server, "select datname as name from pg_database where datname ~ '_before_'");
  for (const { name } of previous) await asAdmin(server, `drop database ${name}`);
}
