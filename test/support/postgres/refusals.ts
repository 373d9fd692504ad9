/** A server that the contract refuses, and how it is fixed. */
interface Refusal {
  readonly because: string;
  /** What another team did to the server, as its superuser, in the database of the control plane. */
  readonly given: readonly string[];
  readonly got: string;
  /** What the hint says, or the beginning of it where it is not a statement. */
  readonly fix: string;
  /** Statements of a superuser that fix it; those of the hint, where it says some. */
  readonly mend?: readonly string[];
}

const SUPERUSER = 'Run as a superuser: ';
/** Tables with long names, more than a message lists. */
const MANY = ['u', 'v', 'w', 'x'].map((letter) => letter.repeat(60));

/** Each is refused before anything is created, and accepted when it is fixed. */
export const REFUSALS: readonly Refusal[] = [
  {
    because: 'sessions can only read',
    given: ['alter role agent_bom_admin set default_transaction_read_only = on'],
    got: 'sessions of the administrator agent_bom_admin can only read',
    fix: 'Look which of the server, the database and the role sets default_transaction_read_only',
    mend: ['alter role agent_bom_admin reset default_transaction_read_only'],
  },
  {
    because: 'the administrator may create no roles',
    given: ['alter role agent_bom_admin nocreaterole'],
    got: 'the administrator agent_bom_admin lacks CREATEROLE or CREATEDB',
    fix: `${SUPERUSER}ALTER ROLE agent_bom_admin CREATEROLE CREATEDB;`,
  },
  {
    because: 'the administrator may create no databases',
    given: ['alter role agent_bom_admin nocreatedb'],
    got: 'the administrator agent_bom_admin lacks CREATEROLE or CREATEDB',
    fix: `${SUPERUSER}ALTER ROLE agent_bom_admin CREATEROLE CREATEDB;`,
  },
  {
    because: 'the administrator is somebody else from the start',
    given: ['alter role agent_bom_admin set role = rds_superuser'],
    got: 'the administrator agent_bom_admin acts as rds_superuser from the start of its sessions',
    fix: `${SUPERUSER}ALTER ROLE agent_bom_admin RESET role; ALTER ROLE agent_bom_admin IN DATABASE agent_bom RESET role;`,
  },
  {
    because: 'the database belongs to somebody else',
    // A member that does not inherit may not give it away.
    given: [
      'create role "Data Team"',
      'grant "Data Team" to agent_bom_admin with inherit false',
      'alter database agent_bom owner to "Data Team"',
    ],
    got: 'the database agent_bom belongs to Data Team, and the administrator agent_bom_admin may not change its owner',
    fix: 'Run as a superuser or as "Data Team": ALTER DATABASE agent_bom OWNER TO agent_bom_admin;',
  },
  {
    because: 'the schema public belongs to somebody else',
    given: [
      'create role "Data Team"',
      'grant "Data Team" to agent_bom_admin with inherit false',
      'alter schema public owner to "Data Team"',
    ],
    got: 'the schema public belongs to Data Team, and the administrator agent_bom_admin may not change its owner',
    fix: 'Run as a superuser or as "Data Team", in the database agent_bom: ALTER SCHEMA public OWNER TO agent_bom_admin;',
  },
  {
    because: 'the migrations may not grant on a table of an extension',
    given: ['create extension pg_buffercache', 'create extension pg_stat_statements'],
    got: 'the packaged migrations grant on all tables of the schema public, and may not grant on those of the extensions pg_buffercache',
    fix:
      'Run as a superuser or as the owner of the extension, in the database agent_bom: ' +
      'CREATE SCHEMA IF NOT EXISTS extensions; ALTER EXTENSION pg_buffercache SET SCHEMA extensions;',
  },
  {
    because: 'the migrations may not grant on the tables of an extension that cannot be moved',
    given: [
      'create extension pg_stat_statements',
      'revoke all on pg_stat_statements, pg_stat_statements_info from public',
      'set allow_system_table_mods = on',
      "update pg_extension set extrelocatable = false where extname = 'pg_stat_statements'",
    ],
    got: 'the packaged migrations grant on all tables of the schema public, and may not grant on those of the extensions pg_stat_statements',
    fix:
      'Run as a superuser or as the owner of the extension, in the database agent_bom: ' +
      'CREATE SCHEMA IF NOT EXISTS extensions; DROP EXTENSION pg_stat_statements;',
  },
  {
    because: 'there is no schema public',
    given: ['drop schema public'],
    got: 'the database agent_bom has no schema public',
    fix: 'Run as a superuser or as the owner of the database: CREATE SCHEMA public AUTHORIZATION agent_bom_admin;',
  },
  {
    because: 'a schema has the name of the administrator',
    given: ['create schema agent_bom_admin authorization agent_bom_admin'],
    got:
      'others left in the database agent_bom what would run with the rights of the administrator agent_bom_admin: ' +
      'schema agent_bom_admin, into which sessions of the role agent_bom_admin look first',
    fix:
      'Look at each, and run as its owner or as a superuser in the database agent_bom: ' +
      'ALTER SCHEMA agent_bom_admin RENAME TO agent_bom_admin_renamed;',
  },
  {
    because: 'logins can do what only a superuser can take away',
    given: [
      'create role agent_bom_app superuser',
      'create role agent_bom_backup bypassrls',
      'create role agent_bom_maintenance_b replication',
      'create role agent_bom_rls_maintenance bypassrls',
    ],
    got:
      'these roles have SUPERUSER, REPLICATION or BYPASSRLS: ' +
      'agent_bom_app, agent_bom_backup, agent_bom_maintenance_b, agent_bom_rls_maintenance',
    fix:
      `${SUPERUSER}ALTER ROLE agent_bom_app NOSUPERUSER NOREPLICATION NOBYPASSRLS; ` +
      'ALTER ROLE agent_bom_backup NOSUPERUSER NOREPLICATION NOBYPASSRLS; ' +
      'ALTER ROLE agent_bom_maintenance_b NOSUPERUSER NOREPLICATION NOBYPASSRLS; ' +
      'ALTER ROLE agent_bom_rls_maintenance NOSUPERUSER NOREPLICATION NOBYPASSRLS;',
    mend: ['drop role agent_bom_app, agent_bom_backup, agent_bom_maintenance_b, agent_bom_rls_maintenance'],
  },
  {
    because: 'logins exist that somebody else manages',
    given: [
      'create role agent_bom_app login',
      'create role agent_bom_app_b login in role agent_bom_app',
      // A member does not manage the role.
      'grant agent_bom_app to agent_bom_admin',
    ],
    got: 'these roles exist, and the administrator agent_bom_admin may not manage them: agent_bom_app, agent_bom_app_b',
    fix:
      'Run as a superuser or as the role that created them: GRANT agent_bom_app TO agent_bom_admin WITH ADMIN OPTION; ' +
      'GRANT agent_bom_app_b TO agent_bom_admin WITH ADMIN OPTION;',
  },
  {
    because: 'the packaged migrations have run in a database that is gone',
    given: [
      'create role agent_bom_maintenance',
      'create role agent_bom_rls_maintenance',
      'grant agent_bom_maintenance, agent_bom_rls_maintenance to agent_bom_admin with admin option',
    ],
    got:
      'roles of the packaged migrations exist, which have not run in the database agent_bom: ' +
      'agent_bom_maintenance, agent_bom_rls_maintenance',
    fix: 'Use the server that they were made for by one environment alone.',
    mend: ['drop role agent_bom_maintenance, agent_bom_rls_maintenance'],
  },
  {
    because: 'the administrator would not see the rows that a migration fills',
    given: [
      'create table alembic_version (version_num text)',
      'alter table alembic_version owner to agent_bom_admin',
      'create role agent_bom_rls_maintenance',
    ],
    got: 'the administrator agent_bom_admin may not become a member of agent_bom_rls_maintenance',
    fix:
      'Run as a superuser or as the role that created it: ' +
      'GRANT agent_bom_rls_maintenance TO agent_bom_admin WITH ADMIN OPTION;',
  },
  {
    because: 'the database is used for something else',
    given: [
      'create table orders (id serial) partition by range (id)',
      'create table parcels (id int generated always as identity)',
      'create extension file_fdw',
      'create server files foreign data wrapper file_fdw',
      "create foreign table feeds (line text) server files options (filename '/dev/null')",
      'create view public.totals as select count(*) from orders',
      'create materialized view public.sums as select count(*) from orders',
      'create sequence numbers',
      ...MANY.map((name) => `create table ${name} ()`),
    ],
    // No more names than somebody reads.
    got: `the database agent_bom is not empty, and what is in it is not of agent-bom: ${`feeds, numbers, orders, parcels, sums, totals, ${MANY.join(', ')}`.slice(0, 200)}`,
    fix: 'Create a database for the control plane alone',
    mend: [
      `drop table orders, parcels, ${MANY.join()} cascade`,
      'drop sequence numbers',
      'drop extension file_fdw cascade',
    ],
  },
  {
    because: 'tables of agent-bom belong to somebody else',
    given: [
      'create table alembic_version (version_num text)',
      'create table scan_jobs (id serial, number int generated always as identity)',
      'create table observations (day date) partition by range (day)',
      'create view jobs as select 1 as one',
      'create sequence numbers',
      ...MANY.map((name) => `create table ${name} ()`),
    ],
    got: `tables in the schema public belong to other roles: ${[
      'alembic_version',
      'jobs',
      'numbers',
      'observations',
      'scan_jobs',
      ...MANY,
    ]
      .map((name) => `${name} (rdsadmin)`)
      .join(', ')
      .slice(0, 200)}`,
    fix: 'Run as a superuser, for each owner: REASSIGN OWNED BY <owner> TO agent_bom_admin;',
    mend: [
      'alter table alembic_version owner to agent_bom_admin',
      'alter table scan_jobs owner to agent_bom_admin',
      'alter table observations owner to agent_bom_admin',
      'alter sequence numbers owner to agent_bom_admin',
      'alter view jobs owner to agent_bom_admin',
      `drop table ${MANY.join()}`,
    ],
  },
  {
    because: 'the database admits fewer connections',
    given: ['alter database agent_bom connection limit 91'],
    got: 'the database agent_bom accepts 91 connections, and the environment needs 92',
    fix: 'Run as the owner of the database: ALTER DATABASE agent_bom CONNECTION LIMIT -1;',
    mend: ['alter database agent_bom connection limit 92'],
  },
  {
    because: 'an extension is where the migrations do not look for it',
    given: ['create schema extensions', 'create extension pg_trgm schema extensions'],
    got: 'the extension pg_trgm is installed in the schema extensions, where the migrations do not look for it',
    fix: 'Run as its owner or as a superuser: ALTER EXTENSION pg_trgm SET SCHEMA public;',
  },
  {
    because: 'the provider admits an extension for none but itself',
    given: [
      'create schema provider',
      "create function provider.refuse() returns event_trigger language plpgsql as $$ begin if not (select rolsuper from pg_roles where rolname = session_user) then raise exception 'pgcrypto is not on the list'; end if; end $$",
      "create event trigger refuse on ddl_command_start when tag in ('CREATE EXTENSION') execute function provider.refuse()",
      'grant usage on schema provider to public',
    ],
    got: 'the administrator agent_bom_admin may not create the extension pgcrypto: pgcrypto is not on the list',
    fix: 'Run as a superuser, in the database agent_bom: CREATE EXTENSION pgcrypto SCHEMA public;',
    mend: ['create extension pgcrypto schema public', 'create extension pg_trgm schema public'],
  },
];
