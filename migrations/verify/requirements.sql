-- What the checks themselves need; refused with one sentence, before any of them runs.
do $$
begin
  if current_setting('server_version_num')::int < 150000 then
    raise exception 'PostgreSQL % is too old: the contract needs 15 or later', current_setting('server_version')
      using hint = 'Upgrade the server to a supported major version.';
  end if;
  if current_setting('server_version_num')::int >= 190000 then
    raise notice 'PostgreSQL % is newer than what the contract was tested with, which is 15 to 18: checks of roles and '
                 'privileges may not know its new ones', current_setting('server_version');
  end if;
  if pg_is_in_recovery() then
    raise exception 'the server is a standby, which can only be read'
      using hint = 'Connect to the primary: on RDS the endpoint of the instance, on Aurora the writer endpoint.';
  end if;
  if to_regclass('public.alembic_version') is null or to_regclass('public.scan_jobs') is null then
    raise exception 'the database % is not one of agent-bom, or its migrations have not run', current_database()
      using hint = 'Check the database of the URL, or run the migration Job.';
  end if;
end
$$;
