-- What would stop a restore halfway is refused here, before anything is created. Reads only.
do $$
declare
  database constant pg_database := (select d from pg_database d where datname = current_database());
  replace constant text := coalesce(current_setting('agent_bom.replace', true), '');
  dumped constant text := current_setting('agent_bom.dump_revision');
  revision text;
  tables int;
  found text;
begin
  if pg_is_in_recovery() or current_setting('transaction_read_only')::bool then
    raise exception 'sessions of the administrator % can only read', session_user
      using hint = 'Connect to the primary, and reset default_transaction_read_only.';
  end if;
  select count(*) into tables
    from pg_class c
   where c.relnamespace = to_regnamespace('public') and c.relkind in ('r', 'p', 'v', 'm', 'S')
     and not exists (select from pg_depend d
                      where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e');
  if tables > 0 and replace <> current_database() then
    raise exception 'the database % holds % tables and sequences, and a restore would replace them', current_database(), tables
      using hint = format('Restore into an empty database, or name this one: --replace %s', current_database());
  end if;

  -- Only these may create the new database and give it this one's name.
  if not (select rolcreatedb and rolcreaterole from pg_roles where rolname = session_user) then
    raise exception 'the administrator % lacks CREATEROLE or CREATEDB', session_user
      using hint = format('Run as a superuser: ALTER ROLE %I CREATEROLE CREATEDB;', session_user);
  end if;
  if not pg_has_role(session_user, database.datdba, 'USAGE') then
    raise exception 'the database % belongs to %, and the administrator % may not rename it',
                    current_database(), pg_get_userbyid(database.datdba), session_user
      using hint = format('Run as a superuser or as the role that created it: GRANT %I TO %I;',
                          pg_get_userbyid(database.datdba), session_user);
  end if;
  if database.datistemplate then
    raise exception 'the database % is a template', current_database()
      using hint = format('Run as its owner: ALTER DATABASE %I IS_TEMPLATE false;', current_database());
  end if;

  select string_agg(wanted, ', ') into found
    from unnest(current_setting('agent_bom.extensions')::text[]) wanted
   where wanted not in (select name from pg_available_extensions);
  if found is not null then
    raise exception 'the server does not have the extensions that the dump uses: %', found
      using hint = 'Install the contrib modules of PostgreSQL on the server, or allow them where the provider lists them.';
  end if;

  -- The sessions in this database are ended when the restored one takes its name.
  select string_agg(distinct usename, ', ') into found
    from pg_stat_activity a
    join pg_roles r on r.oid = a.usesysid
   where a.datid = database.oid and a.pid <> pg_backend_pid()
     and (r.rolsuper or not (pg_has_role(session_user, r.oid, 'USAGE') or pg_has_role(session_user, 'pg_signal_backend', 'USAGE')));
  if found is not null then
    raise exception 'the administrator % may not end the sessions of these logins in the database %: %',
                    session_user, current_database(), found
      using hint = 'Close these sessions, or as a superuser: GRANT pg_signal_backend TO ' || quote_ident(session_user)
                   || '; sessions of superusers have to be closed by themselves.';
  end if;
  select string_agg(gid, ', ') into found from pg_prepared_xacts where pg_prepared_xacts.database = current_database();
  if found is not null then
    raise exception 'the database % has prepared transactions: %', current_database(), found
      using hint = 'COMMIT PREPARED or ROLLBACK PREPARED each of them.';
  end if;
  -- API pods that run fit the revision of this database, and the restored one may be one that they cannot work with.
  if tables > 0 and to_regclass('public.alembic_version') is not null then
    execute 'select max(version_num) from public.alembic_version' into revision;
    select string_agg(stop, ', ') into found
      from unnest(current_setting('agent_bom.writer_stops')::text[]) stop
     where stop > least(revision, dumped) and stop <= greatest(revision, dumped);
    if found is not null
       and exists (select from pg_stat_activity
                    where datid = database.oid
                      and usename in (select login from jsonb_to_recordset(current_setting('agent_bom.logins')::jsonb) l (identity text, login name)
                                       where identity <> 'backup')) then
      raise exception 'the API is connected to the database %, which is at revision %, and cannot work with revision % of the dump: % lies between',
                      current_database(), revision, dumped, found
        using hint = 'Stop it first: ' || coalesce(nullif(current_setting('agent_bom.stop_command', true), ''),
                                                   'kubectl --namespace <namespace> scale deployment <API> --replicas=0')
                     || '. Then restore again, and deploy the version that the database is for, which starts the API.';
    end if;
  end if;
  if exists (select from pg_locks l
              where l.locktype = 'advisory' and l.database = database.oid and l.granted
                and l.classid = hashtext('agent-bom-postgres')::bigint & 4294967295
                and l.objid = hashtext('contract')::bigint & 4294967295) then
    raise exception 'migrations are at work on the database %', current_database()
      using hint = 'Restore again when they are done.';
  end if;
end
$$;
