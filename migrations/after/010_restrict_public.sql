-- What PostgreSQL gives to everybody, and the contract gives to those who need it.
begin;
select pg_advisory_xact_lock(hashtext('agent-bom-postgres'), hashtext('contract'));
set local lock_timeout = '2s';

do $$
begin
  if not exists (select from pg_roles where rolname = 'agent_bom_maintenance')
     or not exists (select from pg_roles where rolname = 'agent_bom_rls_maintenance') then
    raise exception 'the roles of the packaged migrations are missing from this server'
      using hint = 'Run the packaged migrations between `before` and `after`.';
  end if;
end
$$;

-- Only what differs: an existing grant would be written again.
do $$
declare
  item record;
begin
  for item in
    select format('revoke all on database %I from public', datname) as statement
      from pg_database
     where datname = current_database()
       and exists (select from aclexplode(coalesce(datacl, acldefault('d', datdba))) a where a.grantee = 0)
    union all
    select format('grant %s on database %I to %I', w.privilege, d.datname, r.rolname)
      from (values ('agent_bom_app', 'CONNECT'), ('agent_bom_app', 'TEMPORARY'), ('agent_bom_maintenance', 'CONNECT'),
                   ('agent_bom_maintenance', 'TEMPORARY'), ('agent_bom_backup', 'CONNECT'), ('agent_bom_readonly', 'CONNECT'))
           w (grantee, privilege)
      join pg_roles r on r.rolname = w.grantee
      join pg_database d on d.datname = current_database()
     where not exists (select from aclexplode(d.datacl) a where a.grantee = r.oid and a.privilege_type = w.privilege)
    union all
    select 'revoke create on schema public from public'
      from pg_namespace n, aclexplode(n.nspacl) a
     where n.nspname = 'public' and a.grantee = 0 and a.privilege_type = 'CREATE'
    union all
    select format('grant usage on schema public to %I', r.rolname)
      from pg_namespace n
      join pg_roles r on r.rolname in ('agent_bom_app', 'agent_bom_maintenance', 'agent_bom_backup')
     where n.nspname = 'public'
       and not exists (select from aclexplode(n.nspacl) a where a.grantee = r.oid and a.privilege_type = 'USAGE')
  loop
    execute item.statement;
  end loop;
end
$$;

commit;
