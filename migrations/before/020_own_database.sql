-- The owner role owns the database and what is in it, so that the packaged migrations can run as that role: then the
-- session's login receives their grants and the owner gives them, and nobody grants anything back to its own grantor.
begin;
select pg_advisory_xact_lock(hashtext('agent-bom-postgres'), hashtext('contract'));
set local lock_timeout = '2s';

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
  if (select nspowner::regrole::text from pg_namespace where nspname = 'public') <> 'pg_database_owner' then
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

-- Tables of later migrations can be dumped at once. The application gets nothing that a migration could grant or leave
-- out, only a mark: REFERENCES, with which it can do nothing. A table that still has it when `after` runs was never kept
-- from the application; what a migration granted next to it, or left after a REVOKE ALL, is what the product wants.
set local role agent_bom_owner;
do $$
declare
  item record;
begin
  for item in
    with wanted (grantee, objtype, privilege) as (
      values ('agent_bom_app', 'r', 'REFERENCES'), ('agent_bom_backup', 'r', 'SELECT'), ('agent_bom_backup', 'S', 'SELECT')
    ), present as (
      select a.grantee::regrole::text as grantee, d.defaclobjtype::text as objtype, a.privilege_type as privilege
        from pg_default_acl d
       cross join lateral aclexplode(d.defaclacl) a
       where d.defaclrole = 'agent_bom_owner'::regrole and d.defaclnamespace = 'public'::regnamespace
         and d.defaclobjtype in ('r', 'S') and a.grantee in ('agent_bom_app'::regrole, 'agent_bom_backup'::regrole)
    )
    select 'grant' as verb, 'to' as preposition, * from (select * from wanted except select * from present) missing
    union all
    -- What earlier versions of the contract gave to the application.
    select 'revoke', 'from', * from (select * from present except select * from wanted) excess
  loop
    execute format('alter default privileges in schema public %s %s on %s %s %I', item.verb, item.privilege,
                   case item.objtype when 'S' then 'sequences' else 'tables' end, item.preposition, item.grantee);
  end loop;
end
$$;

commit;
