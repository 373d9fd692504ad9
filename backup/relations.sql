-- Sets the variable `relations` to the relations of the contract, as `(1,2,3)`. What an administrator owns is among them:
-- the next migration gives it to the owner role.
select format('(%s)', coalesce(string_agg(c.oid::text, ','), '0')) as relations
  from pg_class c
 where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'S', 'v')
   and (c.relowner = 'agent_bom_owner'::regrole
        or exists (select from pg_auth_members m where m.roleid = 'agent_bom_owner'::regrole and m.member = c.relowner))
   and not exists (select from pg_depend d
                    where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
\gset
