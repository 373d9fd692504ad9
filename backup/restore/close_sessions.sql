-- Ends the sessions in the database whose oid is the variable `closing`, and says how many there were. By its oid, because
-- the name passes to another database at any moment. Sessions that may not be ended stop the rename, which says so.
select set_config('agent_bom.closing', :'closing', false) \g /dev/null
do $$
declare
  item record;
begin
  for item in select pid from pg_stat_activity
               where datid = current_setting('agent_bom.closing')::oid and usesysid is not null loop
    begin
      perform pg_terminate_backend(item.pid);
    exception
      when insufficient_privilege then null;
    end;
  end loop;
end
$$;
select 'closed';
