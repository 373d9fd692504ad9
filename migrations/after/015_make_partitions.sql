-- Partitions for the months that the product keeps, and for a year ahead: only the owner may create them, and a row of a
-- month that has none is refused. Names, bounds and policies are the product's own, which finds them there; it keeps
-- sightings for 365 days and creates twelve months ahead. Created separately from the parent and attached, because a partition that is
-- created in place locks readers and writers out of its parent.
call pg_temp.change_relations($changes$
  with parent as (
    select c.oid, c.relname, c.relacl
      from pg_partitioned_table t
      join pg_class c on c.oid = t.partrelid
      join pg_attribute a on a.attrelid = c.oid and a.attnum = t.partattrs[0]
     where c.relnamespace = 'public'::regnamespace and c.oid <> all (current_setting('agent_bom.foreign_relations')::oid[])
       and t.partnatts = 1
       and a.atttypid in ('timestamptz'::regtype, 'timestamp'::regtype, 'date'::regtype)
       and exists (select from pg_inherits i join pg_class m on m.oid = i.inhrelid
                    where i.inhparent = c.oid and m.relname ~ '_y\d{4}m\d{2}$')
  ), partition as (
    -- Of a list, of a hash or for the rest: a partition without bounds leaves no month open.
    select i.inhparent, coalesce(substring(b.bound, 'FROM \(''([^'']+)'), '-infinity')::timestamptz as first,
           coalesce(substring(b.bound, 'TO \(''([^'']+)'), 'infinity')::timestamptz as next
      from pg_inherits i
      join pg_class m on m.oid = i.inhrelid
     -- Asked without the table, which would be locked.
     cross join lateral (select pg_get_expr(m.relpartbound, 0) as bound) b
  ), month as (
    select m.first at time zone 'UTC' as first, (m.first + interval '1 month') at time zone 'UTC' as next,
           to_char(m.first, '"_y"YYYY"m"MM') as suffix
      from generate_series(date_trunc('month', now() at time zone 'UTC' - interval '365 days'),
                           date_trunc('month', now() at time zone 'UTC') + interval '12 months', interval '1 month') m (first)
  ), missing as (
    select p.oid, p.relname, p.relacl, m.first, m.next, p.relname || m.suffix as name
      from parent p
     cross join month m
     where to_regclass('public.' || quote_ident(p.relname || m.suffix)) is null
       and not exists (select from partition o where o.inhparent = p.oid and o.first < m.next and o.next > m.first)
  )
  select m.oid as relation, s.statement
    from missing m
   cross join lateral (
           select 1 as number, 'set local role agent_bom_owner' as statement
            union all
           select 2, format('create table public.%I (like %s including all excluding identity)', m.name, m.oid::regclass)
            union all
           select 3, format('alter table public.%I enable row level security, force row level security', m.name)
             from pg_class c where c.oid = m.oid and c.relrowsecurity
            union all
           select 4, format('create policy %I on public.%I as %s for %s to %s%s%s',
                            regexp_replace(p.polname, '^' || m.relname, m.name), m.name,
                            case when p.polpermissive then 'permissive' else 'restrictive' end,
                            case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update'
                                          when 'd' then 'delete' else 'all' end,
                            (select string_agg(case r when 0 then 'public' else r::regrole::text end, ', ') from unnest(p.polroles) r),
                            ' using (' || pg_get_expr(p.polqual, p.polrelid) || ')',
                            ' with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')')
             from pg_policy p where p.polrelid = m.oid
            union all
           select 5, format('grant %s on public.%I to %I', a.privilege_type, m.name, r.rolname)
             from aclexplode(m.relacl) a
             join pg_roles r on r.oid = a.grantee
            where r.rolname like 'agent\_bom\_%' and r.rolname <> 'agent_bom_owner'
            union all
           select 6, format('alter table %s attach partition public.%I for values from (%L) to (%L)', m.oid::regclass, m.name,
                            to_char(m.first at time zone 'UTC', 'YYYY-MM-DD 00:00:00+00'),
                            to_char(m.next at time zone 'UTC', 'YYYY-MM-DD 00:00:00+00'))
            union all
           select 7, 'reset role') s
   order by m.oid, m.first, s.number
$changes$);
