-- What others left in the database and sessions of the contract would run is refused before the first of them creates
-- anything. The trial of the extensions, whose scripts look into the schema public, is rolled back.
begin;
select pg_advisory_xact_lock(hashtext('agent-bom-postgres'), hashtext('contract'));
set local lock_timeout = '2s';

do $$
declare
  found text;
  statements text;
begin
  select string_agg(object, '; ' order by object), string_agg(fix, ' ' order by object) into found, statements
    from jsonb_to_recordset(current_setting('agent_bom.foreign_code')::jsonb) f (object text, fix text);
  if found is not null then
    raise exception 'others left in the database % what would run with the rights of the administrator %: %',
                    current_database(), session_user, found
      using hint = format('Look at each, and run as its owner or as a superuser in the database %I: %s', current_database(), statements);
  end if;
end
$$;

-- Whether the extensions can be had. Some servers list an extension and refuse to create it, so it is tried.
do $$
declare
  wanted text;
  reason text;
begin
  foreach wanted in array current_setting('agent_bom.extensions')::text[] loop
    reason := (select format('is installed in the schema %s, where the migrations do not look for it', n.nspname)
                 from pg_extension e
                 join pg_namespace n on n.oid = e.extnamespace
                where e.extname = wanted and n.nspname not in ('public', 'pg_catalog'));
    if reason is not null then
      raise exception 'the extension % %', wanted, reason
        using hint = format('Run as its owner or as a superuser: ALTER EXTENSION %I SET SCHEMA public;', wanted);
    end if;
    continue when exists (select from pg_extension where extname = wanted);
    if not exists (select from pg_available_extensions where name = wanted) then
      raise exception 'the server does not have the extension %', wanted
        using hint = 'Install the contrib modules of PostgreSQL on the server, or allow the extension where the provider lists them.';
    end if;
    begin
      execute format('create extension %I schema public', wanted);
      raise exception using errcode = 'ABM01', message = 'it can be created';
    exception
      when sqlstate 'ABM01' then
        null;
      when others then
        raise exception 'the administrator % may not create the extension %: %', session_user, wanted, sqlerrm
          using hint = format('Run as a superuser, in the database %I: CREATE EXTENSION %I SCHEMA public; '
                              'managed servers have a list of allowed extensions.', current_database(), wanted);
    end;
  end loop;
end
$$;

commit;
