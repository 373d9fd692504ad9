-- Drops the roles that this restore has created, which are those that `existing` does not name. On a server that had none
-- of them they would stop the first migration, which expects to create them itself. The owner role created the others.
select case rolname when 'agent_bom_owner' then 'reset role;' else 'set role agent_bom_owner;' end || format('drop role %I;', rolname)
  from pg_roles
 where rolname ~ format('^%s$', current_setting('agent_bom.contract_roles')) and rolname <> all (string_to_array(current_setting('agent_bom.existing'), ','))
 order by rolname = 'agent_bom_owner', rolname desc
\gexec
