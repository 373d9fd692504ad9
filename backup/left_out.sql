-- What is in the database and not of the contract, and so not in a dump: one line of kind and name for each.
select 'extension ' || extname as object
  from pg_extension
 where extname <> 'plpgsql' and extname <> all (current_setting('agent_bom.extensions')::text[])
union all
select 'schema ' || nspname
  from pg_namespace
 where nspname !~ '^pg_' and nspname not in ('public', 'information_schema')
   and not exists (select from pg_depend d
                    where d.classid = 'pg_namespace'::regclass and d.objid = pg_namespace.oid and d.deptype = 'e')
union all
select format('%s %s', case c.relkind when 'm' then 'materialized view' when 'f' then 'foreign table' when 'v' then 'view'
                                      when 'S' then 'sequence' else 'table' end, c.relname)
  from pg_class c
 where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'S', 'v', 'm', 'f') and c.oid <> all (current_setting('agent_bom.relations')::oid[])
   and not exists (select from pg_depend d
                    where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.objsubid = 0 and d.deptype in ('a', 'i', 'e'))
union all
select 'routine ' || replace(p.oid::regprocedure::text, 'public.', '')
  from pg_proc p
 where p.pronamespace = 'public'::regnamespace and p.proowner <> 'agent_bom_owner'::regrole
   and not exists (select from pg_auth_members m where m.roleid = 'agent_bom_owner'::regrole and m.member = p.proowner)
   and not exists (select from pg_depend d
                    where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
union all
select format('policy %s on %s', p.polname, c.relname)
  from pg_policy p
  join pg_class c on c.oid = p.polrelid
 where c.oid = any (current_setting('agent_bom.relations')::oid[])
   and exists (select from unnest(p.polroles) r
                where r <> 0 and r::regrole::text !~ format('^%s$', current_setting('agent_bom.contract_roles')))
union all
select distinct privileges.name
  from (select relacl as acl, relowner as owner from pg_class where oid = any (current_setting('agent_bom.relations')::oid[])
        union all
        select attacl, relowner from pg_attribute join pg_class on pg_class.oid = attrelid where attrelid = any (current_setting('agent_bom.relations')::oid[])
        union all
        select proacl, proowner from pg_proc where pronamespace = 'public'::regnamespace) object
 cross join lateral aclexplode(acl) a
 cross join lateral (values ('privileges of ' || a.grantee::regrole, a.grantee not in (0, object.owner)
                              and a.grantee::regrole::text !~ format('^%s$', current_setting('agent_bom.contract_roles'))),
                             ('privileges granted by ' || a.grantor::regrole, a.grantor <> object.owner)) privileges (name, is_left_out)
 where privileges.is_left_out
union all
select object
  from jsonb_to_recordset(current_setting('agent_bom.dependents')::jsonb) d (object text, kind text, is_copy bool)
 where kind <> 'VIEW' and not is_copy
union all
select distinct 'tablespace ' || t.spcname
  from pg_class c
  left join pg_index i on i.indexrelid = c.oid
  join pg_tablespace t on t.oid = c.reltablespace
 where coalesce(i.indrelid, c.oid) = any (current_setting('agent_bom.relations')::oid[])
union all
select 'publication ' || pubname from pg_publication
union all
select 'subscription ' || subname
  from pg_subscription where subdbid = (select oid from pg_database where datname = current_database())
union all
select 'replication slot ' || slot_name from pg_replication_slots where database = current_database()
union all
select 'event trigger ' || evtname from pg_event_trigger
union all
select 'foreign server ' || srvname from pg_foreign_server
union all
select format('%s large objects', count(*)) from pg_largeobject_metadata having count(*) > 0
union all
select format('%s security labels', count(*)) from pg_seclabel having count(*) > 0
 order by 1;
