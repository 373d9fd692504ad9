-- Roles and extensions that the packaged migrations create when they run for the first time, which they do not do on a
-- restored database. Policies, privileges and indexes of the dump name them, so they come first.
begin;
set local lock_timeout = '300s';
select pg_advisory_xact_lock(hashtext('agent-bom-postgres'), hashtext('contract'));
set local role agent_bom_owner;

do $$
begin
  if not exists (select from pg_roles where rolname = 'agent_bom_rls_maintenance') then
    create role agent_bom_rls_maintenance nologin;
    execute format('grant agent_bom_rls_maintenance to %I with admin option', session_user);
  end if;
  if not exists (select from pg_roles where rolname = 'agent_bom_maintenance') then
    create role agent_bom_maintenance login in role agent_bom_rls_maintenance;
  end if;
  if not exists (select from pg_roles where rolname = 'agent_bom_readonly') then
    create role agent_bom_readonly nologin;
  end if;
end
$$;

do $$
declare
  wanted text;
begin
  foreach wanted in array current_setting('agent_bom.extensions')::text[] loop
    begin
      execute format('create extension if not exists %I schema public', wanted);
    exception
      when insufficient_privilege then
        -- The administrator may create what the owner role may not, where a provider allows it by login.
        reset role;
        execute format('create extension if not exists %I schema public', wanted);
        set local role agent_bom_owner;
    end;
  end loop;
end
$$;

-- The dump says what the application holds on each table: the mark of a new one would remain where a migration revoked all.
alter default privileges in schema public revoke references on tables from agent_bom_app;

commit;
