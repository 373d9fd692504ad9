-- Fills what a packaged migration left empty because it saw no row: only rows that differ, a piece of the table at a time,
-- so that no writer waits for the whole of it. A table that is in use is left to the next run, and the check
-- schema.backfills names it until then.
do $$
declare
  pages constant int := 500;
  item record;
  filled bigint;
  changed bigint;
  in_use bool;
begin
  for item in
    select b.*, a.attrelid::regclass as table, pg_relation_size(a.attrelid) / current_setting('block_size')::int as last
      from jsonb_to_recordset(current_setting('agent_bom.backfills')::jsonb) b (relation text, name text, source text)
      join pg_attribute a on a.attrelid = to_regclass('public.' || b.relation) and a.attname = b.name
     order by b.relation
  loop
    filled := 0;
    in_use := false;
    for page in 0..item.last by pages loop
      begin
        set local role agent_bom_owner;
        set local app.bypass_rls = '1';
        -- Triggers of the product may look for its tables without naming the schema.
        set local search_path = pg_catalog, public, pg_temp;
        execute format('update %s set %I = %3$s where ctid >= ''(%5$s,0)'' and ctid < ''(%6$s,0)'' and %2$I = %4$L and %3$s <> %4$L',
                       item.table, item.name, item.source, '', page, page + pages);
        get diagnostics changed = row_count;
        filled := filled + changed;
      exception
        when lock_not_available then
          in_use := true;
      end;
      commit;
      exit when in_use;
    end loop;
    if filled > 0 then
      raise notice 'filled % in % rows of %', item.name, filled, item.relation;
    end if;
    if in_use then
      raise notice '% is in use; its column % is filled by the next run', item.relation, item.name;
    end if;
  end loop;
end
$$;
