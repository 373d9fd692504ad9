-- Ends the sessions in the database whose oid is agent_bom.closing, and says that it is done. By its oid, because
-- the name passes to another database at any moment. Sessions that may not be ended stop the rename, which says so.
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
