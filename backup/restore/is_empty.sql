-- Whether a database holds nothing: no relation and no routine outside of the system's schemas and
-- the extensions of the contract, which have no relations; others are named as left behind.
select not exists (
  select from pg_class c
   where c.relnamespace not in (select oid from pg_namespace where nspname ~ '^pg_' or nspname = 'information_schema'))
   and not exists (
  select from pg_proc p
   where p.pronamespace not in (select oid from pg_namespace where nspname ~ '^pg_' or nspname = 'information_schema')
     and not exists (select from pg_depend d
                      where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'));
