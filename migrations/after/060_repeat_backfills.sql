-- Fills what a packaged migration left empty because it saw no row: only rows that differ. A table that is in use is left
-- to the next run, and the check schema.backfills names it until then.
begin;
set local lock_timeout = '300s';
select pg_advisory_xact_lock(hashtext('agent-bom-postgres'), hashtext('contract'));
set local lock_timeout = '5s';
set local role agent_bom_owner;
set local app.bypass_rls = '1';
-- Triggers of the product may look for its tables without naming the schema.
set local search_path = pg_catalog, public, pg_temp;

do $$
declare
  item record;
  filled bigint;
begin
  for item in
    select b.*
      from jsonb_to_recordset(current_setting('agent_bom.backfills')::jsonb) b (relation text, name text, source text)
      join pg_attribute a on a.attrelid = to_regclass('public.' || b.relation) and a.attname = b.name and not a.attisdropped
  loop
    begin
      execute format('update public.%I set %I = %3$s where %2$I = %4$L and %3$s <> %4$L',
                     item.relation, item.name, item.source, '');
      get diagnostics filled = row_count;
      if filled > 0 then
        raise notice 'filled % in % rows of %', item.name, filled, item.relation;
      end if;
    exception
      when lock_not_available then
        raise notice '% is in use; its column % is filled by the next run', item.relation, item.name;
    end;
  end loop;
end
$$;

commit;
