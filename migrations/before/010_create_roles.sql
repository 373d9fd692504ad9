-- Roles that have to exist before the packaged migrations run: they grant to agent_bom_app only if it is there. The
-- owner role creates them, so that it may manage them and a later administrator needs one membership only.
begin;
select pg_advisory_xact_lock(hashtext('agent-bom-postgres'), hashtext('contract'));
set local lock_timeout = '2s';

do $$
begin
  if not exists (select from pg_roles where rolname = 'agent_bom_owner') then
    create role agent_bom_owner;
  end if;
end
$$;

-- The administrator acts as the owner. From 16 on nobody may grant a role that another role created, unless it was given
-- to them WITH ADMIN, and a role's creator does not act as it by itself.
do $$
begin
  if current_setting('server_version_num')::int < 160000 then
    if not pg_has_role(session_user, 'agent_bom_owner', 'USAGE') then
      execute format('grant agent_bom_owner to %I', session_user);
    end if;
  elsif not (pg_has_role(session_user, 'agent_bom_owner', 'USAGE') and pg_has_role(session_user, 'agent_bom_owner', 'SET'))
  then
    if not pg_has_role(session_user, 'agent_bom_owner', 'MEMBER WITH ADMIN OPTION') then
      raise exception 'the role agent_bom_owner exists and the administrator % may not act as it', session_user
        using hint = format('Run as a superuser or as the role that created it: GRANT agent_bom_owner TO %I WITH ADMIN OPTION;',
                            session_user);
    end if;
    execute format('grant agent_bom_owner to %I with inherit true, set true', session_user);
  end if;
  if exists (select from pg_roles where rolname = 'agent_bom_owner' and (rolcanlogin or not rolcreaterole)) then
    alter role agent_bom_owner nologin createrole;
  end if;
end
$$;

-- The bypass of the tenant policies asks for a member of this role. The packaged migrations make one of the administrator
-- who runs them first; another one would fill new columns of no row.
do $$
begin
  if to_regclass('public.alembic_version') is null
     or not exists (select from pg_roles
                     where rolname = 'agent_bom_rls_maintenance' and not pg_has_role(session_user, oid, 'MEMBER')) then
    return;
  end if;
  set local role agent_bom_owner;
  execute format('grant agent_bom_rls_maintenance to %I with admin option', session_user);
  reset role;
exception
  when insufficient_privilege then
    raise exception 'the administrator % may not become a member of agent_bom_rls_maintenance', session_user
      using hint = format('Run as a superuser or as the role that created it: '
                          'GRANT agent_bom_rls_maintenance TO %I WITH ADMIN OPTION;', session_user);
end
$$;

do $$
declare
  login name;
begin
  for login in select l.login from jsonb_to_recordset(current_setting('agent_bom.logins')::jsonb) l (login name, member_of name)
                where member_of is null loop
    if not exists (select from pg_roles where rolname = login) then
      set local role agent_bom_owner;
      execute format('create role %I login', login);
      reset role;
    elsif current_setting('server_version_num')::int >= 160000
          and not pg_has_role('agent_bom_owner', login, 'MEMBER WITH ADMIN OPTION') then
      if not pg_has_role(session_user, login, 'MEMBER WITH ADMIN OPTION') then
        raise exception 'the role % exists and the administrator % may not manage it', login, session_user
          using hint = format('Run as a superuser or as the role that created it: GRANT %I TO %I WITH ADMIN OPTION;',
                              login, session_user);
      end if;
      execute format('grant %I to agent_bom_owner with admin true, inherit false, set false', login);
    end if;
  end loop;
end
$$;

commit;
