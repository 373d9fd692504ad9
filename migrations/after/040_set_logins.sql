-- The logins: who they are members of, what they may not be, how many connections and how much patience they have.
begin;
select pg_advisory_xact_lock(hashtext('agent-bom-postgres'), hashtext('contract'));
set local lock_timeout = '2s';

do $$
declare
  item record;
begin
  for item in
    select login, member_of from jsonb_to_recordset(current_setting('agent_bom.logins')::jsonb) l (login name, member_of name)
     where not exists (select from pg_roles where rolname = login)
  loop
    set local role agent_bom_owner;
    execute format('create role %I login in role %I', item.login, item.member_of);
    reset role;
  end loop;
end
$$;

do $$
declare
  item record;
begin
  for item in
    select rolname, rolsuper, rolreplication, rolbypassrls, rolcreaterole, rolcreatedb, rolinherit,
           coalesce(rolvaliduntil < 'infinity', false) as expires
      from jsonb_to_recordset(current_setting('agent_bom.logins')::jsonb) l (login name)
      join pg_roles on rolname = login
  loop
    if item.rolsuper or item.rolreplication or item.rolbypassrls then
      raise exception 'the role % has SUPERUSER, REPLICATION or BYPASSRLS', item.rolname
        using hint = format('Run as a superuser: ALTER ROLE %I NOSUPERUSER NOREPLICATION NOBYPASSRLS;', item.rolname);
    end if;
    if item.rolcreaterole or item.rolcreatedb or not item.rolinherit or item.expires then
      execute format('alter role %I nocreaterole nocreatedb inherit valid until %L', item.rolname, 'infinity');
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
    with login (member, role) as (
      select * from jsonb_to_recordset(current_setting('agent_bom.logins')::jsonb) l (login name, member_of name)
    ), wanted as (
      select * from login where role is not null
    ), present as (
      select m.rolname as member, r.rolname as role
        from pg_auth_members a
        join pg_roles m on m.oid = a.member
        join pg_roles r on r.oid = a.roleid
       where m.rolname in (select member from login)
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
    select r.rolname, s.name, s.value
      from jsonb_to_recordset(current_setting('agent_bom.logins')::jsonb) l (identity text, login name)
      join jsonb_to_recordset(current_setting('agent_bom.login_settings')::jsonb) s (identity text, name text, value text)
        using (identity)
      join pg_roles r on r.rolname = l.login
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
    select r.rolname, d.datname, present.name
      from jsonb_to_recordset(current_setting('agent_bom.logins')::jsonb) l (identity text, login name)
      join pg_roles r on r.rolname = l.login
      join pg_db_role_setting s on s.setrole = r.oid
      left join pg_database d on d.oid = s.setdatabase
     cross join lateral (select split_part(entry, '=', 1) as name from unnest(s.setconfig) entry) present
     where d.datname = current_database()
        or (d.oid is null
            and (l.identity, present.name) not in (
                  select * from jsonb_to_recordset(current_setting('agent_bom.login_settings')::jsonb) w (identity text, name text)))
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
    select r.rolname, r.rolconnlimit, format('agent_bom.%s_connection_limit', l.identity) as setting
      from jsonb_to_recordset(current_setting('agent_bom.logins')::jsonb) l (identity text, login name)
      join pg_roles r on r.rolname = l.login
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
