-- Relations of the schema that are not of the contract, as patterns of pg_dump.
select format('public."%s"', replace(c.relname, '"', '""'))
  from pg_class c
 where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'S', 'v', 'm', 'f') and c.oid <> all (current_setting('agent_bom.relations')::oid[])
   and not exists (select from pg_depend d
                    where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e');
