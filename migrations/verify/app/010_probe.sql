-- What a session of the application can do, tried out as that session: one tenant writes a row into every table, and
-- another reaches for it. Everything is rolled back.
begin;
set local search_path = pg_catalog, pg_temp;

do $$
declare
  probe constant text := 'contract-probe-a';
  other constant text := 'contract-probe-b';
  item record;
  pending oid[];
  left_over oid[];
  -- Where each row went: found again by its place, at the same cost in a table of any size.
  written jsonb := '{}';
  place tid;
  tables int := 0;
  attempt text[];
  touched bigint;
  hint text;
  broken text[] := '{}';
begin
  if current_setting('agent_bom.foreign_code') <> '[]' then
    perform set_config('agent_bom.probe_status', 'skip', true);
    perform set_config('agent_bom.probe_detail', 'not tried: what others left in the database would run', true);
    return;
  end if;
  create temporary table pg_temp.contract_probe on commit drop as
  select c.oid, c.oid::regclass::text as name, c.relname, t.attname as tenant, c.relkind = 'p' as routes,
         format('insert into %s (%s) overriding system value values (%s)', c.oid::regclass,
                string_agg(quote_ident(a.attname), ', ' order by a.attnum),
                string_agg(
                  case
                    when a.attname = t.attname then quote_literal(other)
                    -- Numbered by hand: what a sequence has given stays given after a rollback.
                    when counted.by_sequence then '-1'
                    -- A value that the column's own CHECK names, where it names any.
                    when allowed.value is not null then quote_literal(allowed.value)
                    when y.typcategory = 'N' then '1'
                    when y.typcategory = 'B' then 'false'
                    -- A partition takes what lies within its bounds, and a later column is later.
                    when y.typcategory = 'D' then
                      format('%s + interval ''%s seconds''', coalesce(
                        quote_literal((regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \(''([^'']+)'''))[1])
                          || '::timestamptz', 'now()'), a.attnum)
                    when y.typcategory = 'A' then quote_literal('{}')
                    when y.typcategory = 'E' then quote_literal((select enumlabel from pg_enum where enumtypid = y.oid
                                                                  order by enumsortorder limit 1))
                    when y.typname in ('json', 'jsonb') then quote_literal('{}')
                    when y.typname = 'uuid' then quote_literal('00000000-0000-4000-8000-000000000000')
                    when y.typname = 'bytea' then quote_literal('\x00')
                    else quote_literal('contract-probe')
                  end, ', ' order by a.attnum)) as insertion
    from pg_class c
    join pg_attribute t on t.attrelid = c.oid and t.attname in ('tenant_id', 'team_id')
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    join pg_type y on y.oid = a.atttypid
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
   cross join lateral (
           select a.attidentity <> '' or coalesce(pg_get_expr(d.adbin, d.adrelid) like 'nextval(%', false) as by_sequence
         ) counted
    left join lateral (
           select case when k.rule ~ 'json' then '{}' else (regexp_match(k.rule, '''([^'']*)'''))[1] end as value
             from (select pg_get_constraintdef(oid) as rule from pg_constraint
                    where conrelid = c.oid and contype = 'c' and conkey = array[a.attnum]) k
            where k.rule ~ 'json|= ''|ARRAY\['
            limit 1) allowed on true
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relrowsecurity
     and c.oid <> all (current_setting('agent_bom.foreign_relations')::oid[])
     and (a.attname = t.attname or counted.by_sequence or (a.attnotnull and not a.atthasdef)
          or (c.relispartition and y.typcategory = 'D')
          or a.attnum = any (coalesce((select partattrs::int2[] from pg_partitioned_table where partrelid = c.oid),
                                      array[]::int2[])))
   group by c.oid, t.attname;

  -- Triggers of the product may look for its tables without naming the schema, as in sessions of the application.
  perform set_config('search_path', 'pg_catalog, public, pg_temp', true);
  -- A table whose row refers to another's waits for it.
  perform set_config('app.tenant_id', other, true);
  select coalesce(array_agg(oid order by name), '{}') into pending from pg_temp.contract_probe;
  tables := cardinality(pending);
  loop
    left_over := '{}';
    for item in select * from pg_temp.contract_probe where oid = any (pending) order by name loop
      begin
        execute item.insertion || ' returning ctid' into place;
        written := written || jsonb_build_object(item.name, place::text);
      exception
        when insufficient_privilege then
          left_over := left_over || item.oid;
          -- A privilege that is missing is another check's business.
          if has_table_privilege(item.oid, 'INSERT') and has_table_privilege(item.oid, 'SELECT') then
            broken := broken || format('%s: a row of the same tenant was refused', item.relname);
          end if;
        when others then
          left_over := left_over || item.oid;
      end;
    end loop;
    exit when left_over = '{}' or left_over = pending or broken <> '{}';
    pending := left_over;
  end loop;

  -- The strongest request that an application can make: as another tenant, and asking for the bypass.
  perform set_config('app.tenant_id', probe, true);
  perform set_config('app.bypass_rls', '1', true);
  for item in select * from pg_temp.contract_probe order by name loop
    begin
      execute item.insertion;
      broken := broken || format('%s: a row of another tenant was inserted', item.relname);
    exception
      when insufficient_privilege then null;
      when others then
        -- Without a partition for today a row is refused before anybody asks for its tenant.
        continue when item.routes and sqlstate = '23514';
        get stacked diagnostics hint = pg_exception_hint;
        broken := broken || format('%s: a row of another tenant was stopped by something else: %s', item.relname,
                                   concat_ws('. ', sqlerrm, nullif(hint, '')));
    end;
    continue when not written ? item.name;
    -- On some tables the application may only read and add rows.
    foreach attempt slice 1 in array array[
      ['SELECT', 'visible', format('select from %s where ctid = %L', item.name, written ->> item.name)],
      ['UPDATE', 'updated', format('update %s set %I = %2$I where ctid = %3$L', item.name, item.tenant, written ->> item.name)],
      ['DELETE', 'deleted', format('delete from %s where ctid = %L', item.name, written ->> item.name)]]
    loop
      continue when not has_table_privilege(item.oid, attempt[1]) or not has_table_privilege(item.oid, 'SELECT');
      begin
        execute attempt[3];
        get diagnostics touched = row_count;
        if touched > 0 then broken := broken || format('%s: rows of another tenant are %s', item.relname, attempt[2]); end if;
      exception
        when insufficient_privilege then null;
        when others then
          get stacked diagnostics hint = pg_exception_hint;
          broken := broken || format('%s: %s of rows of another tenant was stopped by something else: %s', item.relname, attempt[1],
                                     concat_ws('. ', sqlerrm, nullif(hint, '')));
      end;
    end loop;
  end loop;
  perform set_config('agent_bom.probe_status', case when broken = '{}' and tables > 0 then 'pass' else 'fail' end, true);
  perform set_config('agent_bom.probe_detail', case
    when tables = 0 then 'no table has a tenant'
    when broken = '{}' then format('%s relations, %s with rows', tables, (select count(*) from jsonb_object_keys(written)))
    else array_to_string(broken, '; ') end, true);
end
$$;

select 'login.app' as check,
       case when current_user = session_user
                 and session_user in (select login from jsonb_to_recordset(current_setting('agent_bom.logins')::jsonb) l (identity text, login name)
                                       where identity = 'app') then 'pass'
            else 'fail' end as status,
       format('logged in as %s', session_user) as detail
 union all
select 'tenancy.probe', current_setting('agent_bom.probe_status'), current_setting('agent_bom.probe_detail')
 order by 1;

rollback;
