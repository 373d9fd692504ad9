-- Nobody but the owner and the administrator creates in the schema public from here on: what others put there would run
-- with the rights of both. Before 15 PostgreSQL let everybody.
begin;
select pg_advisory_xact_lock(hashtext('agent-bom-postgres'), hashtext('contract'));
set local lock_timeout = '2s';

do $$
declare
  item record;
begin
  for item in
    select case a.grantee when 0 then 'public' else quote_ident(r.rolname) end as grantee
      from pg_namespace n
     cross join aclexplode(n.nspacl) a
      left join pg_roles r on r.oid = a.grantee
     where n.nspname = 'public' and a.privilege_type = 'CREATE' and a.grantee <> n.nspowner
       and coalesce(r.rolname not in ('agent_bom_owner', session_user) and not r.rolsuper, true)
  loop
    execute format('revoke create on schema public from %s cascade', item.grantee);
  end loop;
  -- A superuser revokes as the owner of the schema, and as nobody else.
  select string_agg(format(case when a.grantor = n.nspowner then 'REVOKE CREATE ON SCHEMA public FROM %s CASCADE;'
                                when a.grantor in (select oid from pg_roles where rolsuper)
                                  then 'ALTER ROLE %2$s NOSUPERUSER; SET ROLE %2$s; REVOKE CREATE ON SCHEMA public FROM %1$s CASCADE; RESET ROLE; ALTER ROLE %2$s SUPERUSER;'
                                else 'SET ROLE %2$s; REVOKE CREATE ON SCHEMA public FROM %1$s CASCADE; RESET ROLE;' end,
                           case a.grantee when 0 then 'PUBLIC' else quote_ident(r.rolname) end, a.grantor::regrole), ' ') as statements
    into item
    from pg_namespace n
   cross join aclexplode(n.nspacl) a
    left join pg_roles r on r.oid = a.grantee
   where n.nspname = 'public' and a.privilege_type = 'CREATE' and a.grantee <> n.nspowner
     and coalesce(r.rolname not in ('agent_bom_owner', session_user) and not r.rolsuper, true);
  if item.statements is not null then
    raise exception 'others may create in the schema public of the database %', current_database()
      using hint = 'Run as a superuser: ' || item.statements;
  end if;
end
$$;

commit;
