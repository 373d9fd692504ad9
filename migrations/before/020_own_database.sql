-- The owner role owns the database and what is in it, so that the packaged migrations can run as that role: then the
-- session's login receives their grants and the owner gives them, and nobody grants anything back to its own grantor.
begin;
set local search_path = pg_catalog, pg_temp;
set local lock_timeout = '300s';
select pg_advisory_xact_lock(hashtext('agent-bom-postgres'), hashtext('contract'));

do $$
begin
  if (select datdba::regrole::text from pg_database where datname = current_database()) <> 'agent_bom_owner' then
    execute format('alter database %I owner to agent_bom_owner', current_database());
  end if;
end
$$;

-- A database that was made by a PostgreSQL before 15 gives its schema to whoever initialised the server.
do $$
begin
  if (select nspowner::regrole::text from pg_namespace where nspname = 'public')
     not in ('agent_bom_owner', 'pg_database_owner') then
    alter schema public owner to agent_bom_owner;
  end if;
end
$$;

-- What an earlier run of the packaged migrations left with the administrator.
do $$
declare
  item record;
begin
  for item in
    select c.oid::regclass as name,
           case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'f' then 'foreign table'
                          when 'S' then 'sequence' else 'table' end as kind
      from pg_class c
     where c.relnamespace = 'public'::regnamespace
       and c.relowner = session_user::regrole
       and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
       -- The sequence of a column follows its table.
       and not exists (select from pg_depend d
                        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i', 'e')
                          and (c.relkind = 'S' or d.deptype = 'e'))
     order by c.oid
  loop
    execute format('alter %s %s owner to agent_bom_owner', item.kind, item.name);
  end loop;
  for item in
    select p.oid::regprocedure as name
      from pg_proc p
     where p.pronamespace = 'public'::regnamespace
       and p.proowner = session_user::regrole
       and not exists (select from pg_depend d
                        where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
     order by p.oid
  loop
    execute format('alter routine %s owner to agent_bom_owner', item.name);
  end loop;
end
$$;

-- The packaged chain sets none of these: tables of later migrations are usable and can be dumped at once.
set local role agent_bom_owner;
alter default privileges in schema public grant select, insert, update, delete on tables to agent_bom_app;
alter default privileges in schema public grant usage, select on sequences to agent_bom_app;
alter default privileges in schema public grant select on tables to agent_bom_backup;
alter default privileges in schema public grant select on sequences to agent_bom_backup;

commit;
