-- Refuses to count and dump where row-level security hides rows from this login. PostgreSQL leaves them out without an
-- error: dump and manifest would agree on what is missing.
do $$
declare
  hidden text;
begin
  select string_agg(c.relname, ', ' order by c.relname)
    into hidden
    from pg_class c
   where c.oid = any (current_setting('agent_bom.relations')::oid[]) and c.relkind = 'r' and c.relrowsecurity
     and (not exists (select from pg_policy p
                       where p.polrelid = c.oid and p.polpermissive and p.polcmd in ('r', '*')
                         and pg_get_expr(p.polqual, p.polrelid) = 'true'
                         and exists (select from unnest(p.polroles) r where r = 0 or pg_has_role(r, 'USAGE')))
          or exists (select from pg_policy p
                      where p.polrelid = c.oid and not p.polpermissive and p.polcmd in ('r', '*')
                        and exists (select from unnest(p.polroles) r where r = 0 or pg_has_role(r, 'USAGE'))));
  if hidden is not null then
    raise exception 'policies hide rows of % from %', hidden, session_user
      using hint = 'Run the migration Job: it gives the backup login a policy that shows every row. Drop restrictive policies.';
  end if;
end
$$;
