-- What cannot be brought to the contract is refused here, before anything is created: each reason in one sentence, with
-- what fixes it. Reads only.
begin;
select pg_advisory_xact_lock(hashtext('agent-bom-postgres'), hashtext('contract'));
set local lock_timeout = '2s';

do $$
begin
  if current_setting('server_version_num')::int < 150000 then
    raise exception 'PostgreSQL % is too old: the contract needs 15 or later', current_setting('server_version')
      using hint = 'Upgrade the server to a supported major version.';
  end if;
  if current_setting('server_version_num')::int >= 190000 then
    raise notice 'PostgreSQL % is newer than what the contract was tested with, which is 15 to 18',
                 current_setting('server_version');
  end if;
  if pg_is_in_recovery() then
    raise exception 'the server is a standby, which can only be read'
      using hint = 'Connect to the primary: on RDS the endpoint of the instance, on Aurora the writer endpoint.';
  end if;
  if current_setting('transaction_read_only')::bool then
    raise exception 'sessions of the administrator % can only read', session_user
      using hint = 'Look which of the server, the database and the role sets default_transaction_read_only, and reset it; '
                   'managed servers set it when their storage is full.';
  end if;
end
$$;

-- Who the administrator is.
do $$
declare
  owner constant name := (select pg_get_userbyid(datdba) from pg_database where datname = current_database());
begin
  -- The packaged migrations take SUPERUSER away from the role that they run as.
  if (select rolsuper from pg_roles where rolname = session_user) then
    raise exception 'the administrator % is a superuser', session_user
      using hint = 'Connect as a role that has CREATEROLE and CREATEDB and not SUPERUSER, as the master user of RDS.';
  end if;
  if not (select rolcreaterole and rolcreatedb from pg_roles where rolname = session_user) then
    raise exception 'the administrator % lacks CREATEROLE or CREATEDB', session_user
      using hint = format('Run as a superuser: ALTER ROLE %I CREATEROLE CREATEDB;', session_user);
  end if;
  if session_user <> current_user then
    raise exception 'the administrator % acts as % from the start of its sessions', session_user, current_user
      using hint = format('Run as a superuser: ALTER ROLE %I RESET role; ALTER ROLE %I IN DATABASE %I RESET role;',
                          session_user, session_user, current_database());
  end if;
  if owner <> 'agent_bom_owner' and not pg_has_role(session_user, owner, 'USAGE') then
    raise exception 'the database % belongs to %, and the administrator % may not change its owner',
                    current_database(), owner, session_user
      using hint = format('Run as a superuser or as %I: ALTER DATABASE %I OWNER TO %I;',
                          owner, current_database(), session_user);
  end if;
end
$$;

-- What the database is.
do $$
declare
  schema_owner constant name := (select pg_get_userbyid(nspowner) from pg_namespace where nspname = 'public');
begin
  if (select pg_encoding_to_char(encoding) from pg_database where datname = current_database()) <> 'UTF8' then
    raise exception 'the database % has the encoding %, and findings are stored in every language', current_database(),
                    (select pg_encoding_to_char(encoding) from pg_database where datname = current_database())
      using hint = 'Create another database: CREATE DATABASE agent_bom ENCODING ''UTF8'' TEMPLATE template0;';
  end if;
  if schema_owner is null then
    raise exception 'the database % has no schema public', current_database()
      using hint = format('Run as a superuser or as the owner of the database: CREATE SCHEMA public AUTHORIZATION %I;',
                          session_user);
  end if;
  if schema_owner not in ('agent_bom_owner', 'pg_database_owner') and not pg_has_role(session_user, schema_owner, 'USAGE')
  then
    raise exception 'the schema public belongs to %, and the administrator % may not change its owner',
                    schema_owner, session_user
      using hint = format('Run as a superuser or as %I, in the database %I: ALTER SCHEMA public OWNER TO %I;',
                          schema_owner, current_database(), session_user);
  end if;
end
$$;

-- Roles that an earlier deployment or another team left. The packaged migrations say ALTER ROLE ... NOSUPERUSER of those
-- that they find, which only a superuser may say, even where it changes nothing.
do $$
declare
  logins constant name[] := (select array_agg(login) from jsonb_to_recordset(current_setting('agent_bom.logins')::jsonb) l (login name));
  found text;
  statements text;
begin
  select string_agg(rolname, ', ' order by rolname),
         string_agg(format('ALTER ROLE %I NOSUPERUSER NOREPLICATION NOBYPASSRLS;', rolname), ' ' order by rolname)
    into found, statements
    from pg_roles
   where (rolname = any (logins) or rolname in ('agent_bom_owner', 'agent_bom_rls_maintenance'))
     and (rolsuper or rolreplication or rolbypassrls);
  if found is not null then
    raise exception 'these roles have SUPERUSER, REPLICATION or BYPASSRLS: %', found
      using hint = format('Run as a superuser: %s', statements);
  end if;
  -- Before 16 whoever may create roles may manage those of others. An administrator who takes over is told so when the
  -- roles are created.
  if current_setting('server_version_num')::int >= 160000
     and coalesce((select pg_has_role(session_user, oid, 'MEMBER') from pg_roles where rolname = 'agent_bom_owner'), true)
  then
    select string_agg(rolname, ', ' order by rolname),
           string_agg(format('GRANT %I TO %I WITH ADMIN OPTION;', rolname, session_user), ' ' order by rolname)
      into found, statements
      from pg_roles
     where rolname = any (logins) and not pg_has_role(session_user, oid, 'MEMBER WITH ADMIN OPTION');
    if found is not null then
      raise exception 'these roles exist, and the administrator % may not manage them: %', session_user, found
        using hint = format('Run as a superuser or as the role that created them: %s', statements);
    end if;
  end if;
  if to_regclass('public.alembic_version') is not null or current_setting('agent_bom.restoring', true) = 'on' then
    return;
  end if;
  select string_agg(rolname, ', ' order by rolname) into found
    from pg_roles
   where rolname in ('agent_bom_maintenance', 'agent_bom_rls_maintenance');
  if found is not null then
    raise exception 'roles of the packaged migrations exist, which have not run in the database %: %',
                    current_database(), found
      using hint = format('Use the server that they were made for by one environment alone. If that database is gone: '
                          'DROP ROLE IF EXISTS agent_bom_maintenance_b, %s;', found);
  end if;
  select string_agg(c.relname, ', ' order by c.relname) into found
    from pg_class c
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
     and not exists (select from pg_depend d
                      where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.objsubid = 0 and d.deptype in ('a', 'i', 'e'));
  if found is not null then
    raise exception 'the database % is not empty, and what is in it is not of agent-bom: %', current_database(),
                    left(found, 200)
      using hint = 'Create a database for the control plane alone: CREATE DATABASE agent_bom;';
  end if;
  -- The first of the packaged migrations grants on all tables of the schema. PostgreSQL only warns of those on which
  -- everybody has a privilege, and refuses the others.
  select string_agg(distinct e.extname, ', ' order by e.extname),
         string_agg(distinct case when e.extrelocatable then format('ALTER EXTENSION %I SET SCHEMA extensions;', e.extname)
                                  else format('DROP EXTENSION %I;', e.extname) end, ' ')
    into found, statements
    from pg_class c
    join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    join pg_extension e on e.oid = d.refobjid
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
     and not exists (select from aclexplode(c.relacl) a where a.grantee = 0);
  if found is not null then
    raise exception 'the packaged migrations grant on all tables of the schema public, and may not grant on those of the extensions %', found
      using hint = format('Run as a superuser or as the owner of the extension, in the database %I: '
                          'CREATE SCHEMA IF NOT EXISTS extensions; %s', current_database(), statements);
  end if;
end
$$;

-- Tables that the administrator can neither change nor give to the owner role.
do $$
declare
  found text;
begin
  select string_agg(format('%s (%s)', c.relname, pg_get_userbyid(c.relowner)), ', ' order by c.relname) into found
    from pg_class c
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'S')
     and pg_get_userbyid(c.relowner) not in ('agent_bom_owner', session_user)
     and c.oid <> all (current_setting('agent_bom.foreign_relations')::oid[])
     and not exists (select from pg_depend d
                      where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.objsubid = 0 and d.deptype in ('a', 'i'));
  if found is not null then
    raise exception 'tables in the schema public belong to other roles: %', left(found, 200)
      using hint = format('Run as a superuser, for each owner: REASSIGN OWNED BY <owner> TO %I;', session_user);
  end if;
end
$$;

-- Whether the server holds the connections that the environment budgets for; without a budget nobody asks.
do $$
declare
  budget constant int := (
    select sum(nullif(current_setting(format('agent_bom.%s_connection_limit', identity), true), '')::int)
      from (select distinct identity from jsonb_to_recordset(current_setting('agent_bom.logins')::jsonb) l (identity text)) identities);
  room constant int := current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
                       - coalesce(nullif(current_setting('reserved_connections', true), ''), '0')::int;
  database_room constant int := (select datconnlimit from pg_database where datname = current_database());
begin
  if budget > room then
    raise exception 'the server accepts % connections of ordinary logins, and the environment needs %', room, budget
      using hint = 'Raise max_connections, or lower release.replicas or release.poolMaximum in the environment file.';
  end if;
  if database_room >= 0 and budget > database_room then
    raise exception 'the database % accepts % connections, and the environment needs %', current_database(), database_room, budget
      using hint = format('Run as the owner of the database: ALTER DATABASE %I CONNECTION LIMIT -1;', current_database());
  end if;
end
$$;

commit;
