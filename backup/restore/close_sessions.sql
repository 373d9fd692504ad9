-- Ends the sessions in a database, given by its oid in agent_bom.closing, while another session renames it: the rename
-- keeps new ones out and waits five seconds for the old ones. Ends with the rename.
do $$
declare
  item record;
begin
  for i in 1..100 loop
    perform pg_stat_clear_snapshot();
    for item in select pid from pg_stat_activity
                 where datid = current_setting('agent_bom.closing')::oid and usesysid is not null loop
      begin
        perform pg_terminate_backend(item.pid);
      exception
        when insufficient_privilege then null;
      end;
    end loop;
    perform pg_sleep(0.05);
    exit when not exists (select from pg_database where oid = current_setting('agent_bom.closing')::oid
                             and datname = current_setting('agent_bom.target'));
  end loop;
end
$$;
