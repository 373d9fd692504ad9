-- The logins of the former generation, once the pods that use them are gone: no password, no LOGIN. Which login of an
-- identity stays is what the URL says that its pods have got. The next generation opens the other one again.
begin;
set local lock_timeout = '300s';
select pg_advisory_xact_lock(hashtext('agent-bom-postgres'), hashtext('contract'));

do $$
declare
  patience constant interval := coalesce(nullif(current_setting('agent_bom.drain_timeout', true), ''), '90s');
  deadline constant timestamptz := clock_timestamp() + patience;
  former text[] := '{}';
  item record;
  login text;
  sessions int;
begin
  for item in
    select *
      from (values ('agent_bom.app_url', 'AGENT_BOM_POSTGRES_URL', array['agent_bom_app', 'agent_bom_app_b']),
                   ('agent_bom.maintenance_url', 'AGENT_BOM_POSTGRES_MAINTENANCE_URL',
                    array['agent_bom_maintenance', 'agent_bom_maintenance_b']))
           as i (setting, variable, logins)
  loop
    login := (regexp_match(current_setting(item.setting, true), '^postgres[^:]*://([^:/?#@[:space:]]+):'))[1];
    if login is null or login <> all (item.logins) then
      raise exception '% logs in as %', item.variable, coalesce(login, 'nobody')
        using hint = format('Its login is one of: %s', array_to_string(item.logins, ', '));
    end if;
    if not exists (select from pg_roles where rolname = login and rolcanlogin) then
      raise exception 'the login % of % is not set up', login, item.variable
        using hint = 'Run `after` with the same URLs; nothing was retired.';
    end if;
    former := former || array_remove(item.logins, login);
  end loop;

  -- A pod that is being replaced finishes its requests with the login that it has.
  loop
    perform pg_stat_clear_snapshot();
    select count(*) into sessions from pg_stat_activity where usename = any (former);
    exit when sessions = 0 or clock_timestamp() >= deadline;
    perform pg_sleep(0.1);
  end loop;
  if sessions > 0 then
    raise notice '% sessions of % are still open after %', sessions, array_to_string(former, ' and '), patience;
  end if;

  for item in select rolname from pg_roles where rolname = any (former) and rolcanlogin loop
    execute format('alter role %I nologin password null', item.rolname);
  end loop;
end
$$;

commit;
