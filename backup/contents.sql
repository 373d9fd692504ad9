-- What a database holds, line by line: revision, rows by table and tenant, sequences, policies, privileges. Two databases
-- with the same lines hold the same. Asked by a login that sees every row.
\set ON_ERROR_STOP on
select 'revision', version_num from public.alembic_version;

select format(
         'select ''rows'', %L, %s, count(*) from %s group by 3 order by 3;',
         c.relname,
         coalesce((select format('%I::text', attname) from pg_attribute
                    where attrelid = c.oid and attname in ('tenant_id', 'team_id') and not attisdropped), ''''''),
         c.oid::regclass)
  from pg_class c
 where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
   and not exists (select from pg_depend d
                    where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
 order by c.relname
\gexec

select format('select ''sequence'', %L, last_value, is_called from %s;', c.relname, c.oid::regclass)
  from pg_class c
 where c.relnamespace = 'public'::regnamespace and c.relkind = 'S'
 order by c.relname
\gexec

select 'policy', c.relname, p.polname, p.polcmd, p.polpermissive,
       (select string_agg(case r when 0 then 'public' else r::regrole::text end, ',' order by r::regrole::text)
          from unnest(p.polroles) r),
       regexp_replace(concat_ws(' / ', pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)),
                      '\s+', ' ', 'g')
  from pg_policy p join pg_class c on c.oid = p.polrelid
 order by c.relname, p.polname;

select 'table', c.relname, c.relkind, c.relowner::regrole, c.relrowsecurity, c.relforcerowsecurity
  from pg_class c
 where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'S', 'v', 'm')
 order by c.relname;

select 'grant', c.relname, case a.grantee when 0 then 'public' else a.grantee::regrole::text end,
       string_agg(a.privilege_type, ',' order by a.privilege_type)
  from pg_class c, aclexplode(coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner))) a
 where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'S', 'v', 'm')
 group by c.relname, a.grantee
 order by c.relname, 3;

select 'routine', p.oid::regprocedure::text, p.proowner::regrole, p.prosecdef,
       (select string_agg(format('%s=%s', case a.grantee when 0 then 'public' else a.grantee::regrole::text end,
                                 a.privilege_type), ',' order by a.grantee::regrole::text, a.privilege_type)
          from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a)
  from pg_proc p
 where p.pronamespace = 'public'::regnamespace
   and not exists (select from pg_depend d
                    where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
 order by 2;
