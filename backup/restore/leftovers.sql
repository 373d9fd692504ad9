-- Drops what earlier restores into the same database left when they were killed, and prints the names. The name alone
-- proves nothing: such a database also has the limit that create_database.sql gives it, -2 where its DROP was interrupted,
-- and the comment `mark` or none yet.
select format('select %L;', datname), format('drop database %I with (force);', datname)
  from pg_database
 where starts_with(datname, current_setting('agent_bom.stem')) and substr(datname, length(current_setting('agent_bom.stem')) + 1) ~ '^[0-9a-f]{8}$'
   and pg_has_role(session_user, datdba, 'USAGE')
   and datconnlimit in (current_setting('agent_bom.unfinished_limit')::int, -2)
   and coalesce(shobj_description(oid, 'pg_database'), current_setting('agent_bom.mark')) = current_setting('agent_bom.mark')
 order by datname
\gexec
