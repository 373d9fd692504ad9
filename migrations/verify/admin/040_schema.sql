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

-- Months without a gap, from this one on: a row of a month that has no partition is refused.
select 'schema.partition-runway' as check,
       case when first_gap is null or first_gap >= 4 then 'pass' else 'fail' end as status,
       case when first_gap is null then format('%s months and more', (select max(n) from generate_series(0, 24) n))
            when first_gap = 0 then 'hub_findings_current_observations has no partition for this month'
            else format('%s months ahead, up to %s', first_gap - 1,
                        (date_trunc('month', now()) + first_gap * interval '1 month')::date) end as detail
  from (select min(n) as first_gap
          from generate_series(0, 24) n
         where not exists (
           select
             from pg_inherits i
             join pg_class c on c.oid = i.inhrelid
            cross join lateral (
              select regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \(''([^'']+)''\) TO \(''([^'']+)''\)') as value) bound
            where i.inhparent = to_regclass('public.hub_findings_current_observations')
              and date_trunc('month', now()) + n * interval '1 month'
                  between bound.value[1]::timestamptz and bound.value[2]::timestamptz - interval '1 second')) runway;

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
