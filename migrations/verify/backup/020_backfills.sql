-- Rows that a packaged migration should have filled and did not see. Asked by the login that sees every row.
with
left_over (relation, name, number) as (
  select b.relation, b.name,
         (xpath('/row/number/text()',
                query_to_xml(format('select count(*) as number from public.%I where %I = %L and %s <> %3$L',
                                    b.relation, b.name, '', b.source), false, true, '')))[1]::text::bigint
    from jsonb_to_recordset(current_setting('agent_bom.backfills')::jsonb) b (relation text, name text, source text)
    join pg_attribute a on a.attrelid = to_regclass('public.' || b.relation) and a.attname = b.name
   where has_table_privilege(a.attrelid, 'SELECT')
)
select 'schema.backfills' as check,
       case when coalesce(sum(number), 0) = 0 then 'pass' else 'fail' end as status,
       coalesce(string_agg(format('%s: %s is empty in %s rows', relation, name, number), '; ' order by relation)
                  filter (where number > 0), 'no row is left out') as detail
  from left_over;
