-- What PostgreSQL gives to everybody, and the contract gives to those who need it.
begin;
set local lock_timeout = '300s';
select pg_advisory_xact_lock(hashtext('agent-bom-postgres'), hashtext('contract'));

do $$
begin
  if not exists (select from pg_roles where rolname = 'agent_bom_maintenance')
     or not exists (select from pg_roles where rolname = 'agent_bom_rls_maintenance') then
    raise exception 'the roles of the packaged migrations are missing from this server'
      using hint = 'Run the packaged migrations between `before` and `after`.';
  end if;
end
$$;

do $$
begin
  execute format('revoke all on database %I from public', current_database());
  execute format('grant connect, temporary on database %I to agent_bom_app, agent_bom_maintenance', current_database());
  execute format('grant connect on database %I to agent_bom_backup', current_database());
  if exists (select from pg_roles where rolname = 'agent_bom_readonly') then
    execute format('grant connect on database %I to agent_bom_readonly', current_database());
  end if;
end
$$;

revoke create on schema public from public;
grant usage on schema public to agent_bom_app, agent_bom_maintenance, agent_bom_backup;

commit;
