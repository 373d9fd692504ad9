-- How far the packaged migrations have come, and whether the server holds what the environment budgets for.
select 'schema.revision' as check,
       case when wanted is null then 'skip' when found = wanted then 'pass' else 'fail' end as status,
       case when wanted is null then format('the database is at %s; which one is wanted depends on the chart version', found)
            when found = wanted then found
            else format('the database is at %s, this chart version ends at %s', coalesce(found, 'no revision'), wanted)
       end as detail
  from (select nullif(current_setting('agent_bom.alembic_head', true), '') as wanted,
               (select string_agg(version, ', ' order by version)
                  from (select (xpath('/row/version_num/text()', row))[1]::text as version
                          from unnest(xpath('//row', case when to_regclass('public.alembic_version') is null then null
                                 else query_to_xml('select version_num from public.alembic_version', false, false, '')
                               end)) row) revisions) as found) revision;

select 'schema.partition-runway' as check,
       case when upper_bound is null then 'fail' when months < 3 then 'fail' else 'pass' end as status,
       case when upper_bound is null then 'hub_findings_current_observations has no monthly partitions'
            else format('%s months, up to %s', months, upper_bound) end as detail
  from (select upper_bound,
               (extract(year from age(upper_bound, current_date)) * 12
                + extract(month from age(upper_bound, current_date)))::int as months
          from (select max((regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''(\d{4}-\d{2}-\d{2})'))[1]::date)
                         as upper_bound
                  from pg_inherits i
                  join pg_class c on c.oid = i.inhrelid
                 where i.inhparent = to_regclass('public.hub_findings_current_observations')) bounds) runway;

select 'limits.capacity' as check,
       case when budget is null then 'skip' when budget <= room then 'pass' else 'fail' end as status,
       case when budget is null then 'needs the connection budget of the environment'
            else format('the budget is %s of %s connections', budget, room) end as detail
  from (select nullif(current_setting('agent_bom.app_connection_limit', true), '')::int
               + nullif(current_setting('agent_bom.maintenance_connection_limit', true), '')::int
               + nullif(current_setting('agent_bom.backup_connection_limit', true), '')::int as budget,
               current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
               - coalesce(nullif(current_setting('reserved_connections', true), ''), '0')::int as room) capacity;
