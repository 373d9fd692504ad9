-- Sets agent_bom.relations to the oids of the contract's relations. What an administrator owns is among them: the next
-- migration gives it to the owner role. Views that require what a restored database does not have are not.
do $$
begin
  perform set_config('agent_bom.relations', coalesce(array_agg(c.oid), '{}')::text, false)
    from pg_class c
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'S', 'v')
     and (c.relowner = 'agent_bom_owner'::regrole
          or exists (select from pg_auth_members m where m.roleid = 'agent_bom_owner'::regrole and m.member = c.relowner))
     and not exists (select from pg_depend d
                      where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
     and c.oid not in (select oid from jsonb_to_recordset(current_setting('agent_bom.dependents', true)::jsonb) d (oid oid)
                        where oid is not null);
end
$$;
