-- What a session of the application can do, tried out as that session: it acts as one tenant and reaches for another.
-- Everything is rolled back.
begin;

do $$
declare
  item record;
  rows bigint;
  probe constant text := 'contract-probe-a';
  other constant text := 'contract-probe-b';
  tables int := 0;
  tried int := 0;
  broken text[] := '{}';
begin
  perform set_config('app.bypass_rls', '1', true);
  for item in
    select c.oid::regclass as name, a.attname as tenant
      from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attname in ('tenant_id', 'team_id') and not a.attisdropped
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relrowsecurity
     order by c.relname
  loop
    tables := tables + 1;
    -- Row-level security is asked before any other constraint, so a row of nothing but the tenant is enough.
    begin
      perform set_config('app.tenant_id', probe, true);
      execute format('insert into %s (%I) values (%L)', item.name, item.tenant, other);
      broken := broken || format('%s: a row of another tenant was inserted', item.name);
    exception
      when insufficient_privilege then null;
      when others then broken := broken || format('%s: an insert for another tenant was stopped only by: %s', item.name, sqlerrm);
    end;
    -- Where a row of its own is accepted, another tenant must neither see nor touch it.
    begin
      perform set_config('app.tenant_id', other, true);
      execute format('insert into %s (%I) values (%L)', item.name, item.tenant, other);
      tried := tried + 1;
      perform set_config('app.tenant_id', probe, true);
      execute format('select count(*) from %s where %I = %L', item.name, item.tenant, other) into rows;
      if rows <> 0 then broken := broken || format('%s: rows of another tenant are visible', item.name); end if;
      execute format('update %s set %I = %I where %I = %L', item.name, item.tenant, item.tenant, item.tenant, other);
      get diagnostics rows = row_count;
      if rows <> 0 then broken := broken || format('%s: rows of another tenant were updated', item.name); end if;
      execute format('delete from %s where %I = %L', item.name, item.tenant, other);
      get diagnostics rows = row_count;
      if rows <> 0 then broken := broken || format('%s: rows of another tenant were deleted', item.name); end if;
    exception
      when insufficient_privilege then
        broken := broken || format('%s: a row of its own tenant was refused: %s', item.name, sqlerrm);
      when others then null;
    end;
  end loop;
  perform set_config('agent_bom.probe_status', case when broken = '{}' and tables > 0 then 'pass' else 'fail' end, true);
  perform set_config('agent_bom.probe_detail', case
    when tables = 0 then 'no table has a tenant'
    when broken = '{}' then format('%s relations, %s with rows', tables, tried)
    else array_to_string(broken, '; ') end, true);
end
$$;

select 'login.app' as check,
       case when session_user in ('agent_bom_app', 'agent_bom_app_b') and current_user = session_user then 'pass'
            else 'fail' end as status,
       format('logged in as %s', session_user) as detail
 union all
select 'tenancy.probe', current_setting('agent_bom.probe_status'), current_setting('agent_bom.probe_detail')
 order by 1;

rollback;
