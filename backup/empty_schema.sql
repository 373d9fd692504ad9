-- Drops what is in the schema; refuse_data.sql has asked before. What belongs to extensions goes with them. The control
-- plane cannot connect until its logins get their limits again, after the data.
set lock_timeout = '300s';

do $$
declare
  login name;
begin
  for login in
    select rolname from jsonb_to_recordset(current_setting('agent_bom.logins')::jsonb) l (identity text, login name)
      join pg_roles on rolname = l.login
     where identity <> 'backup'
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
-- squawk-ignore ban-drop-schema
drop schema if exists public cascade;
create schema public;
reset role;
