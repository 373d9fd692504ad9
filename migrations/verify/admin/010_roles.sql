-- What the catalog says about server, database and roles. Reads only, and as any role: the catalog is open to every
-- login. One row a check: its id, pass or fail, and what was found.
with
login (name, role, member_of) as (
  select * from jsonb_to_recordset(current_setting('agent_bom.logins')::jsonb) l (login text, identity text, member_of text)
),
login_role as (
  select l.name, l.role, r.* from login l left join pg_roles r on r.rolname = l.name
),
login_setting (role, name, value) as (
  select * from jsonb_to_recordset(current_setting('agent_bom.login_settings')::jsonb) s (identity text, name text, value text)
),
owned (name, owner, relkind) as (
  select c.relname::text, c.relowner, c.relkind
    from pg_class c
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'S', 'v')
     and c.oid <> all (current_setting('agent_bom.foreign_relations')::oid[])
  union all
  select p.oid::regprocedure::text, p.proowner, null
    from pg_proc p
   where p.pronamespace = 'public'::regnamespace
     and p.oid <> all (current_setting('agent_bom.foreign_routines')::oid[])
),
finding (id, found, failures) as (
  select 'tls.session', (select format('%s, %s', version, cipher) from pg_stat_ssl where pid = pg_backend_pid()), array(
    select coalesce(s.version, 'no TLS')
      from (select 1) session
      left join pg_stat_ssl s on s.pid = pg_backend_pid() and s.ssl
     where s.version is null or s.version not in ('TLSv1.2', 'TLSv1.3')
    union all
    select format('the server accepts %s: ssl_min_protocol_version = ''TLSv1.2''', setting)
      from pg_settings where name = 'ssl_min_protocol_version' and setting not in ('TLSv1.2', 'TLSv1.3'))
  union all
  select 'database.owner', 'agent_bom_owner', array(
    select format('database %s belongs to %s', datname, datdba::regrole)
      from pg_database where datname = current_database() and datdba::regrole::text <> 'agent_bom_owner'
    union all
    select format('schema %s belongs to %s', nspname, nspowner::regrole)
      from pg_namespace
     where nspname = 'public' and nspowner::regrole::text not in ('agent_bom_owner', 'pg_database_owner'))
  union all
  select 'database.public', 'no CONNECT, no CREATE', array(
    select format('PUBLIC has %s on database %s', a.privilege_type, datname)
      from pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) a
     where datname = current_database() and a.grantee = 0
    union all
    select format('PUBLIC has CREATE on schema %1$s: REVOKE CREATE ON SCHEMA %1$I FROM PUBLIC;', nspname)
      from pg_namespace, aclexplode(nspacl) a where a.grantee = 0 and a.privilege_type = 'CREATE'
    union all
    select format('PUBLIC has %s on %s', a.privilege_type, relname)
      from pg_class, aclexplode(relacl) a
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'S') and a.grantee = 0
       and pg_class.oid <> all (current_setting('agent_bom.foreign_relations')::oid[])
    union all
    select format('PUBLIC has %s on column %s of %s', a.privilege_type, attname, relname)
      from pg_attribute join pg_class c on c.oid = attrelid, aclexplode(attacl) a
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and a.grantee = 0
       and c.oid <> all (current_setting('agent_bom.foreign_relations')::oid[])
    union all
    select format('PUBLIC will have %s on what agent_bom_owner creates', a.privilege_type)
      from pg_default_acl, aclexplode(defaclacl) a
     where defaclrole = (select oid from pg_roles where rolname = 'agent_bom_owner') and defaclobjtype in ('r', 'S') and a.grantee = 0)
  union all
  select 'roles.attributes', format('%s roles', (select count(*) from login) + 2), array(
    select format('%s does not exist', wanted.name)
      from (select name from login union all values ('agent_bom_owner'), ('agent_bom_rls_maintenance')) wanted
     where not exists (select from pg_roles where rolname = wanted.name)
    union all
    select format('%s has %s', rolname, concat_ws(', ',
             case when rolsuper and not is_app then 'SUPERUSER' end, case when rolbypassrls and not is_app then 'BYPASSRLS' end,
             case when rolreplication then 'REPLICATION' end, case when rolcreatedb then 'CREATEDB' end,
             case when rolcreaterole and rolname <> 'agent_bom_owner' then 'CREATEROLE' end,
             case when not rolinherit then 'NOINHERIT' end,
             case when rolvaliduntil < 'infinity' then 'VALID UNTIL ' || rolvaliduntil end,
             case when rolcanlogin and rolname in ('agent_bom_owner', 'agent_bom_rls_maintenance') then 'LOGIN' end))
      from (select *, rolname in (select name from login where role = 'app') as is_app from pg_roles) r
     where (rolname in (select name from login) or rolname in ('agent_bom_owner', 'agent_bom_rls_maintenance'))
       and (((rolsuper or rolbypassrls) and not is_app) or rolreplication or rolcreatedb or not rolinherit
            or rolvaliduntil < 'infinity'
            or (rolcreaterole and rolname <> 'agent_bom_owner')
            or (rolcanlogin and rolname in ('agent_bom_owner', 'agent_bom_rls_maintenance')))
    union all
    select format('no login of %s may log in', identity.role)
      from (select role from login_role group by role having not bool_or(coalesce(rolcanlogin, false))) identity
    union all
    select 'agent_bom_owner lacks CREATEROLE'
      from pg_roles where rolname = 'agent_bom_owner' and not rolcreaterole)
  union all
  select 'roles.memberships', 'as the contract says', array(
    select format('%s %s a member of %s', coalesce(p.member, w.member),
             case when p.member is null then 'is not' else 'is' end, coalesce(p.role, w.role))
      from (select name, member_of from login where member_of is not null) w (member, role)
      full join (select member::regrole::text as member, roleid::regrole::text as role
                   from pg_auth_members where member::regrole::text in (select name from login)) p
        on (p.member, p.role) = (w.member, w.role)
     where p.member is null or w.member is null
    union all
    select format('%s is a member of %s', m.rolname, a.roleid::regrole)
      from pg_auth_members a join pg_roles m on m.oid = a.member
     where (a.roleid::regrole::text in (select name from login)
            or a.roleid::regrole::text in ('agent_bom_owner', 'agent_bom_rls_maintenance'))
       -- Administrators and the owner manage these roles; a login's own memberships are compared above.
       and not m.rolcreaterole and m.rolname not in (select name from login))
  union all
  select 'tenancy.app-cannot-bypass', 'no way to another tenant', array(
    select format('%s may act as %s', l.name, r.rolname)
      from login_role l
      join pg_roles r on r.rolname in ('agent_bom_owner', 'agent_bom_rls_maintenance') or r.rolsuper or r.rolbypassrls
     where l.role = 'app' and l.oid is not null and pg_has_role(l.oid, r.oid, 'MEMBER'))
  union all
  select 'ownership.relations', (select format('%s relations', count(*) filter (where relkind in ('r', 'p'))) from owned), array(
    select format('%s belongs to %s', name, owner::regrole) from owned where owner::regrole::text <> 'agent_bom_owner')
  union all
  select 'limits.timeouts', 'statement, lock and idle timeouts set', array(
    select format('%s: %s is %s, not %s', l.name, s.name, coalesce(
             (select split_part(entry, '=', 2) from unnest(l.rolconfig) entry where split_part(entry, '=', 1) = s.name),
             'not set'), s.value)
      from login_role l
      join login_setting s on s.role = l.role
     where l.oid is not null and not coalesce(l.rolconfig @> array[s.name || '=' || s.value], false)
    union all
    select format('%s also sets %s', l.name, split_part(entry, '=', 1))
      from login_role l
     cross join lateral unnest(l.rolconfig) entry
     where (l.role, split_part(entry, '=', 1)) not in (select role, name from login_setting)
    union all
    select format('%s sets %s in database %s', coalesce(l.name, 'every login'), split_part(entry, '=', 1),
                                     current_database())
      from pg_db_role_setting s
     cross join lateral unnest(s.setconfig) entry
      left join login_role l on l.oid = s.setrole
     where s.setdatabase = (select oid from pg_database where datname = current_database())
       and (l.oid is not null
            or (s.setrole = 0 and split_part(entry, '=', 1) ~ '^(app\..*|role|row_security|search_path|session_replication_role)$')))
  union all
  select 'schema.extensions', array_to_string(current_setting('agent_bom.extensions')::text[], ', '), array(
    select format('%s is not installed', wanted)
      from unnest(current_setting('agent_bom.extensions')::text[]) wanted
     where wanted not in (select extname from pg_extension))
)
select id as check, case failure when '' then 'pass' else 'fail' end as status, coalesce(nullif(failure, ''), found) as detail
  from finding
 cross join lateral (select coalesce(string_agg(object, '; ' order by object), '') as failure from unnest(failures) object) f
 order by id;
