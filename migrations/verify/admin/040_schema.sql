-- How far the packaged migrations have come, and whether the server holds what the environment budgets for.
select 'schema.revision' as check,
       case when wanted is null then 'skip' when found = wanted then 'pass' else 'fail' end as status,
       case when wanted is null then format('the database is at %s; which one is wanted depends on the chart version', found)
            when found = wanted then found
            else format('the database is at %s, the packaged migrations end at %s', coalesce(found, 'no revision'), wanted)
       end as detail
  from (select nullif(current_setting('agent_bom.alembic_head', true), '') as wanted,
               (select string_agg(version, ', ' order by version)
                  from (select (xpath('/row/version_num/text()', row))[1]::text as version
                          from unnest(xpath('//row', case when to_regclass('public.alembic_version') is null then null
                                 else query_to_xml('select version_num from public.alembic_version', false, false, '')
                               end)) row) revisions) as found) revision;

-- Months without a gap, from the oldest that the product keeps on: a row of a month that has no partition is refused. It
-- keeps 365 days, and alerts when fewer than three months are left.
with
parent (oid, name) as (
  select to_regclass('public.hub_findings_current_observations')::oid, 'hub_findings_current_observations'
  union
  select c.oid, c.relname::text
    from pg_class c
    join pg_partitioned_table t on t.partrelid = c.oid and t.partnatts = 1
    join pg_attribute a on a.attrelid = c.oid and a.attnum = t.partattrs[0]
     and a.atttypid in ('timestamptz'::regtype, 'timestamp'::regtype, 'date'::regtype)
    join pg_inherits i on i.inhparent = c.oid
    join pg_class m on m.oid = i.inhrelid and m.relname ~ '_y\d{4}m\d{2}$'
   where c.relnamespace = 'public'::regnamespace
     and c.oid <> all (current_setting('agent_bom.foreign_relations')::oid[])
),
month (number, start, next) as (
  select n, (m.first + n * interval '1 month') at time zone 'UTC', (m.first + (n + 1) * interval '1 month') at time zone 'UTC'
    from (select date_trunc('month', now() at time zone 'UTC') as first,
                 date_trunc('month', now() at time zone 'UTC' - interval '365 days') as oldest) m
   cross join generate_series(-12, 24) n
   where m.first + n * interval '1 month' >= m.oldest
),
part (parent, name, first, next) as (
  -- Of a list, of a hash or for the rest: a partition without bounds leaves no month open.
  select i.inhparent, c.oid::regclass::text, coalesce(substring(bound.text, 'FROM \(''([^'']+)'), '-infinity')::timestamptz,
         coalesce(substring(bound.text, 'TO \(''([^'']+)'), 'infinity')::timestamptz
    from pg_inherits i
    join pg_class c on c.oid = i.inhrelid
   cross join lateral (select pg_get_expr(c.relpartbound, c.oid) as text) bound
   where i.inhparent in (select oid from parent)
),
covered (name, oid, number, start, is_whole, parts, detach) as (
  select p.name, p.oid, m.number, m.start,
         coalesce(sum(least(o.next, m.next) - greatest(o.first, m.start)) filter (where o.name is not null), '0') >= m.next - m.start,
         string_agg(o.name, ' and ' order by o.name), string_agg(format('ALTER TABLE public.%I DETACH PARTITION ', p.name) || o.name || ';', ' ' order by o.name)
    from parent p
   cross join month m
    left join part o on o.parent = p.oid and o.first < m.next and o.next > m.start
   group by p.name, p.oid, m.number, m.start, m.next
),
gap (name, number, month, is_made, obstacle) as (
  select name, number, month,
         exists (select from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = g.oid and c.relname ~ '_y\d{4}m\d{2}$'),
         -- What the step after leaves alone is somebody's.
         coalesce('only a part of it is in ' || parts || ', which the step after leaves alone: attach partitions for the rest, or run it after ' || detach,
                  'the step after finds its name taken by ' || to_regclass(named) || ': attach that, or rename it and run the step')
    from (select c.*, to_char(c.start at time zone 'UTC', 'YYYY-MM') as month,
                 format('public.%I', c.name || to_char(c.start at time zone 'UTC', '"_y"YYYY"m"MM')) as named
            from covered c where not c.is_whole) g
),
runway (name, months, past, is_made, obstacles) as (
  select p.name, (select min(number) from gap g where g.name = p.name and g.number >= 0) - 1, g.past, g.is_made, g.obstacles
    from parent p
    left join (select name, bool_or(is_made) as is_made,
                      string_agg(month, ', ' order by number) filter (where number < 0 and obstacle is null) as past,
                      string_agg(format('%s has no partition for the whole of %s: %s', name, month, obstacle), '; ' order by number)
                        filter (where number <= 3 and obstacle is not null) as obstacles
                 from gap group by name) g on g.name = p.name
)
select 'schema.partition-runway' as check,
       case when bool_or(months < 3 or past is not null or obstacles is not null) then 'fail' else 'pass' end as status,
       string_agg(concat_ws('; ',
         case when months is null then format('%s has %s months and more', name, (select max(number) from month))
              when months < 0 then format('%s has no partition for this month', name)
              else format('%s has %s months ahead, up to %s', name, months,
                          (select (start at time zone 'UTC')::date from month where number = months + 1)) end,
         case when past is not null then
           format('%s has no partition for %s, which the product keeps%s', name, past, case when is_made then '; the step after makes it' end) end,
         obstacles), '; ' order by name) as detail
  from runway;

select 'limits.capacity' as check,
       case when budget is null then 'skip' when budget <= room then 'pass' else 'fail' end as status,
       case when budget is null then 'needs the connection budget of the environment'
            else format('the budget is %s of %s connections', budget, room) end as detail
  from (select case when bool_and(wanted is not null) then sum(wanted) end as budget,
               current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
               - coalesce(nullif(current_setting('reserved_connections', true), ''), '0')::int as room
          from (select distinct identity,
                       nullif(current_setting(format('agent_bom.%s_connection_limit', identity), true), '')::int as wanted
                  from jsonb_to_recordset(current_setting('agent_bom.logins')::jsonb) l (identity text)) limits) capacity;

select 'limits.connections' as check,
       case when unknown then 'skip' when failure is null then 'pass' else 'fail' end as status,
       case when unknown then 'needs the connection budget of the environment' else coalesce(failure, found) end as detail
  from (select bool_or(l.wanted is null) as unknown,
               string_agg(format('%s may hold %s connections, the budget says %s', l.login,
                                 case r.rolconnlimit when -1 then 'any number of' else r.rolconnlimit::text end, l.wanted),
                          '; ' order by l.login) filter (where r.rolconnlimit <> l.wanted) as failure,
               string_agg(format('%s %s', l.login, r.rolconnlimit), ', ' order by l.login) as found
          from (select login, nullif(current_setting(format('agent_bom.%s_connection_limit', identity), true), '')::int as wanted
                  from jsonb_to_recordset(current_setting('agent_bom.logins')::jsonb) l (login text, identity text)) l
          left join pg_roles r on r.rolname = l.login) limits;
