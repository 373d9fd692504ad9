-- The logins: who they are members of, what they may not be, how many connections and how much patience they have.
begin;
set local lock_timeout = '300s';
select pg_advisory_xact_lock(hashtext('agent-bom-postgres'), hashtext('contract'));

-- The second logins take turns with the first, so that running pods keep a valid password while a new one is set up.
do $$
declare
  second_login name;
begin
  foreach second_login in array array['agent_bom_app_b', 'agent_bom_maintenance_b'] loop
    if not exists (select from pg_roles where rolname = second_login) then
      set local role agent_bom_owner;
      execute format('create role %I login in role %I', second_login, regexp_replace(second_login, '_b$', ''));
      reset role;
    end if;
  end loop;
end
$$;

do $$
declare
  item record;
begin
  for item in
    select rolname, rolsuper, rolreplication, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin, rolinherit
      from pg_roles
     where rolname in ('agent_bom_app', 'agent_bom_app_b', 'agent_bom_maintenance', 'agent_bom_maintenance_b',
                       'agent_bom_backup')
  loop
    if item.rolsuper or item.rolreplication or item.rolbypassrls then
      raise exception 'the role % has SUPERUSER, REPLICATION or BYPASSRLS', item.rolname
        using hint = format('Run as a superuser: ALTER ROLE %I NOSUPERUSER NOREPLICATION NOBYPASSRLS;', item.rolname);
    end if;
    if item.rolcreaterole or item.rolcreatedb or not item.rolinherit then
      execute format('alter role %I nocreaterole nocreatedb inherit', item.rolname);
    end if;
  end loop;
end
$$;

-- Memberships of the logins are exactly these; any other would widen what a leaked password opens.
do $$
declare
  item record;
begin
  for item in
    with wanted (member, role) as (
      values ('agent_bom_app_b', 'agent_bom_app'),
             ('agent_bom_maintenance', 'agent_bom_rls_maintenance'),
             ('agent_bom_maintenance_b', 'agent_bom_maintenance')
    ), present as (
      select m.rolname::text as member, r.rolname::text as role
        from pg_auth_members a
        join pg_roles m on m.oid = a.member
        join pg_roles r on r.oid = a.roleid
       where m.rolname in ('agent_bom_app', 'agent_bom_app_b', 'agent_bom_maintenance', 'agent_bom_maintenance_b',
                           'agent_bom_backup')
    )
    select 'grant' as verb, 'to' as preposition, * from (select * from wanted except select * from present) missing
    union all
    select 'revoke', 'from', * from (select * from present except select * from wanted) excess
  loop
    execute format('%s %I %s %I', item.verb, item.role, item.preposition, item.member);
  end loop;
end
$$;

do $$
declare
  item record;
begin
  for item in
    with setting (role, name, value) as (
      values
        -- The API sets 15 s for itself; this bounds everything else that connects as its login.
        ('agent_bom_app', 'statement_timeout', '30s'),
        ('agent_bom_app', 'lock_timeout', '5s'),
        -- The scheduler's leader holds its lock in an open transaction; ending that makes a second leader.
        ('agent_bom_app', 'idle_in_transaction_session_timeout', '0'),
        ('agent_bom_maintenance', 'statement_timeout', '30s'),
        ('agent_bom_maintenance', 'lock_timeout', '5s'),
        -- It holds no lock on purpose; ten minutes idle in a transaction is a fault that blocks vacuum.
        ('agent_bom_maintenance', 'idle_in_transaction_session_timeout', '10min'),
        -- A dump reads the largest table in one statement, and waits for a migration rather than fail.
        ('agent_bom_backup', 'statement_timeout', '0'),
        ('agent_bom_backup', 'lock_timeout', '60s'),
        ('agent_bom_backup', 'idle_in_transaction_session_timeout', '0'),
        -- A second barrier: the first is that it has no privilege to write.
        ('agent_bom_backup', 'default_transaction_read_only', 'on')
    )
    select r.rolname, s.name, s.value
      from setting s
      join pg_roles r on r.rolname in (s.role, s.role || '_b')
     where not coalesce(r.rolconfig @> array[s.name || '=' || s.value], false)
  loop
    execute format('alter role %I set %I = %L', item.rolname, item.name, item.value);
  end loop;
end
$$;

-- Any other setting of a login would change what its sessions do: which schema they see, which role they act as.
do $$
declare
  item record;
  statement text;
begin
  for item in
    select r.rolname, d.datname, split_part(entry, '=', 1) as name
      from pg_db_role_setting s
      join pg_roles r on r.oid = s.setrole
      left join pg_database d on d.oid = s.setdatabase
     cross join lateral unnest(s.setconfig) entry
     where r.rolname in ('agent_bom_app', 'agent_bom_app_b', 'agent_bom_maintenance', 'agent_bom_maintenance_b',
                         'agent_bom_backup')
       and (d.datname = current_database()
            or (d.oid is null
                and split_part(entry, '=', 1) not in ('statement_timeout', 'lock_timeout',
                                                      'idle_in_transaction_session_timeout')
                and (r.rolname <> 'agent_bom_backup' or split_part(entry, '=', 1) <> 'default_transaction_read_only')))
  loop
    statement := format('alter role %I %s reset %I', item.rolname,
                        case when item.datname is null then '' else format('in database %I', item.datname) end, item.name);
    begin
      execute statement;
    exception
      when insufficient_privilege then
        raise exception 'the role % has the setting %, which the administrator may not take away', item.rolname, item.name
          using hint = format('Run as a superuser: %s;', statement);
    end;
  end loop;
end
$$;

do $$
declare
  item record;
  wanted int;
begin
  for item in
    select r.rolname, r.rolconnlimit, i.setting
      from (values ('agent_bom_app', 'agent_bom.app_connection_limit'),
                   ('agent_bom_maintenance', 'agent_bom.maintenance_connection_limit'),
                   ('agent_bom_backup', 'agent_bom.backup_connection_limit')) i (role, setting)
      join pg_roles r on r.rolname in (i.role, i.role || '_b')
  loop
    if coalesce(current_setting(item.setting, true), '') !~ '^[1-9][0-9]{0,5}$' then
      raise exception 'the setting % is not a number of connections', item.setting
        using hint = 'Pass it as a startup option: PGOPTIONS="-c ' || item.setting || '=20".';
    end if;
    wanted := current_setting(item.setting)::int;
    if item.rolconnlimit <> wanted then
      execute format('alter role %I connection limit %s', item.rolname, wanted);
    end if;
  end loop;
end
$$;

commit;
