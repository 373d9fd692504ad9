-- Gives the restored database `beside` the name `target`, and the database that had it the name `previous`: both or
-- neither. From here on the comment tells which dump the database holds, where everybody who lists databases sees it.
\set ON_ERROR_STOP on
begin;
select format('alter database %I rename to %I', :'target', :'previous'),
       format('comment on database %I is %L', :'previous', :'previous_comment'),
       format('alter database %I connection limit %s', :'beside', d.datconnlimit),
       format('alter database %I rename to %I', :'beside', :'target'),
       format('comment on database %I is %L', :'target', :'comment')
  from pg_database d
 where d.datname = :'target'
\gexec
commit;
