-- Who, besides the contract, reaches rows and keys, by whatever path, and what others left that sessions of the contract run.
-- Superusers and administrators reach everything and are named. Whoever only reads and writes tables is subject to row-level security, and is
-- named too: a session says itself which tenant it is of.
with recursive
ours (oid, rolname) as (
  select oid, rolname
    from pg_roles
   where rolname in (select login from jsonb_to_recordset(current_setting('agent_bom.logins')::jsonb) l (login name))
      or rolname in ('agent_bom_owner', 'agent_bom_rls_maintenance')
),
-- Whoever may create roles and act as the owner, if through another administrator, is an administrator.
administrator (oid, rolname) as (
  select r.oid, r.rolname
    from pg_roles r
    join ours o on o.rolname = 'agent_bom_owner' and pg_has_role(r.oid, o.oid, 'MEMBER')
   where r.rolcreaterole and not r.rolsuper and r.oid not in (select oid from ours)
),
other (oid, rolname) as (
  select r.oid, r.rolname
    from pg_roles r
   where not r.rolsuper and r.oid >= 16384
     and r.rolname not in ('rds_superuser', 'rds_replication', 'rdsrepladmin', 'rdstopmgr', 'rdsproxyadmin')
     and r.oid not in (select oid from ours) and r.oid not in (select oid from administrator)
     -- Whose other direct members the check roles.memberships names.
     and not exists (select from pg_auth_members m join ours o on o.oid = m.roleid
                      where m.member = r.oid and o.rolname = 'agent_bom_owner')
),
relation as (
  select c.oid, c.relname::text as name, c.relname = 'agent_bom_tenant_binding_keys' as has_keys
    from pg_class c
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
     and c.oid <> all (current_setting('agent_bom.foreign_relations')::oid[])
),
-- Every role whose privileges a role may use: its own, and those of roles that it is a member of with whatever options. One
-- that does not inherit may SET ROLE, and one with the ADMIN option may grant itself the rest.
used (oid, rolname, role) as (
  select o.oid, o.rolname, r.oid
    from other o
    join pg_roles r on r.oid not in (select oid from ours) and not r.rolsuper and pg_has_role(o.oid, r.oid, 'MEMBER')
),
-- Roles that see the rows of all tenants, whatever the policies say.
unbound as (
  select r.oid, r.rolname, r.rolsuper from pg_roles r
   where r.rolsuper or (r.rolbypassrls and exists (select from relation where has_any_column_privilege(r.oid, relation.oid, 'SELECT')))
),
-- Views that end at a table of the contract, each with the tables that it reads.
shown (oid, relation) as (
  select w.ev_class, d.refobjid
    from pg_rewrite w
    join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid and d.refclassid = 'pg_class'::regclass
   where w.ev_type = '1' and d.refobjid in (select oid from relation) and d.refobjid <> w.ev_class
  union
  select w.ev_class, s.relation
    from shown s
    join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = s.oid
    join pg_rewrite w on w.oid = d.objid and w.ev_type = '1' and w.ev_class <> s.oid
),
view as (
  select c.oid, format('%I.%I', n.nspname, c.relname) as name, c.relowner, c.relkind, c.relacl, bool_or(r.has_keys) as has_keys
    from shown s
    join relation r on r.oid = s.relation
    join pg_class c on c.oid = s.oid
    join pg_namespace n on n.oid = c.relnamespace
   where not exists (select from pg_options_to_table(c.reloptions) o where o.option_name = 'security_invoker' and o.option_value::bool)
   group by c.oid, n.nspname
),
-- Routines that lend the rights of their owner. The product has one, which proves who a tenant is.
lender as (
  select p.oid::regprocedure::text as name, r.rolname as owner, p.prosrc,
         r.rolsuper or r.oid in (select oid from administrator) as is_trusted,
         case p.prokind when 'p' then 'PROCEDURE' else 'FUNCTION' end as kind,
         string_agg(distinct coalesce(g.rolname, 'PUBLIC'), ', ' order by coalesce(g.rolname, 'PUBLIC')) as callers
    from pg_proc p
    join pg_roles r on r.oid = p.proowner
   cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
    left join pg_roles g on g.oid = a.grantee
   where p.prosecdef and p.oid >= 16384 and a.grantee <> p.proowner and not coalesce(g.rolsuper, false)
     and not (p.pronamespace = 'public'::regnamespace and r.rolname = 'agent_bom_owner' and p.proname like 'abom\_%')
     and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
   group by p.oid, r.oid, r.rolname, r.rolsuper
),
-- What others will have on tables that are yet to come.
future as (
  select d.defaclrole::regrole::text as creator, g.rolname, a.privilege_type as privilege, n.nspname
    from pg_default_acl d
   cross join lateral aclexplode(d.defaclacl) a
    join other g on g.oid = a.grantee
    left join pg_namespace n on n.oid = d.defaclnamespace
   where d.defaclobjtype = 'r' and coalesce(n.nspname, 'public') = 'public'
     and (d.defaclrole in (select oid from ours) or d.defaclrole in (select oid from administrator))
),
plain as (
  select o.rolname, count(distinct r.oid) as tables
    from other o
    join used u on u.oid = o.oid
    join relation r on has_any_column_privilege(u.role, r.oid, 'SELECT, INSERT, UPDATE') or has_table_privilege(u.role, r.oid, 'DELETE')
   group by o.rolname
),
finding (id, found, failures) as (
  select 'access.others',
         concat_ws('; ', 'no role besides those of the contract reads keys or the rows of all tenants',
                   (select 'superusers: ' || string_agg(rolname, ', ' order by rolname) from pg_roles where rolsuper),
                   (select 'administrators: ' || string_agg(rolname, ', ' order by rolname) from administrator),
                   (select 'bound by row-level security: ' || string_agg(format('%s (%s tables)', rolname, tables), ', ' order by rolname)
                      from plain),
                   (select 'will read tables of later migrations: ' || string_agg(distinct rolname, ', ' order by rolname)
                      from future where privilege in ('SELECT', 'INSERT', 'UPDATE', 'DELETE')),
                   (select 'routines that run as superusers or administrators: ' || string_agg(name, ', ' order by name)
                      from lender where is_trusted),
                   (select 'publications: ' || string_agg(pubname, ', ' order by pubname) from pg_publication)), array(
    select format('%s %s agent_bom_tenant_binding_keys: %s', o.rolname, verb.text, coalesce(
             (select string_agg(format('REVOKE %s FROM %I;', m.roleid::regrole, o.rolname), ' ')
                from pg_auth_members m
               where m.member = o.oid
                 and exists (select from pg_roles t
                              where pg_has_role(m.roleid, t.oid, 'MEMBER')
                                and (has_any_column_privilege(t.oid, r.oid, verb.privileges)
                                     or verb.text = 'writes' and has_table_privilege(t.oid, r.oid, 'DELETE')))),
             format('REVOKE ALL ON public.agent_bom_tenant_binding_keys FROM %I;', o.rolname)))
      from other o
      join relation r on r.has_keys
     cross join (values ('reads', 'SELECT'), ('writes', 'INSERT, UPDATE')) verb (text, privileges)
     where exists (select from used u
                    where u.oid = o.oid
                      and (has_any_column_privilege(u.role, r.oid, verb.privileges)
                           or verb.text = 'writes' and has_table_privilege(u.role, r.oid, 'DELETE')))
    union all
    -- Before 16 it may make itself a member of every role but superusers.
    select format('%s has CREATEROLE, with which it may become a member of agent_bom_owner: ALTER ROLE %1$I NOCREATEROLE;', o.rolname)
      from other o
      join pg_roles r on r.oid = o.oid and r.rolcreaterole
     where current_setting('server_version_num')::int < 160000
    union all
    select format('%s is a member of %s, which reaches the files of the server: REVOKE %2$I FROM %1$I;', o.rolname, f.rolname)
      from other o
      join pg_roles f on f.rolname in ('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program')
       and pg_has_role(o.oid, f.oid, 'MEMBER')
    union all
    -- These read files of the server or its write-ahead log, for whoever may execute them.
    select format('%s may execute %s, which reaches the files of the server: REVOKE EXECUTE ON FUNCTION %2$s FROM %s;',
                  coalesce(o.rolname, 'PUBLIC'), f.oid::regprocedure, coalesce(quote_ident(o.rolname), 'PUBLIC'))
      from pg_proc f
     cross join lateral aclexplode(f.proacl) a
      left join other o on o.oid = a.grantee
     where f.proname in ('pg_read_file', 'pg_read_binary_file', 'lo_import', 'lo_export', 'pg_file_write',
                         'pg_get_wal_records_info', 'pg_get_wal_record_info', 'pg_get_wal_block_info', 'pg_get_wal_fpi_info')
       and (a.grantee = 0 or o.oid is not null)
       and (f.pronamespace = 'pg_catalog'::regnamespace
            or exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = f.oid and d.deptype = 'e'))
    union all
    select format('policy %s on %s shows %s rows of all tenants: DROP POLICY %1$I ON public.%2$I;', p.polname, r.name, o.rolname)
      from pg_policy p
      join relation r on r.oid = p.polrelid
      join other o on o.oid = any (p.polroles)
     where p.polpermissive and p.polcmd in ('r', '*') and pg_get_expr(p.polqual, p.polrelid) not like '%abom_current_tenant()%'
    union all
    select format('%s will have %s on tables that %s creates: ALTER DEFAULT PRIVILEGES FOR ROLE %3$s%s REVOKE %2$s ON TABLES FROM %1$I;',
                  rolname, string_agg(privilege, ', ' order by privilege), creator, ' IN SCHEMA ' || nspname)
      from future
     where privilege in ('TRUNCATE', 'TRIGGER', 'REFERENCES')
     group by rolname, creator, nspname
    union all
    select format('%s has BYPASSRLS and reads tables: ALTER ROLE %1$I NOBYPASSRLS;', o.rolname)
      from other o join unbound u on u.oid = o.oid
    union all
    select format('%s may act as %s, which no policy binds: %s', o.rolname, u.rolname, coalesce(
             (select string_agg(format('REVOKE %s FROM %I;', m.roleid::regrole, o.rolname), ' ') from pg_auth_members m
               where m.member = o.oid and pg_has_role(m.roleid, u.oid, 'MEMBER')), ''))
      from other o
      join unbound u on u.oid <> o.oid and pg_has_role(o.oid, u.oid, 'MEMBER')
    union all
    select format('%s may act as %s through %s: REVOKE %3$s FROM %4$I;', o.rolname, a.rolname, m.roleid::regrole, o.rolname)
      from other o
      join ours a on pg_has_role(o.oid, a.oid, 'MEMBER')
      join pg_auth_members m on m.member = o.oid and pg_has_role(m.roleid, a.oid, 'MEMBER')
     where m.roleid not in (select oid from ours)
    union all
    select format('%s has REPLICATION, which copies every row: ALTER ROLE %1$I NOREPLICATION;', o.rolname)
      from other o join pg_roles r on r.oid = o.oid and r.rolreplication
    union all
    select format('%s is a member of rds_replication, which copies every row: REVOKE rds_replication FROM %1$I;', o.rolname)
      from other o
      join pg_auth_members m on m.member = o.oid
      join pg_roles r on r.oid = m.roleid and r.rolname = 'rds_replication'
    union all
    select format('%s may %s %s: REVOKE %2$s ON %4$s FROM %1$I;', o.rolname, privilege, string_agg(r.name, ', ' order by r.name),
                  string_agg(format('public.%I', r.name), ', ' order by r.name))
      from other o
     cross join relation r
     cross join unnest(array['TRUNCATE', 'TRIGGER', 'REFERENCES']) privilege
     where exists (select from used u
                    where u.oid = o.oid
                      and case privilege when 'REFERENCES' then has_any_column_privilege(u.role, r.oid, privilege)
                                         else has_table_privilege(u.role, r.oid, privilege) end)
     group by o.rolname, privilege
    union all
    select format('%s shows %s the %s: DROP %s %1$s;', v.name, reader.name,
                  case when v.has_keys then 'keys' else 'rows of all tenants' end,
                  case v.relkind when 'm' then 'MATERIALIZED VIEW' else 'VIEW' end)
      from view v
     cross join lateral aclexplode(v.relacl) a
      left join pg_roles r on r.oid = a.grantee
     cross join lateral (select coalesce(r.rolname, 'PUBLIC') as name) reader
     where a.privilege_type = 'SELECT' and a.grantee <> v.relowner and not coalesce(r.rolsuper, false)
       and reader.name not in ('agent_bom_owner', 'agent_bom_backup')
       and (v.has_keys or v.relkind = 'm' or v.relowner in (select oid from unbound)
            -- Policies show every row, or those of the queue, to those who inherit these roles.
            or exists (select from ours o where o.rolname in ('agent_bom_backup', 'agent_bom_rls_maintenance')
                                            and pg_has_role(v.relowner, o.oid, 'USAGE')))
    union all
    -- Tools of monitoring bring routines of an administrator: they endanger the contract where their text names a table of it.
    select format('%s runs as %s for %s: DROP %s %1$s;', l.name, l.owner, l.callers, l.kind)
      from lender l
     where case when l.is_trusted then exists (select from relation r where l.prosrc ~ ('\m' || r.name || '\M'))
                else l.owner in (select rolname from unbound)
                     or exists (select from ours o join pg_roles r on r.rolname = l.owner where pg_has_role(r.oid, o.oid, 'MEMBER'))
                     or exists (select from used u join relation r on r.has_keys where u.rolname = l.owner and has_any_column_privilege(u.role, r.oid, 'SELECT'))
           end)
  union all
  select 'schema.foreign-code', 'nothing of others', array(
    select format('%s: %s', object, fix)
      from jsonb_to_recordset(current_setting('agent_bom.foreign_code')::jsonb) f (object text, fix text))
)
select id as check, case failure when '' then 'pass' else 'fail' end as status, coalesce(nullif(failure, ''), found) as detail
  from finding
 cross join lateral (select coalesce(string_agg(object, '; ' order by object), '') as failure from unnest(failures) object) f
 order by id;
