-- What the catalog says about tables and their tenants.
with
relation as (
  select c.oid, c.relname::text as name, c.relrowsecurity, c.relforcerowsecurity,
         exists (select from pg_attribute a
                  where a.attrelid = c.oid and a.attname in ('tenant_id', 'team_id')) as has_tenant
    from pg_class c
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
     and c.oid <> all (current_setting('agent_bom.foreign_relations')::oid[])
),
open_table (name) as (
  select unnest(current_setting('agent_bom.open_tables')::text[])
),
-- Policies that a session of the application is subject to.
app_policy as (
  select r.name as relation, p.polname, p.polcmd, p.polpermissive,
         pg_get_expr(p.polqual, p.polrelid) as reads, pg_get_expr(p.polwithcheck, p.polrelid) as writes
    from pg_policy p
    join relation r on r.oid = p.polrelid
   where p.polroles && array[0::oid, (select oid from pg_roles where rolname = 'agent_bom_app')]
),
finding (id, found, failures) as (
  select 'tenancy.row-security',
         (select format('%s relations protected', count(*) filter (where relrowsecurity)) from relation), array(
    select format('%s: row-level security is %s', name, case when relrowsecurity then 'not forced' else 'off' end)
      from relation
     where has_tenant and name not in (select name from open_table) and not (relrowsecurity and relforcerowsecurity))
  union all
  select 'tenancy.open-tables',
         (select format('%s tables shared on purpose', count(*) filter (where not relrowsecurity)) from relation), array(
    select format('%s has no row-level security', name)
      from relation where not relrowsecurity and not has_tenant and name not in (select name from open_table)
    union all
    select format('%s has row-level security and is shared by all tenants', name)
      from relation where relrowsecurity and name in (select name from open_table))
  union all
  select 'tenancy.policies', (select format('%s policies', count(*)) from app_policy), array(
    select format('%s: no policy for %s', r.name, command.name)
      from relation r
     cross join (values ('r', 'SELECT'), ('a', 'INSERT'), ('w', 'UPDATE'), ('d', 'DELETE')) command (code, name)
     where r.relrowsecurity
       and not exists (select from app_policy p
                        where p.relation = r.name and p.polpermissive and p.polcmd in ('*', command.code))
    union all
    select format('%s: policy %s does not ask for the tenant', relation, polname)
      from app_policy
     where polpermissive and (reads not like '%abom_current_tenant()%' or writes not like '%abom_current_tenant()%')
    union all
    select format('%s: no policy is for agent_bom_rls_maintenance', r.name)
      from relation r
     where r.name = 'scan_dispatch_queue'
       and not exists (select from pg_policy p
                        where p.polrelid = r.oid and p.polpermissive
                          and (select oid from pg_roles where rolname = 'agent_bom_rls_maintenance') = any (p.polroles)))
)
select id as check, case failure when '' then 'pass' else 'fail' end as status, coalesce(nullif(failure, ''), found) as detail
  from finding
 cross join lateral (select coalesce(string_agg(object, '; ' order by object), '') as failure from unnest(failures) object) f
 order by id;
