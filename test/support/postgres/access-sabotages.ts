import type { Sabotage } from './role-sabotages';

const KEYS = 'agent_bom_tenant_binding_keys';
const STRANGER = 'create role stranger login';
const AS_STRANGER = `${STRANGER}; create schema planted authorization stranger; set role stranger`;
const FUNCTION = 'create function planted.fires() returns trigger language plpgsql as $$ begin return new; end $$';
const GONE = 'drop owned by stranger cascade; drop role stranger';

function sabotage(check: string, what: string, breaks: string, names: string, mends = GONE): Sabotage {
  return { check, what, breaks, names, mends };
}

/** Who else reads, by each of the paths, and what others leave in the database for our sessions to run. */
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
    `stranger reads ${KEYS}`,
  ),
  sabotage(
    'access.others',
    'a member of a role that reads the key table',
    `create role readers; grant select on ${KEYS} to readers; ${STRANGER} in role readers`,
    `stranger reads ${KEYS}: REVOKE readers FROM stranger;`,
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
    'stranger may TRIGGER scan_jobs',
  ),
  sabotage(
    'access.others',
    'a view of the keys, over another one',
    `${STRANGER}; create schema reports; create view reports.one as select * from ${KEYS};
     create view reports.two as select * from reports.one; grant select on reports.two to stranger`,
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
    'tools.keys() runs as lender for PUBLIC',
    'drop schema tools cascade; drop owned by readers; drop role lender; drop role readers',
  ),
  sabotage(
    'access.others',
    'a member that does not inherit from a role that reads the key table',
    `create role readers; grant select on ${KEYS} to readers; ${STRANGER} noinherit in role readers`,
    `stranger reads ${KEYS}: REVOKE readers FROM stranger;`,
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
    'a login that reads the files of the server',
    `${STRANGER}; grant pg_read_server_files to stranger`,
    'stranger is a member of pg_read_server_files, which reaches the files of the server: REVOKE pg_read_server_files FROM stranger;',
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
    'a column that another table may refer to',
    `${STRANGER}; grant references (id) on scan_jobs to stranger`,
    'stranger may REFERENCES scan_jobs',
  ),
  sabotage(
    'access.others',
    'a view of the backup login, to which policies show every row',
    `${STRANGER}; create schema reports; create view reports.jobs as select * from scan_jobs;
     alter view reports.jobs owner to agent_bom_backup; grant select on reports.jobs to stranger`,
    'reports.jobs shows stranger the rows of all tenants: DROP VIEW reports.jobs;',
    `drop schema reports cascade; ${GONE}`,
  ),
  sabotage(
    'database.public',
    'a column opened to everybody',
    'grant select (body) on osv_cache to public',
    'PUBLIC has SELECT on column body of osv_cache',
    'revoke select (body) on osv_cache from public',
  ),
  sabotage(
    'database.public',
    'tables to come that everybody reads',
    'alter default privileges for role agent_bom_owner in schema public grant select on tables to public',
    'PUBLIC will have SELECT on what agent_bom_owner creates',
    'alter default privileges for role agent_bom_owner in schema public revoke select on tables from public',
  ),
  sabotage(
    'schema.foreign-code',
    'an operator of another role',
    `${AS_STRANGER}; create function planted.same(int, text) returns bool language sql as 'select true'; reset role;
     create operator public.= (function = planted.same, leftarg = int, rightarg = text);
     alter operator public.= (int, text) owner to stranger`,
    'operator public.=(integer,pg_catalog.text) of stranger: DROP OPERATOR public.=(integer,pg_catalog.text);',
  ),
  sabotage(
    'schema.foreign-code',
    'a domain of another role',
    `${STRANGER}; create domain public.regrole as text; alter domain public.regrole owner to stranger`,
    'type public.regrole of stranger: DROP TYPE public.regrole;',
  ),
  sabotage(
    'schema.foreign-code',
    'a cast of another role',
    `${AS_STRANGER}; create type planted.kind as enum ('a');
     create function planted.of(text) returns planted.kind language sql as $$ select 'a'::planted.kind $$;
     create cast (text as planted.kind) with function planted.of(text) as implicit`,
    'cast (pg_catalog.text AS planted.kind): DROP CAST (pg_catalog.text AS planted.kind);',
  ),
  sabotage(
    'schema.foreign-code',
    'a trigger that calls what another role may change',
    `${AS_STRANGER}; ${FUNCTION}; reset role; grant usage on schema planted to public;
     create trigger hook before insert on osv_cache for each row execute function planted.fires()`,
    'trigger hook on public.osv_cache calls planted.fires() of stranger: DROP TRIGGER hook on public.osv_cache;',
  ),
  sabotage(
    'schema.foreign-code',
    'a rule that calls what another role may change',
    `${AS_STRANGER}; create function planted.one() returns int language sql as 'select 1'; reset role;
     create rule hook as on delete to osv_cache do also select planted.one()`,
    'rule hook on public.osv_cache calls planted.one() of stranger: DROP RULE hook on public.osv_cache;',
  ),
  sabotage(
    'schema.foreign-code',
    'a default that calls what another role may change',
    `${AS_STRANGER}; create function planted.body() returns jsonb language sql as $$ select '{}'::jsonb $$; reset role;
     alter table osv_cache alter body set default planted.body()`,
    'calls planted.body() of stranger: ALTER TABLE public.osv_cache ALTER body DROP DEFAULT;',
  ),
  sabotage(
    'schema.foreign-code',
    'a schema that has the name of a login',
    'create schema agent_bom_app',
    'schema agent_bom_app, into which sessions of the role agent_bom_app look first',
    'drop schema agent_bom_app',
  ),
  sabotage(
    'schema.foreign-code',
    'a login that creates in public',
    `${STRANGER}; grant create on schema public to stranger`,
    'CREATE on schema public for stranger: REVOKE CREATE ON SCHEMA public FROM stranger;',
  ),
  sabotage(
    'backup.sees-all-rows',
    'a policy of the backup for more than reading',
    `drop policy agent_bom_backup_reads on graph_nodes;
     create policy agent_bom_backup_reads on graph_nodes to agent_bom_backup using (true)`,
    'graph_nodes: policy agent_bom_backup_reads is for ALL to agent_bom_backup using (true), not for SELECT',
    `drop policy agent_bom_backup_reads on graph_nodes;
     create policy agent_bom_backup_reads on graph_nodes for select to agent_bom_backup using (true)`,
  ),
  sabotage(
    'backup.sees-all-rows',
    'a second policy for the backup',
    'create policy more on graph_nodes for insert to agent_bom_backup with check (true)',
    'graph_nodes: policy more is for INSERT to agent_bom_backup with check (true), not for SELECT',
    'drop policy more on graph_nodes',
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
    'stranger may REFERENCES scan_jobs',
  ),
  sabotage(
    'access.others',
    'a view of the keys that the backup may read',
    `create schema reports; create view reports.keys as select * from ${KEYS}; grant select on reports.keys to agent_bom_app`,
    'reports.keys shows agent_bom_app the keys: DROP VIEW reports.keys;',
    'drop schema reports cascade',
  ),
  sabotage(
    'schema.foreign-code',
    'a constraint that calls what another role may change',
    `${AS_STRANGER}; create function planted.fits(jsonb) returns bool language sql as 'select true'; reset role;
     alter table osv_cache add constraint fits check (planted.fits(body))`,
    'calls planted.fits(jsonb) of stranger: ALTER TABLE public.osv_cache DROP CONSTRAINT fits;',
  ),
  sabotage(
    'schema.foreign-code',
    'a policy that calls what another role may change',
    `${AS_STRANGER}; create function planted.yes() returns bool language sql as 'select true'; reset role;
     create policy hook on osv_cache for select to agent_bom_owner using (planted.yes())`,
    'policy hook on public.osv_cache calls planted.yes() of stranger: DROP POLICY hook on public.osv_cache;',
  ),
  sabotage(
    'schema.foreign-code',
    'a schema that has the name of the owner',
    'create schema agent_bom_owner',
    'schema agent_bom_owner, into which sessions of the role agent_bom_owner look first',
    'drop schema agent_bom_owner',
  ),
  sabotage(
    'backup.sees-all-rows',
    'a policy that hides rows from the backup',
    'create policy less on graph_nodes as restrictive for select to agent_bom_backup using (true)',
    'graph_nodes: policy less is restrictive for SELECT to agent_bom_backup using (true)',
    'drop policy less on graph_nodes',
  ),
  sabotage(
    'backup.sees-all-rows',
    'a policy of the backup that is not for all rows',
    `drop policy agent_bom_backup_reads on graph_nodes;
     create policy agent_bom_backup_reads on graph_nodes for select to agent_bom_backup using (false)`,
    'graph_nodes: policy agent_bom_backup_reads is for SELECT to agent_bom_backup using (false)',
    `drop policy agent_bom_backup_reads on graph_nodes;
     create policy agent_bom_backup_reads on graph_nodes for select to agent_bom_backup using (true)`,
  ),
  sabotage(
    'backup.sees-all-rows',
    'a table that the backup does not read',
    'revoke select on graph_nodes from agent_bom_backup',
    'agent_bom_backup may not read graph_nodes',
    'grant select on graph_nodes to agent_bom_backup',
  ),
];
