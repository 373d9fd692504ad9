import { ROLE_SABOTAGES, type Sabotage } from './role-sabotages';

const NEXT_PARTITION = '(select to_char(now(), \'"hub_findings_current_observations_y"YYYY"m"MM\'))';

/** At least one for every check that a database answers by itself. */
export const SABOTAGES: readonly Sabotage[] = [
  ...ROLE_SABOTAGES,
  {
    check: 'tenancy.row-security',
    what: 'row-level security switched off on a table and on one partition',
    breaks: `do $$ begin execute format('alter table %I disable row level security', ${NEXT_PARTITION}); end $$;
             alter table hub_findings_current_observations disable row level security`,
    names:
      /^hub_findings_current_observations: row-level security is off; hub_findings_current_observations_y\d{4}m\d\d: row-level security is off$/,
    mends: `do $$ begin execute format('alter table %I enable row level security', ${NEXT_PARTITION}); end $$;
            alter table hub_findings_current_observations enable row level security`,
  },
  {
    check: 'tenancy.row-security',
    what: 'row-level security not forced',
    breaks: 'alter table scan_jobs no force row level security',
    names: 'scan_jobs: row-level security is not forced',
    mends: 'alter table scan_jobs force row level security',
  },
  {
    check: 'tenancy.open-tables',
    what: 'a table that nobody knows',
    breaks: `set role agent_bom_owner; create table leftover (id int); revoke references on leftover from agent_bom_app;
             grant select, insert, update, delete on leftover to agent_bom_app`,
    names: 'leftover has no row-level security',
    mends: 'drop table leftover',
  },
  {
    check: 'tenancy.open-tables',
    what: 'a table that all tenants share, divided',
    breaks: `alter table osv_cache enable row level security;
             create policy divided on osv_cache using (abom_current_tenant() = body ->> 'tenant') with check (abom_current_tenant() = body ->> 'tenant');
             create policy agent_bom_backup_reads on osv_cache for select to agent_bom_backup using (true)`,
    names: 'osv_cache has row-level security and is shared by all tenants',
    mends: `alter table osv_cache disable row level security;
            drop policy divided on osv_cache; drop policy agent_bom_backup_reads on osv_cache`,
  },
  {
    check: 'tenancy.policies',
    what: 'a policy dropped',
    breaks: 'drop policy dispatch_maintenance on scan_dispatch_queue',
    names: 'scan_dispatch_queue: no policy is for agent_bom_rls_maintenance',
    mends:
      'create policy dispatch_maintenance on scan_dispatch_queue to agent_bom_rls_maintenance using (true) with check (true)',
  },
  {
    check: 'tenancy.policies',
    what: 'a policy that does not ask for the tenant',
    breaks: "create policy hole on llm_costs for select to agent_bom_app using (tenant_id = 'contract-hole')",
    names: 'llm_costs: policy hole does not ask for the tenant',
    mends: 'drop policy hole on llm_costs',
  },
  {
    check: 'tenancy.policies',
    what: 'a policy that does not ask whose rows are written',
    breaks: `create policy hole on llm_costs for all to agent_bom_app
       using (tenant_id = public.abom_current_tenant()) with check (tenant_id = 'contract-hole')`,
    names: 'llm_costs: policy hole does not ask for the tenant',
    mends: 'drop policy hole on llm_costs',
  },
  {
    check: 'tenancy.app-cannot-bypass',
    what: 'BYPASSRLS for an application login',
    breaks: 'alter role agent_bom_app_b bypassrls',
    names: 'agent_bom_app_b may act as agent_bom_app_b',
    mends: 'alter role agent_bom_app_b nobypassrls',
  },
  {
    check: 'tenancy.probe',
    what: 'a function that forgets the tenant',
    breaks: `create or replace function abom_current_tenant() returns text language sql stable as $$ select 'contract-probe-b' $$`,
    names: /(^|; )agents: rows of another tenant are visible(;|$)/,
    mends: `create or replace function abom_current_tenant() returns text language sql stable as
            $$ select coalesce(nullif(current_setting('app.tenant_id', true), ''), 'default') $$`,
  },
  {
    check: 'tenancy.probe',
    what: 'a trigger that answers before a policy does, as a partition that is missing would',
    breaks: `set role agent_bom_owner;
             create function abom_stop() returns trigger language plpgsql as
               $$ begin raise 'stopped' using errcode = 'check_violation'; end $$;
             create trigger stop before insert on llm_costs for each row execute function abom_stop()`,
    names: 'llm_costs: a row of another tenant was stopped by something else: stopped',
    mends: 'drop trigger stop on llm_costs; drop function abom_stop()',
  },
  {
    check: 'stores.present',
    what: 'a store that the application may not write',
    breaks: 'revoke insert on audit_log from agent_bom_app',
    names: 'audit log: agent_bom_app may not INSERT audit_log',
    mends: 'grant insert on audit_log to agent_bom_app',
  },
  {
    check: 'stores.present',
    what: 'a store that is missing',
    breaks: 'alter table exceptions rename to exceptions_gone',
    names: 'exceptions: table exceptions is missing',
    mends: 'alter table exceptions_gone rename to exceptions',
  },
  {
    check: 'schema.revision',
    what: 'another revision',
    breaks: "update alembic_version set version_num = '20260812_01'",
    names: 'the database is at 20260812_01, the packaged migrations end at 00000000_01',
    mends: "update alembic_version set version_num = '00000000_01'",
  },
  {
    check: 'schema.revision',
    what: 'two revisions',
    breaks: "insert into alembic_version values ('20260812_01')",
    names: 'the database is at 00000000_01, 20260812_01, the packaged migrations end at 00000000_01',
    mends: "delete from alembic_version where version_num = '20260812_01'",
  },
  {
    check: 'schema.revision',
    what: 'no revision',
    breaks: 'delete from alembic_version',
    names: 'the database is at no revision, the packaged migrations end at 00000000_01',
    mends: "insert into alembic_version values ('00000000_01')",
  },
  {
    check: 'schema.backfills',
    what: 'a row that a migration left out',
    breaks: `alter table compliance_hub_findings add scan_id text not null default '', add payload jsonb;
             insert into compliance_hub_findings (payload) values ('{"scan_id": "s"}'), ('{"scan_id": ""}'), (null)`,
    names: 'compliance_hub_findings: scan_id is empty in 1 rows',
    mends: 'delete from compliance_hub_findings; alter table compliance_hub_findings drop scan_id, drop payload',
  },
  {
    check: 'schema.extensions',
    what: 'an extension dropped',
    breaks: 'drop extension pg_trgm',
    names: 'pg_trgm is not installed',
    mends: 'set role agent_bom_owner; create extension pg_trgm',
  },
  {
    check: 'privileges.app',
    what: 'the application moves the revision',
    breaks: 'grant update on alembic_version to agent_bom_app',
    names: 'agent_bom_app may UPDATE alembic_version; agent_bom_app_b may UPDATE alembic_version',
    mends: 'revoke update on alembic_version from agent_bom_app',
  },
  {
    check: 'privileges.app',
    what: 'the application reads and writes the key table',
    breaks: 'grant select, insert, update, delete on agent_bom_tenant_binding_keys to agent_bom_app_b',
    names: ['DELETE', 'INSERT', 'SELECT', 'UPDATE']
      .map((privilege) => `agent_bom_app_b may ${privilege} agent_bom_tenant_binding_keys`)
      .join('; '),
    mends: 'revoke all on agent_bom_tenant_binding_keys from agent_bom_app_b',
  },
  {
    check: 'privileges.app',
    what: 'the application creates tables',
    breaks: 'grant create on schema public to agent_bom_app',
    names: 'agent_bom_app may create in schema public; agent_bom_app_b may create in schema public',
    mends: 'revoke create on schema public from agent_bom_app',
  },
  {
    check: 'privileges.app',
    what: 'the application reads a column of the key table',
    breaks: 'grant select (id) on agent_bom_tenant_binding_keys to agent_bom_app',
    names:
      'agent_bom_app may SELECT agent_bom_tenant_binding_keys; agent_bom_app_b may SELECT agent_bom_tenant_binding_keys',
    mends: 'revoke select (id) on agent_bom_tenant_binding_keys from agent_bom_app',
  },
  {
    check: 'privileges.app',
    what: 'a table that the application cannot use',
    breaks: 'revoke all on osv_cache from agent_bom_app',
    names: 'agent_bom_app may do nothing with osv_cache',
    mends: 'grant select, insert, update, delete on osv_cache to agent_bom_app',
  },
  {
    check: 'privileges.app',
    what: 'a table that a migration narrowed and an earlier version of the contract opened again',
    breaks: `set role agent_bom_owner; create table endpoint_syncs (tenant_id text);
             alter table endpoint_syncs enable row level security, force row level security;
             create policy tenant on endpoint_syncs using (tenant_id = abom_current_tenant())
               with check (tenant_id = abom_current_tenant());
             create policy agent_bom_backup_reads on endpoint_syncs for select to agent_bom_backup using (true);
             revoke all on endpoint_syncs from agent_bom_app;
             grant select, insert, update, delete on endpoint_syncs to agent_bom_app`,
    names: 'agent_bom_app may DELETE endpoint_syncs, which its migration did not grant',
    mends: 'drop table endpoint_syncs',
  },
  {
    check: 'privileges.app',
    what: 'a table that its migration never granted all of, and default privileges opened',
    breaks: `set role agent_bom_owner; create table mcp_scan_results (tenant_id text);
             alter table mcp_scan_results enable row level security, force row level security;
             create policy tenant on mcp_scan_results using (tenant_id = abom_current_tenant())
               with check (tenant_id = abom_current_tenant());
             create policy agent_bom_backup_reads on mcp_scan_results for select to agent_bom_backup using (true);
             revoke all on mcp_scan_results from agent_bom_app;
             grant select, insert, update, delete on mcp_scan_results to agent_bom_app`,
    names: 'agent_bom_app may UPDATE mcp_scan_results, which its migration did not grant',
    mends: 'drop table mcp_scan_results',
  },
  {
    check: 'privileges.app',
    what: 'a sequence that the application may not use',
    breaks: 'revoke usage on sequence osv_cache_id_seq from agent_bom_app',
    names: 'agent_bom_app may not use sequence osv_cache_id_seq',
    mends: 'grant usage on sequence osv_cache_id_seq to agent_bom_app',
  },
  {
    check: 'privileges.maintenance',
    what: 'the maintenance identity reads the key table',
    breaks: 'grant select on agent_bom_tenant_binding_keys to agent_bom_rls_maintenance',
    names:
      'agent_bom_maintenance may SELECT agent_bom_tenant_binding_keys; agent_bom_maintenance_b may SELECT agent_bom_tenant_binding_keys',
    mends: 'revoke select on agent_bom_tenant_binding_keys from agent_bom_rls_maintenance',
  },
  {
    check: 'privileges.maintenance',
    what: 'the maintenance identity moves the revision of the schema',
    breaks: 'grant update on alembic_version to agent_bom_rls_maintenance',
    names: 'agent_bom_maintenance may UPDATE alembic_version; agent_bom_maintenance_b may UPDATE alembic_version',
    mends: 'revoke update on alembic_version from agent_bom_rls_maintenance',
  },
  {
    check: 'privileges.maintenance',
    what: 'the maintenance identity creates schemas',
    breaks: 'grant create on database agent_bom to agent_bom_maintenance',
    names: 'agent_bom_maintenance may create schemas; agent_bom_maintenance_b may create schemas',
    mends: 'revoke create on database agent_bom from agent_bom_maintenance',
  },
  {
    check: 'privileges.defaults',
    what: 'tables to come that are open to the application, whatever their migrations grant',
    breaks:
      'alter default privileges for role agent_bom_owner in schema public grant delete on tables to agent_bom_app',
    names: 'new tables of agent_bom_owner are opened with DELETE,REFERENCES for agent_bom_app',
    mends:
      'alter default privileges for role agent_bom_owner in schema public revoke delete on tables from agent_bom_app',
  },
  {
    check: 'privileges.defaults',
    what: 'tables to come that the backup cannot read',
    breaks:
      'alter default privileges for role agent_bom_owner in schema public revoke select on tables from agent_bom_backup',
    names: 'new tables of agent_bom_owner are not opened for agent_bom_backup',
    mends:
      'alter default privileges for role agent_bom_owner in schema public grant select on tables to agent_bom_backup',
  },
  {
    check: 'privileges.backup',
    what: 'a backup that may write',
    breaks: 'grant delete on scan_jobs, hub_findings_current_observations to agent_bom_backup',
    names: 'agent_bom_backup may DELETE hub_findings_current_observations; agent_bom_backup may DELETE scan_jobs',
    mends: 'revoke delete on scan_jobs, hub_findings_current_observations from agent_bom_backup',
  },
  {
    check: 'backup.sees-all-rows',
    what: 'a table whose rows the backup does not see',
    breaks: 'drop policy agent_bom_backup_reads on graph_nodes',
    names: 'graph_nodes: no policy shows every row to agent_bom_backup',
    mends: 'create policy agent_bom_backup_reads on graph_nodes for select to agent_bom_backup using (true)',
  },
  {
    check: 'backup.sees-all-rows',
    what: 'a sequence that the backup does not read',
    breaks: 'revoke select on sequence scan_jobs_id_seq from agent_bom_backup',
    names: 'agent_bom_backup may not read scan_jobs_id_seq',
    mends: 'grant select on sequence scan_jobs_id_seq to agent_bom_backup',
  },
  {
    check: 'privileges.backup',
    what: 'a backup that adds rows',
    breaks: 'grant insert on scan_jobs to agent_bom_backup',
    names: 'agent_bom_backup may INSERT scan_jobs',
    mends: 'revoke insert on scan_jobs from agent_bom_backup',
  },
  {
    check: 'privileges.backup',
    what: 'a backup that changes rows',
    breaks: 'grant update on scan_jobs to agent_bom_backup',
    names: 'agent_bom_backup may UPDATE scan_jobs',
    mends: 'revoke update on scan_jobs from agent_bom_backup',
  },
  {
    check: 'privileges.backup',
    what: 'a backup that empties tables',
    breaks: 'grant truncate on scan_jobs to agent_bom_backup',
    names: 'agent_bom_backup may TRUNCATE scan_jobs',
    mends: 'revoke truncate on scan_jobs from agent_bom_backup',
  },
  {
    check: 'privileges.backup',
    what: 'a backup that moves sequences',
    breaks: 'grant update on sequence scan_jobs_id_seq to agent_bom_backup',
    names: 'agent_bom_backup may UPDATE scan_jobs_id_seq',
    mends: 'revoke update on sequence scan_jobs_id_seq from agent_bom_backup',
  },
  {
    check: 'privileges.backup',
    what: 'a backup that creates tables',
    breaks: 'grant create on schema public to agent_bom_backup',
    names: 'agent_bom_backup may create in schema public',
    mends: 'revoke create on schema public from agent_bom_backup',
  },
  {
    check: 'privileges.app',
    what: 'the application empties tables',
    breaks: 'grant truncate on scan_jobs, hub_findings_current_observations to agent_bom_app',
    names:
      'agent_bom_app may TRUNCATE hub_findings_current_observations; agent_bom_app may TRUNCATE scan_jobs; agent_bom_app_b may TRUNCATE hub_findings_current_observations; agent_bom_app_b may TRUNCATE scan_jobs',
    mends: 'revoke truncate on scan_jobs, hub_findings_current_observations from agent_bom_app',
  },
  {
    check: 'privileges.app',
    what: 'the application hangs code on tables',
    breaks: 'grant trigger on scan_jobs to agent_bom_app',
    names: 'agent_bom_app may TRIGGER scan_jobs; agent_bom_app_b may TRIGGER scan_jobs',
    mends: 'revoke trigger on scan_jobs from agent_bom_app',
  },
  {
    check: 'privileges.app',
    what: 'the application refers to tables',
    breaks: 'grant references on scan_jobs to agent_bom_app',
    names: 'agent_bom_app may REFERENCES scan_jobs; agent_bom_app_b may REFERENCES scan_jobs',
    mends: 'revoke references on scan_jobs from agent_bom_app',
  },
  {
    check: 'privileges.app',
    what: 'the application does not read the revision',
    breaks: 'revoke select on alembic_version from agent_bom_app',
    names: 'agent_bom_app may not SELECT alembic_version',
    mends: 'grant select on alembic_version to agent_bom_app',
  },
  {
    check: 'privileges.maintenance',
    what: 'the maintenance identity empties tables',
    breaks: 'grant truncate on scan_jobs to agent_bom_rls_maintenance',
    names: 'agent_bom_maintenance may TRUNCATE scan_jobs; agent_bom_maintenance_b may TRUNCATE scan_jobs',
    mends: 'revoke truncate on scan_jobs from agent_bom_rls_maintenance',
  },
  {
    check: 'privileges.defaults',
    what: 'sequences to come that are opened before a migration says so',
    breaks:
      'alter default privileges for role agent_bom_owner in schema public grant usage on sequences to agent_bom_app',
    names: 'new sequences of agent_bom_owner are opened with USAGE for agent_bom_app',
    mends:
      'alter default privileges for role agent_bom_owner in schema public revoke usage on sequences from agent_bom_app',
  },
  {
    check: 'privileges.defaults',
    what: 'tables to come that the backup may change',
    breaks:
      'alter default privileges for role agent_bom_owner in schema public grant update on tables to agent_bom_backup',
    names: 'new tables of agent_bom_owner are opened with SELECT,UPDATE for agent_bom_backup',
    mends:
      'alter default privileges for role agent_bom_owner in schema public revoke update on tables from agent_bom_backup',
  },
  {
    check: 'schema.extensions',
    what: 'another extension dropped',
    breaks: 'drop extension pgcrypto',
    names: 'pgcrypto is not installed',
    mends: 'set role agent_bom_owner; create extension pgcrypto',
  },
];
