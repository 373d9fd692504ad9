-- Relations that an earlier run of the packaged migrations left with the administrator. The table of revisions goes last:
-- as long as it is the administrator's, so may be the others, wherever a run was cut off.
call pg_temp.change_relations($changes$
  select c.oid as relation,
         format('alter %s %s owner to agent_bom_owner',
                case c.relkind when 'v' then 'view' when 'S' then 'sequence' else 'table' end, c.oid::regclass) as statement
    from pg_class c
   where c.relnamespace = 'public'::regnamespace and c.relowner = session_user::regrole and c.relkind in ('r', 'p', 'v', 'S')
     and c.oid <> all (current_setting('agent_bom.foreign_relations')::oid[])
     -- The sequence of a column follows its table.
     and not exists (select from pg_depend d
                      where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i') and c.relkind = 'S')
   order by c.relname = 'alembic_version', c.oid
$changes$);
