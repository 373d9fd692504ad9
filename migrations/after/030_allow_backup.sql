-- A backup has to see the rows of every tenant. Membership in the marker role would show them and let them be written
-- too; a policy for SELECT alone does the first without the second.
call pg_temp.change_relations($changes$
  select c.oid as relation, s.statement
    from pg_class c
    left join pg_policy p on p.polrelid = c.oid and p.polname = 'agent_bom_backup_reads'
   cross join lateral (
           select format('drop policy agent_bom_backup_reads on %s', c.oid::regclass) as statement where p.oid is not null
            union all
           select format('create policy agent_bom_backup_reads on %s for select to agent_bom_backup using (true)',
                         c.oid::regclass)) s
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relrowsecurity
     and c.oid <> all (current_setting('agent_bom.foreign_relations')::oid[])
     and not coalesce(p.polcmd = 'r' and p.polpermissive and p.polroles = array['agent_bom_backup'::regrole::oid]
                      -- Asked without the table, which would be locked.
                      and case when p.polqual::text like '{CONST %' then pg_get_expr(p.polqual, 0) = 'true' end, false)
   order by c.oid, s.statement desc
$changes$);
