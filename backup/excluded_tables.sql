-- Relations of the schema that are not of the contract, as patterns of pg_dump.
select format('public."%s"', replace(c.relname, '"', '""'))
  from pg_class c
 where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'S', 'v', 'm', 'f') and c.oid <> all (current_setting('agent_bom.relations')::oid[]);
