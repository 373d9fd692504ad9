-- What is in the database and not of the contract: named, never changed. A notice, which does not fail; what would endanger
-- the contract fails the check that it endangers.
with
foreign_object (kind, name) as (
  select 'extensions', extname::text
    from pg_extension where extname <> 'plpgsql' and extname <> all (current_setting('agent_bom.extensions')::text[])
  union all
  select 'schemas', nspname from pg_namespace where nspname !~ '^pg_' and nspname not in ('information_schema', 'public')
  union all
  -- Members of an extension are named with it, and what a table brings with the table. The columns that a table is
  -- divided by depend on it, too.
  select case c.relkind when 'v' then 'views' when 'm' then 'materialized views' when 'f' then 'foreign tables'
                        when 'S' then 'sequences' else 'tables' end, c.relname
    from pg_class c
   where c.oid = any (current_setting('agent_bom.foreign_relations')::oid[]) and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
     and not exists (select from pg_depend d
                      where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.objsubid = 0 and d.deptype in ('a', 'i', 'e'))
  union all
  select 'routines', p.oid::regprocedure::text
    from pg_proc p
   where p.oid = any (current_setting('agent_bom.foreign_routines')::oid[])
     and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
  union all
  select 'parts of the contract that require them', object
    from jsonb_to_recordset(current_setting('agent_bom.dependents')::jsonb) d (oid oid, object text, is_copy bool)
   where not is_copy and oid <> all (current_setting('agent_bom.foreign_relations')::oid[]) and oid <> all (current_setting('agent_bom.foreign_routines')::oid[])
  union all
  select 'publications', pubname from pg_publication
  union all
  select 'subscriptions', subname from pg_subscription where subdbid = (select oid from pg_database where datname = current_database())
  union all
  select 'event triggers', evtname from pg_event_trigger
  union all
  select 'foreign servers', srvname from pg_foreign_server
  union all
  select 'large objects', oid::text from pg_largeobject_metadata
  union all
  -- Providers put them on objects of the contract, too.
  select 'security labels', pg_describe_object(classoid, objoid, objsubid) from pg_seclabel
  union all
  select distinct 'roles with privileges on tables', r.rolname
    from pg_class c
   cross join lateral aclexplode(c.relacl) a
    join pg_roles r on r.oid = a.grantee
   where c.relnamespace = 'public'::regnamespace and c.oid <> all (current_setting('agent_bom.foreign_relations')::oid[])
     and r.rolname not like 'agent\_bom\_%'
),
counted (kind, summary) as (
  select kind, format('%s (%s): %s%s', kind, count(*), string_agg(name, ', ' order by name) filter (where number <= 3),
                      case when count(*) > 3 then ', ...' end)
    from (select kind, name, row_number() over (partition by kind order by name) as number from foreign_object) numbered
   group by kind
)
select 'schema.foreign-objects' as check, 'pass' as status,
       coalesce('left as they are: ' || string_agg(summary, '; ' order by kind), 'none') as detail
  from counted;
