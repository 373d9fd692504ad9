-- Replaces the packaged migrations where they are not available: tables, tenants, policies and role statements of
-- the same kind, the ones that fail on RDS included. It is not the product's schema.
begin;
set local lock_timeout = '5s';

-- A role that exists is "made safe" with a statement that only a superuser may say, and the session's login is given
-- the marker WITH ADMIN OPTION: both fail unless the session acts as the owner role on roles that it creates itself.
do $$
begin
  if to_regclass('public.alembic_version') is null then
    if exists (select from pg_roles where rolname = 'agent_bom_rls_maintenance') then
      alter role agent_bom_rls_maintenance nologin nosuperuser;
    else
      create role agent_bom_rls_maintenance nologin nosuperuser;
    end if;
    execute format('grant agent_bom_rls_maintenance to %I with admin option', session_user);
    if exists (select from pg_roles where rolname = 'agent_bom_maintenance') then
      alter role agent_bom_maintenance login nosuperuser;
    else
      create role agent_bom_maintenance login nosuperuser;
    end if;
    alter role agent_bom_maintenance connection limit 32;
    grant agent_bom_rls_maintenance to agent_bom_maintenance;
  end if;
end
$$;

create extension if not exists pgcrypto;
create extension if not exists pg_trgm;

-- Without a tenant the session belongs to the tenant "default".
create or replace function public.abom_current_tenant() returns text language sql stable as $$
  select coalesce(nullif(current_setting('app.tenant_id', true), ''), 'default')
$$;

create or replace function public.abom_rls_bypass() returns boolean language sql stable as $$
  select coalesce(current_setting('app.bypass_rls', true), '') = '1'
         and pg_has_role(session_user, 'agent_bom_rls_maintenance', 'MEMBER')
$$;

create table if not exists alembic_version (version_num text primary key);
insert into alembic_version values ('00000000_01') on conflict do nothing;

-- The stores, by the column that names the tenant.
do $$
declare
  item record;
begin
  for item in
    select 'team_id' as tenant, unnest(array[
      'teams', 'agents', 'api_keys', 'audit_log', 'cis_benchmark_checks', 'exceptions', 'findings', 'gateway_policies',
      'job_queue', 'policy_audit_log', 'policy_results', 'scan_jobs', 'trend_history']) as name
     union all
    select 'tenant_id', unnest(array[
      'attack_paths', 'audit_chain_checkpoint', 'cloud_connections', 'compliance_hub_findings', 'fleet_agents',
      'fleet_endpoints', 'gateway_activity_events', 'governance_audit_log', 'graph_edges', 'graph_filter_presets',
      'graph_node_search', 'graph_nodes', 'graph_snapshots', 'hub_findings_current', 'idempotency_keys',
      'interaction_risks', 'llm_costs', 'scan_dispatch_queue', 'scan_schedules', 'scim_users', 'ticket_links'])
  loop
    execute format(
      'create table if not exists %I (id bigint generated always as identity primary key,'
      ' %I text not null default public.abom_current_tenant(), body jsonb not null default ''{}'')',
      item.name, item.tenant);
  end loop;
  foreach item.name in array array[
    'agent_bom_hub_backfills', 'agent_bom_tenant_binding_keys', 'api_rate_limit_hits', 'api_rate_limits',
    'auth_session_attempts', 'control_plane_schema_versions', 'osv_cache', 'revoked_session_nonces']
  loop
    execute format('create table if not exists %I (id bigint generated always as identity primary key, body jsonb)',
                   item.name);
  end loop;
end
$$;

create table if not exists hub_findings_current_observations (
  tenant_id text not null default public.abom_current_tenant(),
  canonical_id text not null default gen_random_uuid(),
  observed_at timestamptz not null default now(),
  body jsonb not null default '{}',
  primary key (tenant_id, canonical_id, observed_at)
) partition by range (observed_at);

-- Every run extends the runway of monthly partitions to twelve months from now.
do $$
declare
  first_day date;
begin
  for first_day in
    select generate_series(date_trunc('month', now()) - interval '1 month', date_trunc('month', now()) + interval '12 months',
                           interval '1 month')::date
  loop
    execute format(
      'create table if not exists %I partition of hub_findings_current_observations for values from (%L) to (%L)',
      'hub_findings_current_observations_' || to_char(first_day, '"y"YYYY"m"MM'),
      first_day, (first_day + interval '1 month')::date);
  end loop;
end
$$;

do $$
declare
  item record;
begin
  for item in
    select c.oid::regclass as name, a.attname as tenant
      from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attname in ('tenant_id', 'team_id') and not a.attisdropped
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relrowsecurity
  loop
    execute format('alter table %s enable row level security', item.name);
    execute format('alter table %s force row level security', item.name);
    execute format(
      'create policy tenant_isolation on %s using (%I = public.abom_current_tenant() or public.abom_rls_bypass())'
      ' with check (%2$I = public.abom_current_tenant() or public.abom_rls_bypass())', item.name, item.tenant);
  end loop;
  if not exists (select from pg_policy where polname = 'dispatch_maintenance') then
    create policy dispatch_maintenance on scan_dispatch_queue to agent_bom_rls_maintenance using (true) with check (true);
  end if;
end
$$;

grant usage on schema public to agent_bom_rls_maintenance;
grant select, insert, update, delete on all tables in schema public to agent_bom_rls_maintenance;
grant usage, select on all sequences in schema public to agent_bom_rls_maintenance;
revoke all on agent_bom_tenant_binding_keys from agent_bom_rls_maintenance;
do $$
begin
  if exists (select from pg_roles where rolname = 'agent_bom_app') then
    grant select, insert, update, delete on all tables in schema public to agent_bom_app;
    revoke all on agent_bom_tenant_binding_keys from agent_bom_app;
  end if;
end
$$;

commit;
