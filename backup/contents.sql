-- What a database holds, line by line: revision, rows by table and tenant, sequences, policies, privileges. Two databases
-- with the same lines hold the same. Asked by a login that sees every row. What is not of the contract is no part of it:
-- relations that another role made, materialized views and foreign tables, policies of other roles, and privileges that they
-- have or have passed on. The setting agent_bom.contract_roles is the regular expression of the contract's roles. Names are
-- without the schema public, as in the manifests of versions whose sessions looked into it. Lists are in the order of their
-- bytes: the other database may have another collation.
\ir relations.sql
select 'revision', version_num from public.alembic_version;

select format(
         'select ''rows'', %L, %s, count(*) from only %s group by 3 order by 3;',
         c.relname,
         coalesce((select format('%I::text', attname) from pg_attribute
                    where attrelid = c.oid and attname in ('tenant_id', 'team_id') order by attname desc limit 1), ''''''),
         c.oid::regclass)
  from pg_class c
 where c.oid = any (current_setting('agent_bom.relations')::oid[]) and c.relkind = 'r'
 order by c.relname
\gexec

select format('select ''sequence'', %L, last_value, is_called from %s;', c.relname, c.oid::regclass)
  from pg_class c
 where c.oid = any (current_setting('agent_bom.relations')::oid[]) and c.relkind = 'S'
 order by c.relname
\gexec

select 'policy', c.relname, p.polname, p.polcmd, p.polpermissive, roles.names,
       replace(regexp_replace(concat_ws(' / ', pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)),
                              '\s+', ' ', 'g'), 'public.', '')
  from pg_policy p
  join pg_class c on c.oid = p.polrelid
 cross join lateral (select string_agg(case r when 0 then 'public' else r::regrole::text end, ',' order by r::regrole::text collate "C") as names
                       from unnest(p.polroles) r) roles
 where c.oid = any (current_setting('agent_bom.relations')::oid[]) and roles.names ~ format('^((public|%s)(,|$))+$', current_setting('agent_bom.contract_roles'))
 order by c.relname, p.polname;

select 'table', c.relname, c.relkind, 'agent_bom_owner', c.relrowsecurity, c.relforcerowsecurity
  from pg_class c
 where c.oid = any (current_setting('agent_bom.relations')::oid[])
 order by c.relname;

select 'grant', c.relname, grantee.name, string_agg(distinct a.privilege_type, ',' order by a.privilege_type)
  from pg_class c
 cross join lateral aclexplode(coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner))) a
 cross join lateral (select case a.grantee when 0 then 'public' when c.relowner then 'agent_bom_owner'
                                           else a.grantee::regrole::text end as name) grantee
 where c.oid = any (current_setting('agent_bom.relations')::oid[]) and a.grantor = c.relowner and grantee.name ~ format('^(public|%s)$', current_setting('agent_bom.contract_roles'))
 group by c.relname, grantee.name
 order by c.relname, 3;

select 'routine', replace(p.oid::regprocedure::text, 'public.', ''), 'agent_bom_owner', p.prosecdef,
       (select string_agg(format('%s=%s', name, privilege_type), ',' order by name collate "C", privilege_type)
          from (select distinct grantee.name, a.privilege_type
                  from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
                 cross join lateral (select case a.grantee when 0 then 'public' when p.proowner then 'agent_bom_owner'
                                                           else a.grantee::regrole::text end as name) grantee
                 where a.grantor = p.proowner and grantee.name ~ format('^(public|%s)$', current_setting('agent_bom.contract_roles'))) held)
  from pg_proc p
 where p.pronamespace = 'public'::regnamespace
   and (p.proowner = 'agent_bom_owner'::regrole
        or exists (select from pg_auth_members m where m.roleid = 'agent_bom_owner'::regrole and m.member = p.proowner))
   and not exists (select from pg_depend d
                    where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
   and p.oid not in (select oid from jsonb_to_recordset(current_setting('agent_bom.dependents', true)::jsonb) d (oid oid)
                      where oid is not null)
 order by 2;
