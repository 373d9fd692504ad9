-- A restore is made into an empty schema. One that holds something is emptied only when its database was named.
begin;

do $$
declare
  tables int;
begin
  select count(*) into tables
    from pg_class c
   where c.relnamespace = to_regnamespace('public') and c.relkind in ('r', 'p', 'v', 'm', 'S')
     and not exists (select from pg_depend d
                      where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e');
  if tables > 0 and coalesce(current_setting('agent_bom.replace', true), '') <> current_database() then
    raise exception 'the database % holds % tables and sequences, and a restore would replace them', current_database(), tables
      using hint = format('Restore into an empty database, or name this one: --replace %s', current_database());
  end if;
end
$$;

commit;
