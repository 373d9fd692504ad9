-- Gives the restored database `new` what belongs to the database `target` rather than to its contents: settings,
-- and privileges of roles that are not of the contract. The limit of connections follows when it takes the name.
do $$
declare
  target constant name := current_setting('agent_bom.target');
  restored constant name := current_setting('agent_bom.new');
  statement text;
begin
  for statement in
    select format('grant %s on database %I to %I%s', a.privilege_type, restored, pg_get_userbyid(a.grantee),
                  case when a.is_grantable then ' with grant option' end)
      from pg_database d
     cross join lateral aclexplode(d.datacl) a
     where d.datname = target and a.grantee not in (0, d.datdba)
       and pg_get_userbyid(a.grantee) !~ format('^%s$', current_setting('agent_bom.contract_roles'))
    union all
    select format('alter %s set %I = %s',
                  case s.setrole when 0 then format('database %I', restored)
                                 else format('role %I in database %I', pg_get_userbyid(s.setrole), restored) end,
                  setting.name,
                  -- Lists are kept in the form in which a statement names them.
                  case when setting.name in ('search_path', 'local_preload_libraries', 'session_preload_libraries', 'temp_tablespaces')
                       then setting.value else quote_literal(setting.value) end)
      from pg_db_role_setting s
      join pg_database d on d.oid = s.setdatabase and d.datname = target
     cross join lateral unnest(s.setconfig) entry
     cross join lateral (select split_part(entry, '=', 1) as name, substr(entry, strpos(entry, '=') + 1) as value) setting
     where s.setrole = 0 or pg_get_userbyid(s.setrole) !~ format('^%s$', current_setting('agent_bom.contract_roles'))
  loop
    begin
      execute statement;
    exception
      when others then
        raise warning 'not carried over to the restored database: %; it has to be set as a superuser', sqlerrm
          using hint = format('Afterwards: %s;', replace(statement, format('%I', restored), format('%I', target)));
    end;
  end loop;
end
$$;
