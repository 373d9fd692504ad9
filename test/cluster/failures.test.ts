import { createServerCertificates } from '../../commands/embedded/certificates';
import { DeployedRehearsal } from '../support/cluster/deployed-rehearsal';
import { saidBeforeKill } from '../support/cluster/kill';
import { provideImages } from '../support/cluster/node';
import { announce } from '../support/cluster/terraform';

const [VERSION, WITHOUT_IMAGE] = ['0.110.0', '0.109.0'];
const NAMESPACE = 'failures';
const rehearsal = new DeployedRehearsal(NAMESPACE, VERSION, [VERSION, WITHOUT_IMAGE]);
const server = (name: string): string => `${name}.${NAMESPACE}.svc`;

/** What breaks a migration, what the terminal then says, and what repairs it. */
interface Failure {
  readonly name: string;
  readonly sabotage: () => unknown;
  /** The reason and the fix. */
  readonly told: readonly RegExp[];
  readonly repair: () => unknown;
}

/** A failure that the superuser causes and repairs. */
function inDatabase(
  name: string,
  sabotage: string,
  told: readonly RegExp[],
  repair: string,
  database?: string,
): Failure {
  return {
    name,
    sabotage: () => rehearsal.sql(sabotage, database),
    told,
    repair: () => rehearsal.sql(repair, database),
  };
}

function atAddress(name: string, address: string, told: readonly RegExp[]): Failure {
  return {
    name,
    sabotage: () => rehearsal.pretend({ address }),
    told,
    repair: () => rehearsal.pretend({}),
  };
}

const hba = (from: string, to: string): Promise<string> =>
  rehearsal.inServer(
    `sed -i 's/^${from} all all all .*/${to}/' "$PGDATA/pg_hba.conf" && psql -h /tmp -U rdsadmin -d postgres -c 'select pg_reload_conf()'`,
  );

/** A session takes a lock and stays, as that of somebody who has forgotten it. */
const FORGOTTEN = `
  PGAPPNAME='a report' psql -h /tmp -U rdsadmin -d agent_bom -c 'begin; select from findings; select pg_sleep(900)' >/dev/null 2>&1 </dev/null &
  until psql -h /tmp -U rdsadmin -d agent_bom -Atc "select pid from pg_locks where relation = 'findings'::regclass" | grep -q .; do sleep 0.1; done`;

const EMPTY: readonly Failure[] = [
  atAddress('a name that DNS does not know', server('nowhere'), [
    /could not translate host name "nowhere/,
    /DNS does not know this name: compare/,
  ]),
  atAddress('nothing listens', server('silent'), [/Connection refused/, /nothing listens on port 5432 there/]),
  atAddress('no route', server('lost'), [
    /No route to host|timeout expired/,
    /no packet comes back: check security groups/,
  ]),
  atAddress('a name that the certificate does not have', server('alias'), [
    /does not match host name "alias/,
    /connect by the name in the certificate/,
  ]),
  {
    name: 'a certificate of another authority',
    sabotage: async () => rehearsal.pretend({ authority: (await createServerCertificates()).authority }),
    // Of an authority with the same name it is the signature that is wrong.
    told: [/SSL error: (?:certificate verify failed|EVP lib)/, /check database\.caBundleFile/],
    repair: () => rehearsal.pretend({}),
  },
  {
    name: 'a wrong password',
    sabotage: () => rehearsal.sql("alter role agent_bom_admin password 'another'"),
    told: [
      /password authentication failed for user "agent_bom_admin"/,
      /compare the Secret agent-bom-admin with the password/,
    ],
    repair: () => rehearsal.sql(`alter role agent_bom_admin password '${rehearsal.adminPassword}'`),
  },
  inDatabase(
    'a database that does not exist',
    'alter database agent_bom rename to elsewhere',
    [/database "agent_bom" does not exist/, /create the database, or write the name of the existing one/],
    'alter database elsewhere rename to agent_bom',
    'postgres',
  ),
  {
    name: 'a server that accepts connections without TLS',
    sabotage: () => hba('hostnossl', 'hostnossl all all all scram-sha-256'),
    told: [/the server accepts connections without TLS/, /rds\.force_ssl = 1 on RDS, hostssl in place of host/],
    repair: () => hba('hostnossl', 'hostnossl all all all reject'),
  },
  inDatabase(
    'an administrator without CREATEROLE',
    'alter role agent_bom_admin nocreaterole',
    [
      /the administrator agent_bom_admin lacks CREATEROLE or CREATEDB/,
      /ALTER ROLE agent_bom_admin CREATEROLE CREATEDB/,
    ],
    'alter role agent_bom_admin createrole',
  ),
  inDatabase(
    'sessions that can only read',
    'alter role agent_bom_admin set default_transaction_read_only = on',
    [/sessions of the administrator agent_bom_admin can only read/, /when their storage is full/],
    'alter role agent_bom_admin reset default_transaction_read_only',
  ),
  inDatabase(
    'a database that others use',
    'create table public.alien ()',
    [/is not empty, and what is in it is not of agent-bom: .*alien/, /CREATE DATABASE agent_bom/],
    'drop table public.alien',
  ),
  inDatabase(
    'code that others planted',
    'create role intruder; grant create on schema public to intruder; set role intruder; create function public.now() returns timestamptz language sql as $$ select pg_catalog.now() $$',
    [
      /others left in the database agent_bom what would run with the rights of the administrator.*now\(\)/,
      /Look at each, and run as its owner/,
    ],
    'drop owned by intruder; drop role intruder',
  ),
  inDatabase(
    'too few connections',
    'alter database agent_bom connection limit 5',
    [
      /the database agent_bom accepts 5 connections, and the environment needs \d+/,
      /ALTER DATABASE agent_bom CONNECTION LIMIT -1/,
    ],
    'alter database agent_bom connection limit -1',
  ),
  inDatabase(
    // What it says is all that makes it one: no older server is at hand.
    'a server that is too old',
    `set allow_system_table_mods = on;
     alter function pg_catalog.current_setting(text) rename to true_setting;
     create function pg_catalog.current_setting(name text) returns text stable language sql as $$
       select case name when 'server_version_num' then '140019' when 'server_version' then '14.19' else pg_catalog.true_setting(name) end $$`,
    [/PostgreSQL 14\.19 is too old: the contract needs 15 or later/, /Upgrade the server to a supported major version/],
    `set allow_system_table_mods = on;
     drop function pg_catalog.current_setting(text);
     alter function pg_catalog.true_setting(text) rename to current_setting`,
  ),
  inDatabase(
    'an extension that the server does not have',
    `set allow_system_table_mods = on;
     alter view pg_catalog.pg_available_extensions rename to true_extensions;
     create view pg_catalog.pg_available_extensions as select * from pg_catalog.true_extensions where name <> 'pg_trgm';
     grant select on pg_catalog.pg_available_extensions to public`,
    [/the server does not have the extension pg_trgm/, /Install the contrib modules .* or allow the extension/],
    `set allow_system_table_mods = on;
     drop view pg_catalog.pg_available_extensions;
     alter view pg_catalog.true_extensions rename to pg_available_extensions`,
  ),
  inDatabase(
    'an extension that is not on the list of the provider',
    `create schema provider;
     create function provider.refuse() returns event_trigger language plpgsql as $$ begin
       if session_user <> 'rdsadmin' then raise exception 'pgcrypto is not on the list'; end if; end $$;
     create event trigger refuse on ddl_command_start when tag in ('CREATE EXTENSION') execute function provider.refuse();
     grant usage on schema provider to public`,
    [
      /the administrator agent_bom_admin may not create the extension pgcrypto: pgcrypto is not on the list/,
      /CREATE EXTENSION pgcrypto SCHEMA public; managed servers have a list of allowed extensions/,
    ],
    'drop event trigger refuse; drop schema provider cascade',
  ),
  {
    name: 'an image that cannot be pulled',
    sabotage: () => rehearsal.pretend({ chartVersion: WITHOUT_IMAGE }),
    told: [/ErrImagePull|ImagePullBackOff/, new RegExp(`${WITHOUT_IMAGE}`)],
    repair: () => rehearsal.pretend({ chartVersion: VERSION }),
  },
];

const MIGRATED: readonly Failure[] = [
  inDatabase(
    'a login that became a superuser',
    'alter role agent_bom_app superuser',
    [/these roles have SUPERUSER, REPLICATION or BYPASSRLS: agent_bom_app/, /ALTER ROLE agent_bom_app NOSUPERUSER/],
    'alter role agent_bom_app nosuperuser',
  ),
  inDatabase(
    'a migration of the product that may not do what it wants',
    'create table public.alien (); alter table public.alien owner to rdsadmin',
    [/in step packaged/, /permission denied for table alien/],
    'drop table public.alien',
  ),
  {
    name: 'a table that is locked by a session that stays',
    sabotage: async () => {
      await rehearsal.sql('drop policy agent_bom_backup_reads on findings');
      await rehearsal.inServer(FORGOTTEN);
    },
    told: [
      /waits in step after|the Job waits +in step after/,
      /the table (?:public\.)?findings is in use by session \d+ \(a report of rdsadmin, in a transaction since/,
      /End that transaction, if need be with pg_terminate_backend\(<session>\)/,
    ],
    repair: () =>
      rehearsal.sql("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'a report'"),
  },
  inDatabase(
    'a revision that the image does not know',
    "update alembic_version set version_num = '99999999_99'",
    [/99999999_99/],
    "insert into alembic_version values ('00000000_01') on conflict do nothing; delete from alembic_version where version_num = '99999999_99'",
  ),
];

/** Services that lead to the server's port where nothing listens, to no pod, and to the server by another name. */
async function services(): Promise<void> {
  const service = (name: string, port: object, selector?: object) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: NAMESPACE, labels: { app: 'rehearsal-postgres' } },
    spec: { selector, ports: [port] },
  });
  const toServer = { app: 'rehearsal-postgres' };
  await rehearsal.provide([
    service('silent', { port: 5432, targetPort: 5433 }, toServer),
    service('alias', { port: 5432 }, toServer),
    service('lost', { port: 5432 }),
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'lost', namespace: NAMESPACE, labels: { 'kubernetes.io/service-name': 'lost' } },
      addressType: 'IPv4',
      ports: [{ port: 5432 }],
      endpoints: [{ addresses: ['10.244.200.200'] }],
    },
  ]);
}

beforeAll(async () => {
  announce();
  provideImages(VERSION);
  expect(await rehearsal.start()).toBe('existing');
  await services();
});

afterAll(() => rehearsal.remove());

async function tells({ sabotage, told, repair }: Failure): Promise<void> {
  // One that has succeeded would not run again.
  await rehearsal.removeJobs();
  await sabotage();
  try {
    const text = await saidBeforeKill(await rehearsal.begin(), told);
    for (const pattern of told) expect(text).toMatch(pattern);
  } finally {
    await repair();
    await rehearsal.removeJobs();
  }
}

describe('before the first deployment: the terminal names the reason and the fix', () => {
  test.each(EMPTY.map((failure) => [failure.name, failure] as const))('%s', (_, failure) => tells(failure));
});

test('without them the deployment ends well', () => rehearsal.deploy());

describe('on a migrated database', () => {
  test.each(MIGRATED.map((failure) => [failure.name, failure] as const))('%s', (_, failure) => tells(failure));
  test('and without them it ends well again', () => rehearsal.deploy());
});
