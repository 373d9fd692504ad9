-- What the catalog says about the contract. Reads only, and as any role: the catalog is open to every login.
-- One row a check: its id, pass, fail or skip, and what was found.
with
login (name, role, setting) as (
  values ('agent_bom_app', 'app', 'agent_bom.app_connection_limit'),
         ('agent_bom_app_b', 'app', 'agent_bom.app_connection_limit'),
         ('agent_bom_maintenance', 'maintenance', 'agent_bom.maintenance_connection_limit'),
         ('agent_bom_maintenance_b', 'maintenance', 'agent_bom.maintenance_connection_limit'),
         ('agent_bom_backup', 'backup', 'agent_bom.backup_connection_limit')
),
login_role as (
  select l.name, l.role, nullif(current_setting(l.setting, true), '')::int as wanted_limit, r.*
    from login l left join pg_roles r on r.rolname = l.name
),
relation as (
  select c.oid, c.relname::text as name, c.relkind, c.relowner, c.relrowsecurity, c.relforcerowsecurity, c.relispartition,
         exists (select from pg_attribute a
                  where a.attrelid = c.oid and a.attname in ('tenant_id', 'team_id') and not a.attisdropped) as has_tenant
    from pg_class c
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
     and not exists (select from pg_depend d
                      where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
),
-- Shared by all tenants on purpose: caches, counters, nonces and the schema's own bookkeeping.
open_table (name) as (
  values ('agent_bom_hub_backfills'), ('agent_bom_tenant_binding_keys'), ('alembic_version'), ('api_rate_limit_hits'),
         ('api_rate_limits'), ('auth_session_attempts'), ('control_plane_schema_versions'), ('osv_cache'),
         ('revoked_session_nonces')
),
store (store, name) as (
  values ('scan jobs', 'scan_jobs'), ('fleet state', 'fleet_agents'), ('gateway policy state', 'gateway_policies'),
         ('audit log', 'audit_log'), ('API key store', 'api_keys'), ('exceptions', 'exceptions'),
         ('schedules', 'scan_schedules'), ('graph state', 'graph_nodes'), ('graph state', 'graph_edges'),
         ('graph state', 'graph_snapshots'), ('trend history', 'trend_history')
),
-- Policies that a session of the application is subject to.
app_policy as (
  select r.name as relation, p.polname, p.polcmd, p.polpermissive,
         pg_get_expr(p.polqual, p.polrelid) as reads, pg_get_expr(p.polwithcheck, p.polrelid) as writes
    from pg_policy p
    join relation r on r.oid = p.polrelid
   where p.polroles && array[0::oid, (select oid from pg_roles where rolname = 'agent_bom_app')]
),
failure (check_id, object) as (
  select 'tls.session', coalesce(s.version, 'no TLS')
    from (select 1) session
    left join pg_stat_ssl s on s.pid = pg_backend_pid() and s.ssl
   where s.version is null or s.version not in ('TLSv1.2', 'TLSv1.3')
  union all
  select 'database.owner', format('database %s belongs to %s', datname, datdba::regrole)
    from pg_database where datname = current_database() and datdba::regrole::text <> 'agent_bom_owner'
  union all
  select 'database.owner', format('schema %s belongs to %s', nspname, nspowner::regrole)
    from pg_namespace
   where nspname = 'public' and nspowner::regrole::text not in ('agent_bom_owner', 'pg_database_owner')
  union all
  select 'database.public', format('PUBLIC has %s on database %s', a.privilege_type, datname)
    from pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) a
   where datname = current_database() and a.grantee = 0
  union all
  select 'database.public', format('PUBLIC has CREATE on schema %s', nspname)
    from pg_namespace, aclexplode(nspacl) a where a.grantee = 0 and a.privilege_type = 'CREATE'
  union all
  select 'database.public', format('PUBLIC has %s on %s', a.privilege_type, relname)
    from pg_class, aclexplode(relacl) a
   where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'S') and a.grantee = 0
  union all
  select 'roles.attributes', format('%s does not exist', wanted.name)
    from (select name from login union all values ('agent_bom_owner'), ('agent_bom_rls_maintenance')) wanted
   where not exists (select from pg_roles where rolname = wanted.name)
  union all
  select 'roles.attributes', format('%s has %s', rolname, concat_ws(', ',
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
  select 'roles.attributes', format('no login of %s may log in', identity.role)
    from (select role from login_role group by role having not bool_or(coalesce(rolcanlogin, false))) identity
  union all
  select 'roles.attributes', 'agent_bom_owner lacks CREATEROLE'
    from pg_roles where rolname = 'agent_bom_owner' and not rolcreaterole
  union all
  select 'roles.memberships', format('%s %s a member of %s', coalesce(p.member, w.member),
           case when p.member is null then 'is not' else 'is' end, coalesce(p.role, w.role))
    from (values ('agent_bom_app_b', 'agent_bom_app'), ('agent_bom_maintenance', 'agent_bom_rls_maintenance'),
                 ('agent_bom_maintenance_b', 'agent_bom_maintenance')) w (member, role)
    full join (select member::regrole::text as member, roleid::regrole::text as role
                 from pg_auth_members where member::regrole::text in (select name from login)) p
      on (p.member, p.role) = (w.member, w.role)
   where p.member is null or w.member is null
  union all
  select 'roles.memberships', format('%s is a member of %s', m.rolname, a.roleid::regrole)
    from pg_auth_members a join pg_roles m on m.oid = a.member
   where (a.roleid::regrole::text in (select name from login)
          or a.roleid::regrole::text in ('agent_bom_owner', 'agent_bom_rls_maintenance'))
     -- Administrators and the owner manage these roles; a login's own memberships are compared above.
     and not m.rolcreaterole and m.rolname not in (select name from login)
  union all
  select 'ownership.relations', format('%s belongs to %s', name, relowner::regrole)
    from (select c.relname::text as name, c.relowner
            from pg_class c
           where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'S', 'v', 'm', 'f')
             and not exists (select from pg_depend d
                              where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
           union all
          select p.oid::regprocedure::text, p.proowner
            from pg_proc p
           where p.pronamespace = 'public'::regnamespace
             and not exists (select from pg_depend d
                              where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')) owned
   where relowner::regrole::text <> 'agent_bom_owner'
  union all
  select 'tenancy.row-security', format('%s: row-level security is %s', name,
           case when relrowsecurity then 'not forced' else 'off' end)
    from relation
   where has_tenant and name not in (select name from open_table) and not (relrowsecurity and relforcerowsecurity)
  union all
  select 'tenancy.open-tables', format('%s has no row-level security', name)
    from relation where not relrowsecurity and not has_tenant and name not in (select name from open_table)
  union all
  select 'tenancy.open-tables', format('%s has row-level security and is shared by all tenants', name)
    from relation where relrowsecurity and name in (select name from open_table)
  union all
  select 'tenancy.policies', format('%s: no policy for %s', r.name, command.name)
    from relation r
   cross join (values ('r', 'SELECT'), ('a', 'INSERT'), ('w', 'UPDATE'), ('d', 'DELETE')) command (code, name)
   where r.relrowsecurity
     and not exists (select from app_policy p
                      where p.relation = r.name and p.polpermissive and p.polcmd in ('*', command.code))
  union all
  select 'tenancy.policies', format('%s: policy %s does not ask for the tenant', relation, polname)
    from app_policy
   where polpermissive and (reads not like '%abom_current_tenant()%' or writes not like '%abom_current_tenant()%')
  union all
  select 'tenancy.policies', format('%s: no policy admits agent_bom_rls_maintenance', r.name)
    from relation r
   where r.name = 'scan_dispatch_queue'
     and not exists (select from pg_policy p
                      where p.polrelid = r.oid and p.polpermissive
                        and (select oid from pg_roles where rolname = 'agent_bom_rls_maintenance') = any (p.polroles))
  union all
  select 'tenancy.app-cannot-bypass', format('%s may act as %s', l.name, r.rolname)
    from login_role l
    join pg_roles r on r.rolname in ('agent_bom_owner', 'agent_bom_rls_maintenance') or r.rolsuper or r.rolbypassrls
   where l.role = 'app' and l.oid is not null and pg_has_role(l.oid, r.oid, 'MEMBER')
  union all
  select 'stores.present', format('%s: table %s is missing', s.store, s.name)
    from store s where s.name not in (select name from relation)
  union all
  select 'stores.present', format('%s: agent_bom_app may not %s %s', s.store, privilege, s.name)
    from store s
    join relation r on r.name = s.name
   cross join unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) privilege
   where exists (select from pg_roles where rolname = 'agent_bom_app')
     and not has_table_privilege('agent_bom_app', r.oid, privilege)
  union all
  select 'schema.extensions', format('%s is not installed', wanted)
    from unnest(array['pgcrypto', 'pg_trgm']) wanted
   where wanted not in (select extname from pg_extension)
  union all
  select 'limits.connections', format('%s may hold %s connections, the budget says %s', name,
           case rolconnlimit when -1 then 'any number of' else rolconnlimit::text end, wanted_limit)
    from login_role where rolconnlimit <> wanted_limit
  union all
  select 'privileges.app', format('%s may %s %s', l.name, privilege, r.name)
    from login_role l
   cross join relation r
   cross join unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) privilege
   where l.role = 'app' and l.oid is not null
     and has_table_privilege(l.oid, r.oid, privilege)
     and (r.name = 'agent_bom_tenant_binding_keys'
          or (r.name = 'alembic_version' and privilege <> 'SELECT')
          or privilege in ('TRUNCATE', 'REFERENCES', 'TRIGGER'))
  union all
  select 'privileges.app', format('%s may read a column of agent_bom_tenant_binding_keys', l.name)
    from login_role l
    join relation r on r.name = 'agent_bom_tenant_binding_keys'
   where l.role = 'app' and l.oid is not null
     and has_any_column_privilege(l.oid, r.oid, 'SELECT') and not has_table_privilege(l.oid, r.oid, 'SELECT')
  union all
  select 'privileges.app', format('agent_bom_app may not %s %s', privilege, r.name)
    from relation r
   cross join unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) privilege
    join pg_roles app on app.rolname = 'agent_bom_app'
   where r.name not in (select name from store) and r.name <> 'agent_bom_tenant_binding_keys'
     and (r.name <> 'alembic_version' or privilege = 'SELECT')
     and not has_table_privilege(app.oid, r.oid, privilege)
  union all
  select 'privileges.app', format('agent_bom_app may not use sequence %s', c.relname)
    from pg_class c
    join pg_roles app on app.rolname = 'agent_bom_app'
   where c.relnamespace = 'public'::regnamespace and c.relkind = 'S'
     and not has_sequence_privilege(app.oid, c.oid, 'USAGE')
  union all
  select 'privileges.maintenance', format('%s may %s %s', l.name, privilege, r.name)
    from login_role l
   cross join relation r
   cross join unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) privilege
   where l.role = 'maintenance' and l.oid is not null and has_table_privilege(l.oid, r.oid, privilege)
     and (r.name = 'agent_bom_tenant_binding_keys'
          or (r.name = 'alembic_version' and privilege <> 'SELECT')
          or privilege in ('TRUNCATE', 'REFERENCES', 'TRIGGER'))
  union all
  select 'privileges.' || l.role, format('%s may create in schema %s', l.name, n.nspname)
    from login_role l
    join pg_namespace n on has_schema_privilege(l.oid, n.oid, 'CREATE') and n.nspname !~ '^pg_(toast_)?temp'
  union all
  select 'privileges.' || l.role, format('%s may create schemas', l.name)
    from login_role l where has_database_privilege(l.oid, current_database(), 'CREATE')
  union all
  select 'privileges.defaults', format('new %s of agent_bom_owner are %s for %s', w.kind,
           case when p.privileges is null then 'not opened' else 'opened with ' || p.privileges end, w.grantee)
    from (values ('tables', 'r', 'agent_bom_app', 'DELETE,INSERT,SELECT,UPDATE'), ('sequences', 'S', 'agent_bom_app', 'SELECT,USAGE'),
                 ('tables', 'r', 'agent_bom_backup', 'SELECT'), ('sequences', 'S', 'agent_bom_backup', 'SELECT'))
         w (kind, objtype, grantee, privileges)
    left join (select d.defaclobjtype::text as objtype, a.grantee::regrole::text as grantee,
                      string_agg(a.privilege_type, ',' order by a.privilege_type) as privileges
                 from pg_default_acl d, aclexplode(d.defaclacl) a
                where d.defaclrole::regrole::text = 'agent_bom_owner' and d.defaclnamespace = 'public'::regnamespace
                group by 1, 2) p using (objtype, grantee)
   where p.privileges is distinct from w.privileges
  union all
  select 'privileges.backup', format('agent_bom_backup may %s %s', privilege, c.relname)
    from pg_class c
   cross join unnest(case c.relkind when 'S' then array['UPDATE']
                                    else array['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE'] end) privilege
    join pg_roles b on b.rolname = 'agent_bom_backup'
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'S')
     and case c.relkind when 'S' then has_sequence_privilege(b.oid, c.oid, privilege)
                        else has_table_privilege(b.oid, c.oid, privilege) end
  union all
  select 'backup.sees-all-rows', format('agent_bom_backup may not read %s', c.relname)
    from pg_class c
    join pg_roles b on b.rolname = 'agent_bom_backup'
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'S')
     and not case c.relkind when 'S' then has_sequence_privilege(b.oid, c.oid, 'SELECT')
                            else has_table_privilege(b.oid, c.oid, 'SELECT') end
  union all
  select 'backup.sees-all-rows', format('%s: no policy shows every row to agent_bom_backup', r.name)
    from relation r
    join pg_roles b on b.rolname = 'agent_bom_backup'
   where r.relrowsecurity
     and (not exists (select from pg_policy p
                       where p.polrelid = r.oid and b.oid = any (p.polroles) and p.polpermissive
                         and p.polcmd in ('r', '*') and pg_get_expr(p.polqual, p.polrelid) = 'true')
          or exists (select from pg_policy p
                      where p.polrelid = r.oid and not p.polpermissive and p.polcmd in ('r', '*')
                        and p.polroles && array[0::oid, b.oid]))
  union all
  select 'limits.timeouts', format('%s: %s is %s, not %s', l.name, s.name, coalesce(
           (select split_part(entry, '=', 2) from unnest(l.rolconfig) entry where split_part(entry, '=', 1) = s.name),
           'not set'), s.value)
    from login_role l
    join (values ('app', 'statement_timeout', '30s'), ('app', 'lock_timeout', '5s'),
                 ('app', 'idle_in_transaction_session_timeout', '0'),
                 ('maintenance', 'statement_timeout', '30s'), ('maintenance', 'lock_timeout', '5s'),
                 ('maintenance', 'idle_in_transaction_session_timeout', '10min'),
                 ('backup', 'statement_timeout', '0'), ('backup', 'lock_timeout', '60s'),
                 ('backup', 'idle_in_transaction_session_timeout', '0'),
                 ('backup', 'default_transaction_read_only', 'on')) s (role, name, value) on s.role = l.role
   where l.oid is not null and not coalesce(l.rolconfig @> array[s.name || '=' || s.value], false)
  union all
  select 'limits.timeouts', format('%s also sets %s', l.name, split_part(entry, '=', 1))
    from login_role l
   cross join lateral unnest(l.rolconfig) entry
   where split_part(entry, '=', 1) not in ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout')
     and (l.role <> 'backup' or split_part(entry, '=', 1) <> 'default_transaction_read_only')
  union all
  select 'limits.timeouts', format('%s sets %s in database %s', coalesce(l.name, 'every login'), split_part(entry, '=', 1),
                                   current_database())
    from pg_db_role_setting s
   cross join lateral unnest(s.setconfig) entry
    left join login_role l on l.oid = s.setrole
   where s.setdatabase = (select oid from pg_database where datname = current_database())
     and (l.oid is not null
          or (s.setrole = 0 and split_part(entry, '=', 1) ~ '^(app\..*|role|row_security|search_path|session_replication_role)$'))
),
finding (check_id, found) as (
  select 'tls.session', (select format('%s, %s', version, cipher) from pg_stat_ssl where pid = pg_backend_pid())
  union all select 'database.owner', 'agent_bom_owner'
  union all select 'database.public', 'no CONNECT, no CREATE'
  union all select 'roles.attributes', format('%s roles', (select count(*) from login) + 2)
  union all select 'roles.memberships', 'as the contract says'
  union all select 'ownership.relations', (select format('%s relations', count(*)) from relation)
  union all select 'tenancy.row-security',
                   (select format('%s relations protected', count(*) filter (where relrowsecurity)) from relation)
  union all select 'tenancy.open-tables',
                   (select format('%s tables shared on purpose', count(*) filter (where not relrowsecurity)) from relation)
  union all select 'tenancy.policies', (select format('%s policies', count(*)) from app_policy)
  union all select 'tenancy.app-cannot-bypass', 'no way to another tenant'
  union all select 'stores.present', (select format('%s stores', count(distinct store)) from store)
  union all select 'schema.extensions', 'pgcrypto, pg_trgm'
  union all select 'limits.connections',
                   (select string_agg(format('%s %s', name, rolconnlimit), ', ' order by name) from login_role)
  union all select 'limits.timeouts', 'statement, lock and idle timeouts set'
  union all select 'privileges.app', 'rows only; no schema, no revision, no keys'
  union all select 'privileges.maintenance', 'rows of all tenants; no schema, no revision, no keys'
  union all select 'privileges.backup', 'reads only'
  union all select 'privileges.defaults', 'tables of later migrations are usable and can be dumped'
  union all select 'backup.sees-all-rows', 'every table, every tenant'
)
select f.check_id as check,
       case when f.check_id = 'limits.connections' and (select bool_or(wanted_limit is null) from login_role) then 'skip'
            when x.objects is null then 'pass'
            else 'fail' end as status,
       case when f.check_id = 'limits.connections' and (select bool_or(wanted_limit is null) from login_role)
              then 'needs the connection budget of the environment'
            else coalesce(x.objects, f.found) end as detail
  from finding f
  left join (select check_id, string_agg(object, '; ' order by object) as objects from failure group by check_id) x
    using (check_id)
 order by f.check_id;
