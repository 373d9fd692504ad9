-- The owner role owns the database and what is in it, so that the packaged migrations can run as that role: then the
-- session's login receives their grants and the owner gives them, and nobody grants anything back to its own grantor.
begin;
set local search_path = pg_catalog, pg_temp;
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

-- Routines that an earlier run of the packaged migrations left with the administrator; 030 takes over the relations.
do $$
declare
  item record;
begin
  for item in
    select p.oid::regprocedure as name
      from pg_proc p
     where p.pronamespace = 'public'::regnamespace and p.proowner = session_user::regrole
       and p.oid <> all (current_setting('agent_bom.foreign_routines')::oid[])
     order by p.oid
  loop
    execute format('alter routine %s owner to agent_bom_owner', item.name);
  end loop;
end
$$;

-- The packaged chain sets none of these: tables of later migrations are usable and can be dumped at once.
set local role agent_bom_owner;
do $$
declare
  item record;
begin
  for item in
    select w.privilege, w.kind, w.grantee
      from (values ('agent_bom_app', 'tables', 'r', 'SELECT'), ('agent_bom_app', 'tables', 'r', 'INSERT'),
                   ('agent_bom_app', 'tables', 'r', 'UPDATE'), ('agent_bom_app', 'tables', 'r', 'DELETE'),
                   ('agent_bom_app', 'sequences', 'S', 'USAGE'), ('agent_bom_app', 'sequences', 'S', 'SELECT'),
                   ('agent_bom_backup', 'tables', 'r', 'SELECT'), ('agent_bom_backup', 'sequences', 'S', 'SELECT'))
           w (grantee, kind, objtype, privilege)
     where not exists (
             select
               from pg_default_acl d, aclexplode(d.defaclacl) a
              where d.defaclrole = 'agent_bom_owner'::regrole and d.defaclnamespace = 'public'::regnamespace
                and d.defaclobjtype::text = w.objtype and a.grantee = w.grantee::regrole and a.privilege_type = w.privilege)
  loop
    execute format('alter default privileges in schema public grant %s on %s to %I', item.privilege, item.kind, item.grantee);
  end loop;
end
$$;

commit;
