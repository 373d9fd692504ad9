-- Which dump the database was restored from, where everybody who lists databases sees it: `\l+` in psql.
set role agent_bom_owner;

do $$
begin
  execute format('comment on database %I is %L', current_database(), current_setting('agent_bom.restored'));
end
$$;

reset role;
