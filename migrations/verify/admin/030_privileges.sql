-- What the catalog says about privileges, and whether the application reaches its stores.
with
login_role (name, role, oid) as (
  select l.login, l.identity, r.oid
    from jsonb_to_recordset(current_setting('agent_bom.logins')::jsonb) l (login text, identity text)
    join pg_roles r on r.rolname = l.login
),
relation as (
  select c.oid, c.relname::text as name, c.relrowsecurity
    from pg_class c
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
     and c.oid <> all (current_setting('agent_bom.foreign_relations')::oid[])
),
store (store, name) as (
  values ('scan jobs', 'scan_jobs'), ('fleet state', 'fleet_agents'), ('gateway policy state', 'gateway_policies'),
         ('audit log', 'audit_log'), ('API key store', 'api_keys'), ('exceptions', 'exceptions'),
         ('schedules', 'scan_schedules'), ('graph state', 'graph_nodes'), ('graph state', 'graph_edges'),
         ('graph state', 'graph_snapshots'), ('trend history', 'trend_history')
),
-- What neither the API's login nor that of its maintenance may do, with a table or a column, and what no login may.
excess (role, object) as (
  select l.role, format('%s may %s %s', l.name, privilege, r.name)
    from login_role l
   cross join relation r
   cross join unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) privilege
   where l.role in ('app', 'maintenance')
     and case when privilege in ('DELETE', 'TRUNCATE', 'TRIGGER') then has_table_privilege(l.oid, r.oid, privilege)
              else has_any_column_privilege(l.oid, r.oid, privilege) end
     and (r.name = 'agent_bom_tenant_binding_keys'
          or (r.name = 'alembic_version' and privilege <> 'SELECT')
          or privilege in ('TRUNCATE', 'REFERENCES', 'TRIGGER'))
  union all
  select l.role, format('%s may create in schema %s', l.name, n.nspname)
    from login_role l
    join pg_namespace n on has_schema_privilege(l.oid, n.oid, 'CREATE') and n.nspname !~ '^pg_(toast_)?temp'
  union all
  select l.role, format('%s may create schemas', l.name)
    from login_role l where has_database_privilege(l.oid, current_database(), 'CREATE')
),
row_privilege (name, number) as (
  values ('SELECT', 1), ('INSERT', 2), ('UPDATE', 3), ('DELETE', 4)
),
-- What the application may do with the rows of each table, or with columns of them.
usage (name, privileges) as (
  select r.name, array(select p.name from row_privilege p
                        where case p.name when 'DELETE' then has_table_privilege(app.oid, r.oid, p.name)
                                          else has_any_column_privilege(app.oid, r.oid, p.name) end
                        order by p.number)
    from relation r
    join pg_roles app on app.rolname = 'agent_bom_app'
   where r.name not in ('agent_bom_tenant_binding_keys', 'alembic_version')
),
finding (id, found, failures) as (
  select 'stores.present', (select format('%s stores', count(distinct store)) from store), array(
    select format('%s: table %s is missing', s.store, s.name)
      from store s where s.name not in (select name from relation)
    union all
    select format('%s: agent_bom_app may not %s %s', s.store, p.name, s.name)
      from store s
      join usage u on u.name = s.name
      join row_privilege p on p.name <> all (u.privileges))
  union all
  select 'privileges.app',
         concat_ws('; ', 'rows only; no schema, no revision, no keys',
                   (select 'less than the default on ' || string_agg(format('%s (%s)', name, array_to_string(privileges, ', ')),
                                                                     ', ' order by name)
                      from usage where cardinality(privileges) < (select count(*) from row_privilege))),
         array(
    select object from excess where role = 'app'
    union all
    select format('agent_bom_app may do nothing with %s', name)
      from usage where privileges = '{}' and name not in (select name from store)
    union all
    select 'agent_bom_app may not SELECT alembic_version'
      from relation r
      join pg_roles app on app.rolname = 'agent_bom_app' and not has_table_privilege(app.oid, r.oid, 'SELECT')
     where r.name = 'alembic_version'
    union all
    select format('agent_bom_app may %s %s, which its migration did not grant', p.name, u.name)
      from jsonb_to_recordset(current_setting('agent_bom.narrowed_tables')::jsonb) n (relation text, privileges text[])
      join usage u on u.name = n.relation and cardinality(u.privileges) = (select count(*) from row_privilege)
      join row_privilege p on p.name <> all (n.privileges)
    union all
    select format('agent_bom_app may not use sequence %s', c.relname)
      from pg_class c
      join pg_roles app on app.rolname = 'agent_bom_app'
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'S'
       and c.oid <> all (current_setting('agent_bom.foreign_relations')::oid[])
       and not has_sequence_privilege(app.oid, c.oid, 'USAGE'))
  union all
  select 'privileges.maintenance', 'rows of all tenants; no schema, no revision, no keys', array(
    select object from excess where role = 'maintenance')
  union all
  select 'privileges.backup', 'reads only', array(
    select format('agent_bom_backup may %s %s', privilege, c.relname)
      from pg_class c
     cross join unnest(case c.relkind when 'S' then array['UPDATE']
                                      else array['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE'] end) privilege
      join pg_roles b on b.rolname = 'agent_bom_backup'
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'S')
       and c.oid <> all (current_setting('agent_bom.foreign_relations')::oid[])
       and case when c.relkind = 'S' then has_sequence_privilege(b.oid, c.oid, privilege)
                when privilege in ('DELETE', 'TRUNCATE') then has_table_privilege(b.oid, c.oid, privilege)
                else has_any_column_privilege(b.oid, c.oid, privilege) end
    union all
    select object from excess where role = 'backup')
  union all
  select 'privileges.defaults', 'tables of later migrations can be dumped, and nothing more', array(
    select format('new %s of agent_bom_owner are %s for %s', w.kind,
             case when p.privileges is null then 'not opened' else 'opened with ' || p.privileges end, w.grantee)
      from (values ('tables', 'r', 'agent_bom_app', 'REFERENCES'), ('sequences', 'S', 'agent_bom_app', null),
                   ('tables', 'r', 'agent_bom_backup', 'SELECT'), ('sequences', 'S', 'agent_bom_backup', 'SELECT'))
           w (kind, objtype, grantee, privileges)
      left join (select d.defaclobjtype::text as objtype, a.grantee::regrole::text as grantee,
                        string_agg(a.privilege_type, ',' order by a.privilege_type) as privileges
                   from pg_default_acl d, aclexplode(d.defaclacl) a
                  where d.defaclrole::regrole::text = 'agent_bom_owner' and d.defaclnamespace = 'public'::regnamespace
                  group by 1, 2) p using (objtype, grantee)
     where p.privileges is distinct from w.privileges)
  union all
  select 'backup.sees-all-rows', 'every table, every tenant', array(
    select format('agent_bom_backup may not read %s', c.relname)
      from pg_class c
      join pg_roles b on b.rolname = 'agent_bom_backup'
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'S')
       and c.oid <> all (current_setting('agent_bom.foreign_relations')::oid[])
       and not case c.relkind when 'S' then has_sequence_privilege(b.oid, c.oid, 'SELECT')
                              else has_table_privilege(b.oid, c.oid, 'SELECT') end
    union all
    select format('%s: no policy shows every row to agent_bom_backup', r.name)
      from relation r
      join pg_roles b on b.rolname = 'agent_bom_backup'
     where r.relrowsecurity
       and (not exists (select from pg_policy p where p.polrelid = r.oid and p.polname = 'agent_bom_backup_reads')
            or exists (select from pg_policy p
                        where p.polrelid = r.oid and not p.polpermissive and p.polcmd in ('r', '*')
                          and p.polroles && array[0::oid, b.oid]))
    union all
    select format('%s: policy %s is %s, not for SELECT to agent_bom_backup using (true)', r.name, p.polname,
             concat_ws(' ', case when not p.polpermissive then 'restrictive' end,
                       'for ' || case p.polcmd when 'r' then 'SELECT' when 'a' then 'INSERT' when 'w' then 'UPDATE'
                                               when 'd' then 'DELETE' else 'ALL' end,
                       'to ' || (select string_agg(case o when 0 then 'PUBLIC' else o::regrole::text end, ', ') from unnest(p.polroles) o),
                       'using (' || pg_get_expr(p.polqual, p.polrelid) || ')',
                       'with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')'))
      from relation r
      join pg_roles b on b.rolname = 'agent_bom_backup'
      join pg_policy p on p.polrelid = r.oid and (p.polname = 'agent_bom_backup_reads' or b.oid = any (p.polroles))
     where not (p.polcmd = 'r' and p.polpermissive and p.polroles = array[b.oid] and pg_get_expr(p.polqual, p.polrelid) = 'true')
    union all
    select format('%s: %s', object, fix)
      from jsonb_to_recordset(current_setting('agent_bom.dependents')::jsonb) d (object text, fix text)
     where fix is not null
       -- Code of others is what schema.foreign-code is for.
       and lower(fix) not in (select lower(f.fix) from jsonb_to_recordset(current_setting('agent_bom.foreign_code')::jsonb) f (fix text)))
)
select id as check, case failure when '' then 'pass' else 'fail' end as status, coalesce(nullif(failure, ''), found) as detail
  from finding
 cross join lateral (select coalesce(string_agg(object, '; ' order by object), '') as failure from unnest(failures) object) f
 order by id;
