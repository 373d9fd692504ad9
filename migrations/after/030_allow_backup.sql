-- A backup has to see the rows of every tenant. Membership in the marker role would show them and let them be written
-- too; a policy for SELECT alone does the first without the second.
begin;
set local lock_timeout = '300s';
select pg_advisory_xact_lock(hashtext('agent-bom-postgres'), hashtext('contract'));

do $$
declare
  item record;
begin
  for item in
    select c.oid::regclass as name, p.oid is not null as differs
      from pg_class c
      left join pg_policy p on p.polrelid = c.oid and p.polname = 'agent_bom_backup_reads'
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relrowsecurity
       and not coalesce(p.polcmd = 'r' and p.polpermissive and p.polroles = array['agent_bom_backup'::regrole::oid]
                        and pg_get_expr(p.polqual, p.polrelid) = 'true', false)
     order by c.oid
  loop
    if item.differs then
      execute format('drop policy agent_bom_backup_reads on %s', item.name);
    end if;
    execute format('create policy agent_bom_backup_reads on %s for select to agent_bom_backup using (true)', item.name);
  end loop;
end
$$;

commit;
