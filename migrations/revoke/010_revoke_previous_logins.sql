-- Revokes the logins of the previous generation, once the pods that use them are gone: no password, no LOGIN. Which login
-- of an identity stays is what the URL says that its pods use. The next generation opens the other one again.
begin;
select pg_advisory_xact_lock(hashtext('agent-bom-postgres'), hashtext('contract'));
set local lock_timeout = '2s';

do $$
declare
  patience constant interval := coalesce(nullif(current_setting('agent_bom.drain_timeout', true), ''), '90s');
  deadline constant timestamptz := clock_timestamp() + patience;
  previous text[] := '{}';
  item record;
  login text;
  sessions int;
begin
  for item in
    select format('agent_bom.%s_url', identity) as setting, variable, array_agg(l.login) as logins
      from jsonb_to_recordset(current_setting('agent_bom.logins')::jsonb) l (identity text, variable text, login text)
     where identity <> 'backup'
     group by identity, variable
     order by identity
  loop
    login := (regexp_match(current_setting(item.setting, true), '^postgres[^:]*://([^:/?#@[:space:]]+):'))[1];
    if login is null or login <> all (item.logins) then
      raise exception '% logs in as %', item.variable, coalesce(login, 'nobody')
        using hint = format('Its login is one of: %s', array_to_string(item.logins, ', '));
    end if;
    if not exists (select from pg_roles where rolname = login and rolcanlogin) then
      raise exception 'the login % of % is not set up', login, item.variable
        using hint = 'Run `after` with the same URLs; nothing was revoked.';
    end if;
    previous := previous || array_remove(item.logins, login);
  end loop;

  -- A pod that is being replaced finishes its requests with the login that it has.
  loop
    perform pg_stat_clear_snapshot();
    select count(*) into sessions from pg_stat_activity where usename = any (previous);
    exit when sessions = 0 or clock_timestamp() >= deadline;
    perform pg_sleep(0.1);
  end loop;
  if sessions > 0 then
    raise notice 'open sessions of % after %: %', array_to_string(previous, ' and '), patience, sessions;
  end if;

  for item in select rolname from pg_roles where rolname = any (previous) and rolcanlogin loop
    execute format('alter role %I nologin password null', item.rolname);
  end loop;
end
$$;

commit;
