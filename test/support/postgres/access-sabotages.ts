import type { Sabotage } from './role-sabotages';

const KEYS = 'agent_bom_tenant_binding_keys';
/** Creates the role that breaks the contract. */
export const STRANGER = 'create role stranger login';
/** Removes that role, and what it made. */
export const GONE = 'drop owned by stranger cascade; drop role stranger';

/** Of PostgreSQL and of the extension pg_walinspect, in the order in which a check names them. */
const READ_FILES = [
  'lo_import(text)',
  'pg_read_binary_file(text)',
  'pg_read_file(text)',
  'public.pg_get_wal_block_info(pg_lsn,pg_lsn,boolean)',
  'public.pg_get_wal_record_info(pg_lsn)',
  'public.pg_get_wal_records_info(pg_lsn,pg_lsn)',
];

/** A sabotage of one check. */
export function sabotage(check: string, what: string, breaks: string, names: string, mends = GONE): Sabotage {
  return { check, what, breaks, names, mends };
}

/** Who else reads, by each of the paths. */
export const ACCESS_SABOTAGES: readonly Sabotage[] = [
  sabotage(
    'access.others',
    'a report that reads the key table',
    `${STRANGER}; grant select on ${KEYS} to stranger`,
    `stranger reads ${KEYS}: REVOKE ALL ON public.${KEYS} FROM stranger;`,
  ),
  sabotage(
    'access.others',
    'a report that reads a column of the key table',
    `${STRANGER}; grant select (body) on ${KEYS} to stranger`,
    'stranger reads agent_bom_tenant_binding_keys: REVOKE ALL ON public.agent_bom_tenant_binding_keys FROM stranger;',
  ),
  sabotage(
    'access.others',
    'a member of a role that reads the key table',
    `create role readers; grant select on ${KEYS} to readers; ${STRANGER} in role readers`,
    'readers reads agent_bom_tenant_binding_keys: REVOKE ALL ON public.agent_bom_tenant_binding_keys FROM readers;; stranger reads agent_bom_tenant_binding_keys: REVOKE readers FROM stranger;',
    `${GONE}; drop owned by readers; drop role readers`,
  ),
  sabotage(
    'access.others',
    'a role that reads whatever there is',
    `${STRANGER}; grant pg_read_all_data to stranger`,
    `stranger reads ${KEYS}: REVOKE pg_read_all_data FROM stranger;`,
  ),
  sabotage(
    'access.others',
    'a report that bypasses row-level security',
    `${STRANGER} bypassrls; grant select on scan_jobs to stranger`,
    'stranger has BYPASSRLS and reads tables: ALTER ROLE stranger NOBYPASSRLS;',
  ),
  sabotage(
    'access.others',
    'a login that may act as a superuser',
    `${STRANGER}; create role root superuser; grant root to stranger`,
    'stranger may act as root, which no policy binds: REVOKE root FROM stranger;',
    `${GONE}; drop role root`,
  ),
  sabotage(
    'access.others',
    'a login that sees all tenants, at one remove',
    `create role team createrole; grant agent_bom_rls_maintenance to team; ${STRANGER} noinherit in role team`,
    'stranger may act as agent_bom_rls_maintenance through team: REVOKE team FROM stranger;',
    `${GONE}; drop role team`,
  ),
  sabotage(
    'access.others',
    'a login that copies the whole server',
    `${STRANGER} replication`,
    'stranger has REPLICATION, which copies every row: ALTER ROLE stranger NOREPLICATION;',
  ),
  sabotage(
    'access.others',
    'a login that empties a table of all tenants',
    `${STRANGER}; grant truncate on scan_jobs to stranger`,
    'stranger may TRUNCATE scan_jobs: REVOKE TRUNCATE ON public.scan_jobs FROM stranger;',
  ),
  sabotage(
    'access.others',
    'a login that may hang code on a table',
    `${STRANGER}; grant trigger on scan_jobs to stranger`,
    'stranger may TRIGGER scan_jobs: REVOKE TRIGGER ON public.scan_jobs FROM stranger;',
  ),
  sabotage(
    'access.others',
    'a view of the keys and of another table, over another one',
    `${STRANGER}; create schema reports; create view reports.one as select * from ${KEYS};
     create view reports.two as select one.* from reports.one, scan_jobs; grant select on reports.two to stranger`,
    'reports.two shows stranger the keys: DROP VIEW reports.two;',
    `drop schema reports cascade; ${GONE}`,
  ),
  sabotage(
    'access.others',
    'a view whose owner no policy binds',
    'create schema reports; create view reports.jobs as select * from scan_jobs; grant select on reports.jobs to public',
    'reports.jobs shows PUBLIC the rows of all tenants: DROP VIEW reports.jobs;',
    'drop schema reports cascade',
  ),
  sabotage(
    'access.others',
    'rows that were copied for the application',
    `create schema reports authorization agent_bom_owner; set role agent_bom_owner;
     create materialized view reports.jobs as select * from scan_jobs; grant select on reports.jobs to agent_bom_app`,
    'reports.jobs shows agent_bom_app the rows of all tenants: DROP MATERIALIZED VIEW reports.jobs;',
    'drop schema reports cascade',
  ),
  sabotage(
    'access.others',
    'a routine that lends the rights of the owner',
    `create schema reports authorization agent_bom_owner; set role agent_bom_owner;
     create function reports.rows() returns int language sql security definer as 'select 1'`,
    'reports.rows() runs as agent_bom_owner for PUBLIC: DROP FUNCTION reports.rows();',
    'drop schema reports cascade',
  ),
  sabotage(
    'access.others',
    'a routine of the owner in the schema of the contract',
    `set role agent_bom_owner; create function public.peek() returns int language sql security definer as 'select 1'`,
    'public.peek() runs as agent_bom_owner for PUBLIC: DROP FUNCTION public.peek();',
    'drop function public.peek()',
  ),
  sabotage(
    'access.others',
    'a procedure of an administrator for one role',
    `${STRANGER}; create schema tools authorization agent_bom_admin; set role agent_bom_admin;
     create procedure tools.sweep() language sql security definer as 'select count(*) from public.scan_jobs';
     revoke all on procedure tools.sweep() from public; grant execute on procedure tools.sweep() to stranger`,
    'tools.sweep() runs as agent_bom_admin for stranger: DROP PROCEDURE tools.sweep();',
    `drop schema tools cascade; ${GONE}`,
  ),
  sabotage(
    'access.others',
    'a routine of a superuser that reads a table of tenants',
    `create schema tools; create function tools.jobs() returns bigint language sql security definer
       as 'select count(*) from public.scan_jobs'`,
    'tools.jobs() runs as rdsadmin for PUBLIC: DROP FUNCTION tools.jobs();',
    'drop schema tools cascade',
  ),
  sabotage(
    'access.others',
    'a routine of a role that reads the keys through another one',
    `create role readers; grant select on ${KEYS} to readers; create role lender noinherit in role readers;
     create schema tools authorization lender; set role lender;
     create function tools.keys() returns int language sql security definer as 'select 1'`,
    'lender reads agent_bom_tenant_binding_keys: REVOKE readers FROM lender;; readers reads agent_bom_tenant_binding_keys: REVOKE ALL ON public.agent_bom_tenant_binding_keys FROM readers;; tools.keys() runs as lender for PUBLIC: DROP FUNCTION tools.keys();',
    'drop schema tools cascade; drop owned by readers; drop role lender; drop role readers',
  ),
  sabotage(
    'access.others',
    'routines of roles that no policy binds, or that may act as the contract',
    `create role team createrole; grant agent_bom_rls_maintenance to team; create role member in role team;
     ${STRANGER} bypassrls; grant select on scan_jobs to stranger; create schema tools; grant all on schema tools to public;
     set role stranger; create function tools.every() returns int language sql security definer as 'select 1'; reset role;
     set role member; create function tools.few() returns int language sql security definer as 'select 1'; reset role;
     revoke all on schema tools from public`,
    'member may act as agent_bom_rls_maintenance through team: REVOKE team FROM member;; ' +
      'stranger has BYPASSRLS and reads tables: ALTER ROLE stranger NOBYPASSRLS;; ' +
      'tools.every() runs as stranger for PUBLIC: DROP FUNCTION tools.every();; ' +
      'tools.few() runs as member for PUBLIC: DROP FUNCTION tools.few();',
    `drop schema tools cascade; ${GONE}; drop role member; drop role team`,
  ),
  sabotage(
    'access.others',
    'a member that does not inherit from a role that reads the key table',
    `create role readers; grant select on ${KEYS} to readers; ${STRANGER} noinherit in role readers`,
    'readers reads agent_bom_tenant_binding_keys: REVOKE ALL ON public.agent_bom_tenant_binding_keys FROM readers;; stranger reads agent_bom_tenant_binding_keys: REVOKE readers FROM stranger;',
    `${GONE}; drop owned by readers; drop role readers`,
  ),
  sabotage(
    'access.others',
    'a login that writes the key table',
    `${STRANGER}; grant pg_write_all_data to stranger`,
    `stranger writes ${KEYS}: REVOKE pg_write_all_data FROM stranger;`,
  ),
  sabotage(
    'access.others',
    'logins that write the key table in one way each',
    `create role adder; create role changer; ${STRANGER};
     grant insert (body) on ${KEYS} to adder; grant update (body) on ${KEYS} to changer; grant delete on ${KEYS} to stranger`,
    ['adder', 'changer', 'stranger']
      .map((name) => `${name} writes ${KEYS}: REVOKE ALL ON public.${KEYS} FROM ${name};`)
      .join('; '),
    `${GONE}; drop owned by adder, changer; drop role adder, changer`,
  ),
  sabotage(
    'access.others',
    'a login that reads the files of the server',
    `${STRANGER}; grant pg_read_server_files, pg_write_server_files, pg_execute_server_program to stranger`,
    ['execute_server_program', 'read_server_files', 'write_server_files']
      .map(
        (name) =>
          `stranger is a member of pg_${name}, which reaches the files of the server: REVOKE pg_${name} FROM stranger;`,
      )
      .join('; '),
  ),
  sabotage(
    'access.others',
    'a login that may call what reads the files of the server',
    `${STRANGER}; create extension pg_walinspect; grant execute on function ${READ_FILES.join()} to stranger`,
    READ_FILES.map(
      (name) =>
        `stranger may execute ${name}, which reaches the files of the server: REVOKE EXECUTE ON FUNCTION ${name} FROM stranger;`,
    ).join('; '),
    `drop extension pg_walinspect; revoke execute on function ${READ_FILES.slice(0, 3).join()} from stranger; drop role stranger`,
  ),
  sabotage(
    'access.others',
    'everybody may write files of the server',
    'grant execute on function lo_export(oid, text) to public',
    'PUBLIC may execute lo_export(oid,text), which reaches the files of the server: REVOKE EXECUTE ON FUNCTION lo_export(oid,text) FROM PUBLIC;',
    'revoke execute on function lo_export(oid, text) from public',
  ),
  sabotage(
    'access.others',
    'a policy that shows another role every row',
    `${STRANGER}; create policy reports on scan_jobs for select to stranger using (true)`,
    'policy reports on scan_jobs shows stranger rows of all tenants: DROP POLICY reports ON public.scan_jobs;',
    `drop policy reports on scan_jobs; ${GONE}`,
  ),
  sabotage(
    'access.others',
    'tables to come that another role may empty',
    `${STRANGER}; alter default privileges for role agent_bom_owner in schema public grant truncate on tables to stranger`,
    'stranger will have TRUNCATE on tables that agent_bom_owner creates: ' +
      'ALTER DEFAULT PRIVILEGES FOR ROLE agent_bom_owner IN SCHEMA public REVOKE TRUNCATE ON TABLES FROM stranger;',
  ),
  sabotage(
    'access.others',
    'what an administrator creates, which another role may empty',
    `${STRANGER}; alter default privileges for role agent_bom_admin grant truncate, trigger, references on tables to stranger`,
    'stranger will have REFERENCES, TRIGGER, TRUNCATE on tables that agent_bom_admin creates: ' +
      'ALTER DEFAULT PRIVILEGES FOR ROLE agent_bom_admin REVOKE REFERENCES, TRIGGER, TRUNCATE ON TABLES FROM stranger;',
  ),
  sabotage(
    'access.others',
    'a column that another table may refer to',
    `${STRANGER}; grant references (id) on scan_jobs to stranger`,
    'stranger may REFERENCES scan_jobs: REVOKE REFERENCES ON public.scan_jobs FROM stranger;',
  ),
  sabotage(
    'access.others',
    'views of the logins to which policies show every row',
    `${STRANGER}; create schema reports; create view reports.jobs as select * from scan_jobs;
     alter view reports.jobs owner to agent_bom_backup; grant select on reports.jobs to stranger;
     create view reports.queue as select * from scan_dispatch_queue;
     alter view reports.queue owner to agent_bom_maintenance; grant select on reports.queue to stranger`,
    'reports.jobs shows stranger the rows of all tenants: DROP VIEW reports.jobs;; ' +
      'reports.queue shows stranger the rows of all tenants: DROP VIEW reports.queue;',
    `drop schema reports cascade; ${GONE}`,
  ),
  sabotage(
    'access.others',
    'a member of those who replicate on RDS',
    `create role rds_replication; ${STRANGER} in role rds_replication`,
    'stranger is a member of rds_replication, which copies every row: REVOKE rds_replication FROM stranger;',
    `${GONE}; drop role rds_replication`,
  ),
  sabotage(
    'access.others',
    'a login that refers to the rows of all tenants',
    `${STRANGER}; grant references on scan_jobs to stranger`,
    'stranger may REFERENCES scan_jobs: REVOKE REFERENCES ON public.scan_jobs FROM stranger;',
  ),
  sabotage(
    'access.others',
    'a view of the keys that the backup may read',
    `create schema reports; create view reports.keys as select * from ${KEYS}; grant select on reports.keys to agent_bom_app`,
    'reports.keys shows agent_bom_app the keys: DROP VIEW reports.keys;',
    'drop schema reports cascade',
  ),
];
