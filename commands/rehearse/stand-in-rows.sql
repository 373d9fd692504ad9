-- Rows of two tenants in every table of the stand-in, written by the application, so that the dump is not empty.
do $$
declare
  item record;
  tenant text;
begin
  foreach tenant in array array['north', 'south'] loop
    perform set_config('app.tenant_id', tenant, true);
    for item in
      select c.oid::regclass as name
        from pg_class c
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relrowsecurity
         and not c.relispartition
       order by c.relname
    loop
      execute format('insert into %s (body) select jsonb_build_object(''row'', n) from generate_series(1, 3) n', item.name);
    end loop;
  end loop;
end
$$;
