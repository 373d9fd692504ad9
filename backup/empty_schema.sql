-- Takes what is there out of the way; refuse_data.sql has asked before. What belongs to extensions goes with them.
-- The control plane stays out until its logins get their limits again, after the data.
do $$
declare
  login name;
begin
  for login in
    select rolname from pg_roles
     where rolname in ('agent_bom_app', 'agent_bom_app_b', 'agent_bom_maintenance', 'agent_bom_maintenance_b')
  loop
    execute format('alter role %I connection limit 0', login);
  end loop;
end
$$;

set role agent_bom_owner;
do $$
begin
  -- What the database was restored from is no longer true.
  execute format('comment on database %I is null', current_database());
end
$$;
drop schema if exists public cascade;
create schema public;
reset role;
