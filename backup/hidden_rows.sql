-- Refuses to count and dump where row-level security hides rows from this login: PostgreSQL leaves them out without an
-- error, and dump and manifest would agree on what is missing. Refuses what no dump of this kind can restore as well.
do $$
declare
  hidden text;
  statements text;
begin
  select string_agg(c.relname, ', ' order by c.relname)
    into hidden
    from pg_class c
   where c.oid = any (current_setting('agent_bom.relations')::oid[]) and c.relkind = 'r' and c.relrowsecurity
     and (not exists (select from pg_policy p
                       where p.polrelid = c.oid and p.polcmd in ('r', '*')
                         and pg_get_expr(p.polqual, p.polrelid) = 'true'
                         and exists (select from unnest(p.polroles) r where r = 0 or pg_has_role(r, 'USAGE')))
          or exists (select from pg_policy p
                      where p.polrelid = c.oid and not p.polpermissive and p.polcmd in ('r', '*')
                        and exists (select from unnest(p.polroles) r where r = 0 or pg_has_role(r, 'USAGE'))));
  if hidden is not null then
    raise exception 'policies hide rows of % from %', hidden, session_user
      using hint = 'Run the migration Job: it gives the backup login a policy that shows every row. Drop restrictive policies.';
  end if;

  select string_agg(object, '; ' order by object), string_agg(fix, ' ' order by object)
    into hidden, statements
    from jsonb_to_recordset(current_setting('agent_bom.dependents')::jsonb) d (object text, fix text)
   where fix is not null;
  if hidden is not null then
    raise exception 'a dump could not be restored: %', hidden
      using hint = format('Look at each, and run in the database %I: %s', current_database(), statements);
  end if;
end
$$;
