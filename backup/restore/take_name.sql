-- Gives the restored database `new` the name `target`, and the database that had it the name `previous`: both or
-- neither. From here on the comment tells which dump the database holds, where everybody who lists databases sees it.
begin;
select format('alter database %I rename to %I', current_setting('agent_bom.target'), current_setting('agent_bom.previous')),
       format('comment on database %I is %L', current_setting('agent_bom.previous'), current_setting('agent_bom.previous_comment')),
       format('alter database %I connection limit %s', current_setting('agent_bom.new'), d.datconnlimit),
       format('alter database %I rename to %I', current_setting('agent_bom.new'), current_setting('agent_bom.target')),
       format('comment on database %I is %L', current_setting('agent_bom.target'), current_setting('agent_bom.comment'))
  from pg_database d
 where d.datname = current_setting('agent_bom.target')
\gexec
commit;
