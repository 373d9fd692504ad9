-- A restore is made into an empty schema. One that holds something is emptied only when its database was named.
begin;

do $$
declare
  tables int;
  sessions text;
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
  -- What a control plane writes while its tables are replaced would be lost without a trace.
  select string_agg(format('%s (%s)', usename, number), ', ' order by usename) into sessions
    from (select usename, count(*) as number
            from pg_stat_activity
           where datname = current_database()
             and usename in (select login from jsonb_to_recordset(current_setting('agent_bom.logins')::jsonb) l (identity text, login name)
                              where identity <> 'backup')
           group by usename) connected;
  if tables > 0 and sessions is not null then
    raise exception 'the control plane is connected to the database %: %', current_database(), sessions
      using hint = 'Scale its Deployments to zero, and restore again.';
  end if;
end
$$;

commit;
