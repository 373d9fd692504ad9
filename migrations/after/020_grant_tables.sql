-- Who reads and writes which table. Only differences are granted and revoked, so that a database that is in order is
-- not written to. What the packaged migrations leave to the application stays as they leave it. It is given privileges only
-- where it has none: on a table that has the mark of 020_own_database.sql and nothing else, on one from before there were
-- default privileges, or on all tables of a role that is new.
call pg_temp.change_relations($changes$
  with recursive ancestor as (
    select c.oid, c.oid as top, c.relname as top_name, 0 as depth from pg_class c where c.relnamespace = 'public'::regnamespace
    union all
    select a.oid, p.oid, p.relname, a.depth + 1
      from ancestor a
      join pg_inherits i on i.inhrelid = a.top
      join pg_class p on p.oid = i.inhparent and p.relkind = 'p'
  ), topmost as (
    -- Once, and not for every pair of tables: the planner takes all of these for one row.
    select distinct on (oid) oid, top, top_name from ancestor order by oid, depth desc
  ), held as (
    select c.oid,
           array(select a.privilege_type from aclexplode(c.relacl) a where a.grantee = 'agent_bom_app'::regrole
                  union
                 select a.privilege_type || ' of a column' from pg_attribute t, aclexplode(t.attacl) a
                  where t.attrelid = c.oid and a.grantee = 'agent_bom_app'::regrole) as privileges
      from pg_class c
  ), relation as (
    select c.oid, c.relname::text, c.relkind, c.relowner, c.relacl, h.privileges, h.privileges <@ '{REFERENCES}' as is_untouched,
           -- A partition that no migration granted anything on is used through the table that it is part of.
           p.privileges as of_parent, n.privileges as of_product,
           exists (select from aclexplode(c.relacl) a where a.grantee = 'agent_bom_backup'::regrole) as is_dumped
      from pg_class c
      join held h on h.oid = c.oid
      join topmost t on t.oid = c.oid
      join held p on p.oid = t.top
      left join jsonb_to_recordset(current_setting('agent_bom.narrowed_tables')::jsonb)
                n (relation text, privileges text[]) on n.relation = t.top_name
     where c.relkind in ('r', 'p', 'v', 'm', 'S')
       and c.oid <> all (current_setting('agent_bom.foreign_relations')::oid[])
  ), wanted as (
    select r.oid, r.relkind, g.grantee, p.privilege,
           g.grantee = 'agent_bom_backup'
           or (r.is_untouched and (r.privileges <> '{}' or r.relkind = 'S' or not r.is_dumped or a.role_is_new)) as is_given,
           g.grantee = 'agent_bom_app' and a.role_is_new as at_once
      from relation r
     cross join (select not exists (select from relation where not is_untouched) as role_is_new) a
     cross join (values (array['SELECT', 'INSERT', 'UPDATE', 'DELETE'])) rows (privileges)
     cross join (values ('agent_bom_app'), ('agent_bom_backup')) g (grantee)
     cross join lateral unnest(case
            -- Dumped with everything else, so that a restored control plane still knows its tenants.
            when g.grantee = 'agent_bom_backup' then array['SELECT']
            -- It proves who a tenant is: whoever reads it may act as any tenant.
            when r.relname = 'agent_bom_tenant_binding_keys' then array[]::text[]
            -- The API reads the revision; only migrations move it.
            when r.relname = 'alembic_version' then array['SELECT']
            when r.relkind = 'S' then array['USAGE', 'SELECT']
            -- All four are what an earlier version of the contract gave; less is what the migrations say by now.
            when r.of_product is not null and r.privileges @> rows.privileges then r.of_product
            when r.is_untouched and not r.of_parent <@ '{REFERENCES}' then array(select unnest(rows.privileges) intersect select unnest(r.of_parent))
            when r.is_untouched and r.of_product is not null then r.of_product
            else rows.privileges
          end) p (privilege)
  ), present as (
    select r.oid, r.relkind, coalesce(g.rolname, 'public') as grantee, a.privilege_type as privilege
      from relation r
     cross join lateral aclexplode(r.relacl) a
      left join pg_roles g on g.oid = a.grantee
     where a.grantee = 0
        or g.rolname in ('agent_bom_app', 'agent_bom_backup')
        or (r.relname = 'agent_bom_tenant_binding_keys' and a.grantee <> r.relowner)
        -- The packaged migrations give the maintenance identity all tables, and this one with them.
        or (r.relname = 'alembic_version' and a.privilege_type <> 'SELECT' and a.grantee <> r.relowner)
  )
  -- What a new role is given is one transaction: a run that is cut off leaves it new.
  select case when at_once then 'public.alembic_version'::regclass else oid end as relation,
         format('%s %s on %s %s %s %s', verb, privilege, case relkind when 'S' then 'sequence' else 'table' end,
                oid::regclass, preposition, quote_ident(grantee)) as statement
    from (select 'grant' as verb, 'to' as preposition, missing.*
            from (select oid, relkind, grantee, privilege, at_once from wanted
                   where is_given and (oid, relkind, grantee, privilege) not in (select * from present)) missing
          union all
          select 'revoke', 'from', excess.*, false
            from (select * from present except select oid, relkind, grantee, privilege from wanted) excess) difference
   order by oid
$changes$);
