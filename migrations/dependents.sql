-- What of the contract requires what is not of it, such as an index by an operator class of another extension, or a trigger
-- that calls a routine of another schema. A restored database has nothing of what they require. What a dump can leave out
-- has its entry in the archive; what it cannot, such as a column, has the statement that ends it. So have partitions that
-- are not of the contract: their rows would be in no dump.
do $$
begin
  perform set_config('agent_bom.dependents', coalesce(jsonb_agg(to_jsonb(f)), '[]')::text, false)
    from (
      with recursive owned (classid, objid) as (
        select s.classid, s.objid
          from pg_shdepend s
          join pg_database d on d.oid = s.dbid and d.datname = current_database()
         where s.deptype = 'o' and s.refclassid = 'pg_authid'::regclass
           and s.refobjid in (select to_regrole('agent_bom_owner')
                              union select member from pg_auth_members where roleid = to_regrole('agent_bom_owner'))
           -- No dump has the members of an extension, whoever owns them.
           and not exists (select from pg_depend m where m.classid = s.classid and m.objid = s.objid and m.deptype = 'e')
      ),
      ours (oid, name, relkind) as (
        select c.oid, c.relname, c.relkind
          from pg_class c
          join owned o on o.classid = 'pg_class'::regclass and o.objid = c.oid
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v')
      ),
      root (classid, objid, name) as (
        select 'pg_namespace'::regclass::oid, oid, 'schema ' || nspname
          from pg_namespace where nspname not in ('public', 'information_schema')
        union all
        select 'pg_extension'::regclass, oid, 'extension ' || extname
          from pg_extension where extname <> 'plpgsql' and extname <> all (current_setting('agent_bom.extensions')::text[])
        union all
        select d.classid, d.objid, concat_ws(' ', i.type, i.identity)
          from pg_depend d
         cross join lateral pg_identify_object(d.classid, d.objid, 0) i
         where d.refclassid = 'pg_namespace'::regclass and d.refobjid = 'public'::regnamespace
           and d.classid <> 'pg_extension'::regclass
           and ((d.classid, d.objid) not in (select classid, objid from owned)
                or d.classid = 'pg_class'::regclass and d.objid in (select oid from pg_class where relkind in ('m', 'f')))
           and not exists (select from pg_depend m where m.classid = d.classid and m.objid = d.objid and m.deptype in ('e', 'i'))
      ),
      dependent (classid, objid, objsubid, requires) as (
        select classid, objid, 0, name from root
        union
        select n.classid, n.objid, n.objsubid, t.requires
          from dependent t
         cross join lateral (
                 select d.classid, d.objid, d.objsubid
                   from pg_depend d
                  where d.refclassid = t.classid and d.refobjid = t.objid
                 union all
                 -- The rule of a view, the index of a constraint and the columns of a type are parts of it.
                 select d.refclassid, d.refobjid, d.refobjsubid
                   from pg_depend d
                  where d.classid = t.classid and d.objid = t.objid and d.deptype = 'i') n
         -- A table of the contract has to be freed before what depends on it is looked at.
         where not (t.classid = 'pg_class'::regclass and t.objid in (select oid from ours where relkind <> 'v'))
      ),
      named (type, name, part, classid, objid, objsubid, relation, requires) as (
        select case t.typtype when 'd' then 'domain' else i.type end, coalesce(t.typname, a.object_names[2]), a.object_names[3], d.classid, d.objid, d.objsubid, c.oid,
               string_agg(d.requires, ' and ' order by d.requires)
          from dependent d
         cross join lateral pg_identify_object(d.classid, d.objid, d.objsubid) i
         cross join lateral pg_identify_object_as_address(d.classid, d.objid, d.objsubid) a
          -- The address of a type has its name and its schema in one; a range brings a second type.
          left join pg_type t on d.classid = 'pg_type'::regclass and t.oid = d.objid
                             and t.typnamespace = 'public'::regnamespace and t.typtype <> 'm'
          left join ours c on c.oid = case when i.type = 'index' then (select indrelid from pg_index where indexrelid = d.objid)
                                           -- A publication of a schema has the name of the schema alone.
                                           when a.object_names[1] = 'public' and a.object_names[2] is not null
                                           then to_regclass(format('public.%I', a.object_names[2])) end
         where (a.object_names[1] = 'public' or t.oid is not null)
           and (c.oid is not null or (d.classid, d.objid) in (select classid, objid from owned))
           and not (d.classid = 'pg_trigger'::regclass and d.objid in (select oid from pg_trigger where tgisinternal))
           and not (i.type = 'index' and d.objid in (select conindid from pg_constraint where contype in ('p', 'u', 'x')))
           and not (i.type = 'rule' and a.object_names[3] = '_RETURN')
         group by 1, 2, 3, 4, 5, 6, 7
      )
      -- Separate entries of an archive, and by which name their comments are known.
      select objid as oid, format('%s %s (requires %s)', replace(type, 'table ', ''), coalesce(part || ' on ' || name, signature), requires) as object,
             case type when 'table constraint' then 'CONSTRAINT' when 'statistics object' then 'STATISTICS' else upper(type) end as kind,
             coalesce(name || ' ' || part, signature) as entry, coalesce(part || ' ON ' || name, signature) as comment, null as fix,
             -- Of a partitioned table, every partition has a copy.
             coalesce((select relispartition from pg_class where classid = 'pg_class'::regclass and oid = objid),
                      (select tgparentid <> 0 from pg_trigger where classid = 'pg_trigger'::regclass and oid = objid),
                      (select conparentid <> 0 from pg_constraint where classid = 'pg_constraint'::regclass and oid = objid), false) as is_copy
        from named
       cross join lateral (
               select coalesce((select format('%s(%s)', p.proname, array_to_string(array(select format_type(t, null) from unnest(p.proargtypes) t), ', '))
                                  from pg_proc p where classid = 'pg_proc'::regclass and p.oid = objid), name) as signature) s
       where type in ('index', 'trigger', 'rule', 'view', 'function', 'procedure', 'aggregate', 'statistics object', 'type', 'domain',
                      'operator', 'text search configuration', 'text search dictionary')
          or type = 'table constraint' and objid in (select oid from pg_constraint where contype <> 'c')
      union all
      select null, format('%s requires %s, which a restored database does not have',
                    case type when 'table' then format('table %s', name)
                              when 'policy' then format('policy %s on %s', part, name)
                              when 'default value' then format('default of column %s of %s', part, name)
                              else format('%s %s of %s', replace(type, 'table ', ''), part, name) end, requires),
             null, null, null,
             case type when 'table constraint' then format('ALTER TABLE public.%I DROP CONSTRAINT %I;', name, part)
                       when 'default value' then format('ALTER TABLE public.%I ALTER %I DROP DEFAULT;', name, part)
                       when 'policy' then format('DROP POLICY %I ON public.%I;', part, name)
                       when 'table' then freed
                       when 'table column' then case generated when 's' then format('ALTER TABLE public.%I ALTER %I DROP EXPRESSION;', name, part)
                                                                -- What is computed when it is read may call no routine of others.
                                                                else format('ALTER TABLE public.%I ALTER %I TYPE %s;', name, part, base) end end, false
        from named
        left join lateral (select string_agg(statement, ' ') as freed
                             from (select case when c.relispartition then format('ALTER TABLE %s DETACH PARTITION public.%I;', i.inhparent::regclass, name)
                                               else format('ALTER TABLE public.%I NO INHERIT %s;', name, i.inhparent::regclass) end
                                     from pg_inherits i join pg_class c on c.oid = i.inhrelid
                                    where i.inhrelid = relation and i.inhparent not in (select oid from ours)
                                   union all
                                   select format('ALTER TABLE public.%I NOT OF;', name) from pg_class where oid = relation and reloftype <> 0
                                   union all
                                   select format('ALTER TABLE public.%I SET ACCESS METHOD heap;', name)
                                     from pg_class join pg_am on pg_am.oid = relam where pg_class.oid = relation and amname <> 'heap') f (statement)) t on true
        left join lateral (select a.attgenerated as generated, a.attinhcount as parents,
                                  coalesce(format_type(nullif(t.typbasetype, 0), t.typtypmod),
                                           case when t.typnamespace = 'pg_catalog'::regnamespace then format_type(t.oid, a.atttypmod) end, 'text') as base
                             from pg_attribute a join pg_type t on t.oid = a.atttypid
                            where a.attrelid = relation and a.attnum = objsubid) a on true
          -- What a table has of its parent ends with that of the parent.
       where type in ('policy', 'table') or type = 'table column' and parents = 0
          -- Of a generated column it is the column.
          or type = 'default value' and not exists (select from pg_attrdef d
                                                      join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum and a.attgenerated <> ''
                                                     where d.oid = objid)
          or type = 'table constraint' and objid in (select oid from pg_constraint where contype = 'c' and coninhcount = 0)
      union all
      select null, format('the rows of the partition %s of %s are in no dump', leaf.oid::regclass, p.name), null, null, null,
             case when leaf.relkind = 'f' then format('ALTER TABLE %s DETACH PARTITION %s;', t.parentrelid, leaf.oid::regclass)
                  else concat_ws(' ', case when leaf.relnamespace <> 'public'::regnamespace
                                           then format('ALTER TABLE %s SET SCHEMA public;', leaf.oid::regclass) end,
                                 case when leaf.oid not in (select objid from owned where classid = 'pg_class'::regclass)
                                      then format('ALTER TABLE public.%I OWNER TO agent_bom_owner;', leaf.relname) end) end, false
        from ours p
        join pg_class top on top.oid = p.oid and not top.relispartition
       cross join lateral pg_partition_tree(p.oid) t
        join pg_class leaf on leaf.oid = t.relid
       where leaf.oid not in (select oid from ours)
    ) f;
end
$$;
