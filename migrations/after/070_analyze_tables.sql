-- Statistics for tables that have rows and none at all: before PostgreSQL 18 a major upgrade drops them, and the planner
-- guesses until autovacuum has come round. Readers and writers are not held up.
call pg_temp.change_relations($changes$
  select c.oid as relation, format('analyze %s', c.oid::regclass) as statement
    from pg_class c
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.reltuples < 0
     and c.oid <> all (current_setting('agent_bom.foreign_relations')::oid[])
     and pg_temp.holds_pages(c.oid)
   order by c.oid
$changes$);
