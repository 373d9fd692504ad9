-- What several files have to know, once. Settings of the session rather than a temporary table: the backup login may
-- create none, and its sessions only read. Names without a schema are PostgreSQL's own from here on: whoever may create in
-- another schema of the path could answer to them.
set search_path = pg_catalog, pg_temp;

do $$
begin
  -- Two logins of an identity take turns, so that running pods keep a valid password while a new one is set up.
  perform set_config('agent_bom.logins', jsonb_agg(to_jsonb(l))::text, false)
    from (values ('app', 'AGENT_BOM_POSTGRES_URL', 'agent_bom_app', null),
                 ('app', 'AGENT_BOM_POSTGRES_URL', 'agent_bom_app_b', 'agent_bom_app'),
                 ('maintenance', 'AGENT_BOM_POSTGRES_MAINTENANCE_URL', 'agent_bom_maintenance', 'agent_bom_rls_maintenance'),
                 ('maintenance', 'AGENT_BOM_POSTGRES_MAINTENANCE_URL', 'agent_bom_maintenance_b', 'agent_bom_maintenance'),
                 ('backup', 'AGENT_BOM_POSTGRES_BACKUP_URL', 'agent_bom_backup', null))
         l (identity, variable, login, member_of);

  perform set_config('agent_bom.login_settings', jsonb_agg(to_jsonb(s))::text, false)
    from (values
           -- The API sets 15 s for itself; this bounds everything else that connects as its login.
           ('app', 'statement_timeout', '30s'),
           ('app', 'lock_timeout', '5s'),
           -- The scheduler's leader holds its lock in an open transaction; ending that makes a second leader.
           ('app', 'idle_in_transaction_session_timeout', '0'),
           ('app', 'transaction_timeout', '0'),
           ('maintenance', 'statement_timeout', '30s'),
           ('maintenance', 'lock_timeout', '5s'),
           -- It holds no lock on purpose; ten minutes idle in a transaction is a fault that blocks vacuum.
           ('maintenance', 'idle_in_transaction_session_timeout', '10min'),
           -- A dump reads the largest table in one statement, and waits for a migration rather than fail.
           ('backup', 'statement_timeout', '0'),
           ('backup', 'lock_timeout', '60s'),
           ('backup', 'idle_in_transaction_session_timeout', '0'),
           ('backup', 'transaction_timeout', '0'),
           -- A second barrier: the first is that it has no privilege to write.
           ('backup', 'default_transaction_read_only', 'on'))
         s (identity, name, value)
   where name <> 'transaction_timeout' or current_setting('server_version_num')::int >= 170000;

  -- Columns that a packaged migration filled from another one. Where it ran without the bypass of the tenant policies it
  -- saw no row, and the column is empty: 20260810_01, 20260818_01, 20260908_01 and 20261013_02. The last one computes in
  -- Python: 40 digits of the SHA-256 of the nodes and edges as compact JSON in ASCII. A chain that another row of the scan
  -- has is numbered, as the product does.
  perform set_config('agent_bom.backfills', jsonb_agg(to_jsonb(b))::text, false)
    from (values ('compliance_hub_findings', 'scan_id',
                  $f$coalesce(nullif(payload ->> 'batch_id', ''), payload ->> 'scan_id')$f$),
                 ('agent_identities', 'agent_id', $f$btrim(data::jsonb ->> 'agent_id')$f$),
                 ('governance_audit_log', 'prev_hash', $f$data::jsonb ->> 'prev_hash'$f$),
                 ('attack_paths', 'path_key', $f$(
                    select chain.key || coalesce(':' || nullif((select count(*) from public.attack_paths o
                                                                 where o.tenant_id = attack_paths.tenant_id and o.scan_id = attack_paths.scan_id
                                                                   and (o.path_key = chain.key or o.path_key like chain.key || ':%')), 0), '')
                      from (select left(encode(sha256(convert_to(string_agg(
                                     case when code between 32 and 126 then character
                                          when code < 65536 then '\u' || lpad(to_hex(code), 4, '0')
                                          else '\u' || to_hex(55296 + ((code - 65536) >> 10)) || '\u' || to_hex(56320 + ((code - 65536) & 1023))
                                     end, '' order by place), 'UTF8')), 'hex'), 40) as key
                              from (select string_agg('[' || items || ']', ',' order by number) as text
                                      from (values (1, path_nodes::text), (2, path_edges::text)) list (number, json)
                                     cross join lateral (select coalesce(nullif(json, ''), '[]')::jsonb as value) parsed
                                     cross join lateral (
                                             select coalesce(string_agg(item::text, ',' order by place), '') as items
                                               from jsonb_array_elements(case jsonb_typeof(value) when 'array' then value else '[]' end)
                                                    with ordinality i (item, place)) joined) lists
                             cross join lateral regexp_split_to_table('[' || text || ']', '') with ordinality s (character, place)
                             cross join lateral (select ascii(character) as code) coded) chain)$f$))
         b (relation, name, source);

  -- Tables on which the packaged migrations leave the application less than all four privileges on rows. Earlier versions
  -- of the contract gave it the others: those that a migration revoked after it, those that none granted before it.
  perform set_config('agent_bom.narrowed_tables', jsonb_agg(to_jsonb(n))::text, false)
    from (values ('agent_bom_snapshots', '{SELECT,INSERT}'), ('endpoint_sync_events', '{SELECT,INSERT}'),
                 ('agent_lifecycle_records', '{SELECT,INSERT,UPDATE}'), ('endpoint_connections', '{SELECT,INSERT,UPDATE}'),
                 ('endpoint_syncs', '{SELECT,INSERT,UPDATE}'), ('endpoint_devices', '{SELECT,INSERT,UPDATE}'),
                 ('endpoint_agent_bindings', '{SELECT,INSERT,UPDATE}'), ('mcp_scan_results', '{SELECT,INSERT,DELETE}'),
                 ('side_scan_execution_state', '{SELECT,INSERT,UPDATE}'))
         n (relation, privileges);

  -- Migrations after which API pods of earlier versions fail, and before which those of later versions do.
  perform set_config('agent_bom.writer_stops', '{20260928_01,20261013_02}', false);

  perform set_config('agent_bom.extensions', '{pgcrypto,pg_trgm}', false);

  -- Shared by all tenants on purpose: caches, counters, nonces and the schema's own bookkeeping.
  perform set_config('agent_bom.open_tables',
    '{agent_bom_hub_backfills,agent_bom_tenant_binding_keys,alembic_version,api_rate_limit_hits,api_rate_limits,'
    'auth_session_attempts,control_plane_schema_versions,osv_cache,revoked_session_nonces}', false);

  -- What is in the schema and not of the contract, by oid: nothing here changes it. Of the contract is what belongs to the
  -- owner role, or to whoever ran the packaged migrations before there was one, and what the product is known to have made.
  perform set_config('agent_bom.foreign_relations', array(
    select c.oid
      from pg_class c
     where c.relnamespace = to_regnamespace('public')
       and (exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
            or (c.relowner is distinct from to_regrole('agent_bom_owner')
                and (c.relkind in ('m', 'f')
                     or c.relowner is distinct from (select relowner from pg_class where oid = to_regclass('public.alembic_version')))
                and c.relname <> all (current_setting('agent_bom.open_tables')::text[])
                and not exists (select
                                  from pg_policy p
                                  join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid
                                  join pg_proc f on d.refclassid = 'pg_proc'::regclass and f.oid = d.refobjid
                                 where p.polrelid = c.oid and f.pronamespace = c.relnamespace and f.proname like 'abom\_%')))
  )::text, false);
  perform set_config('agent_bom.foreign_routines', array(
    select f.oid
      from pg_proc f
     where f.pronamespace = to_regnamespace('public')
       and (exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = f.oid and d.deptype = 'e')
            or (f.proowner is distinct from to_regrole('agent_bom_owner')
                and f.proowner is distinct from (select relowner from pg_class where oid = to_regclass('public.alembic_version'))
                and f.proname not like 'abom\_%'))
  )::text, false);
end
$$;

-- What others left that sessions of the contract would run: in the schema public what answers to a name of PostgreSQL, of
-- the contract or of an extension, and what has no name to be called by; event triggers, and what of theirs the tables
-- call; schemas that a session looks into first. Superusers may do all of that anyway, as may members of rds_superuser and
-- those who may act as the owner. Everything else that others have is theirs.
do $$
begin
  perform set_config('agent_bom.foreign_code', coalesce(jsonb_agg(to_jsonb(f) order by f.object), '[]')::text, false)
    from (
      with untrusted as (
        select r.oid, r.rolname
          from pg_roles r
          left join pg_roles o on o.rolname = 'agent_bom_owner'
         where not r.rolsuper and r.rolname <> 'pg_database_owner' and not (r.rolname = session_user and r.rolcreaterole)
           and not coalesce(pg_has_role(r.oid, o.oid, 'MEMBER'), false)
           and not coalesce(pg_has_role(r.oid, to_regrole('rds_superuser'), 'MEMBER'), false)
      ), taken (classid, name) as (
        select 'pg_proc'::regclass, proname from pg_proc f
         where pronamespace = 'pg_catalog'::regnamespace or pronamespace = to_regnamespace('public') and not exists (select from untrusted u where u.oid = f.proowner)
        union
        select 'pg_operator', oprname from pg_operator f
         where oprnamespace = 'pg_catalog'::regnamespace or oprnamespace = to_regnamespace('public') and not exists (select from untrusted u where u.oid = f.oprowner)
        union
        select 'pg_type', typname from pg_type where typnamespace = 'pg_catalog'::regnamespace
      ), login as (
        select login from jsonb_to_recordset(current_setting('agent_bom.logins')::jsonb) l (login name)
      ), owned as (
        select s.classid, i.type, i.identity, u.rolname, e.extname
          from pg_shdepend s
          join pg_database d on d.oid = s.dbid and d.datname = current_database()
          join untrusted u on u.oid = s.refobjid
         cross join lateral pg_identify_object(s.classid, s.objid, 0) i
         cross join lateral (
                 select coalesce((select proname from pg_proc where oid = s.objid and s.classid = 'pg_proc'::regclass),
                                 (select oprname from pg_operator where oid = s.objid and s.classid = 'pg_operator'::regclass),
                                 (select typname from pg_type where oid = s.objid and s.classid = 'pg_type'::regclass)) as name) named
          -- The owner of an extension may make a member of it of what is no part of it.
          left join pg_depend m on m.classid = s.classid and m.objid = s.objid and m.deptype = 'e'
          left join pg_extension e on e.oid = m.refobjid
         where s.deptype = 'o' and s.refclassid = 'pg_authid'::regclass and s.classid <> 'pg_class'::regclass
           and (i.type in ('event trigger', 'conversion', 'operator class', 'operator family')
                or i.schema = 'public' and (named.name like 'abom\_%' or (s.classid, named.name) in (select * from taken)))
           and not exists (select from pg_depend p where p.classid = s.classid and p.objid = s.objid and p.deptype = 'i')
      ), routine as (
        select p.oid, u.rolname from pg_proc p join untrusted u on u.oid = p.proowner
      )
      select format('%s %s of %s', type, identity, rolname) as object,
             concat('ALTER EXTENSION ' || quote_ident(extname) || format(' DROP %s %s; ', upper(type), identity), format('DROP %s %s;', upper(type), identity)) as fix
        from owned
      union
      select format('%s %s', i.type, i.identity), format('DROP CAST %s;', i.identity)
        from pg_cast c
       cross join lateral pg_identify_object('pg_cast'::regclass, c.oid, 0) i
        join pg_type a on a.oid = c.castsource and a.typnamespace = 'pg_catalog'::regnamespace
       where c.castcontext = 'i'
         and (c.castfunc in (select oid from routine)
              or exists (select from pg_type t join untrusted u on u.oid = t.typowner where t.oid = c.casttarget))
      union
      select format('%s %s calls %s of %s', i.type, i.identity, r.oid::regprocedure, r.rolname),
             case i.type when 'default value' then format('ALTER TABLE %I.%I ALTER %I DROP DEFAULT;', a.object_names[1], a.object_names[2], a.object_names[3])
                         when 'table constraint' then format('ALTER TABLE %I.%I DROP CONSTRAINT %I;', a.object_names[1], a.object_names[2], a.object_names[3])
                         else format('DROP %s %s;', upper(i.type), i.identity) end
        from pg_depend d
        join routine r on r.oid = d.refobjid
       cross join lateral pg_identify_object(d.classid, d.objid, d.objsubid) i
       cross join lateral pg_identify_object_as_address(d.classid, d.objid, d.objsubid) a
       where d.refclassid = 'pg_proc'::regclass
         and (d.classid = 'pg_event_trigger'::regclass
                 and not exists (select from pg_event_trigger e join untrusted u on u.oid = e.evtowner where e.oid = d.objid)
              or a.object_names[1] = 'public'
                 and to_regclass(format('%I.%I', a.object_names[1], a.object_names[2])) <> all (current_setting('agent_bom.foreign_relations')::oid[]))
         and d.classid in ('pg_event_trigger'::regclass, 'pg_trigger'::regclass, 'pg_attrdef'::regclass, 'pg_rewrite'::regclass, 'pg_policy'::regclass,
                           'pg_constraint'::regclass, 'pg_class'::regclass)
      union
      select format('schema %s, into which sessions of the role %1$s look first', nspname),
             format('ALTER SCHEMA %I RENAME TO %I;', nspname, nspname || '_renamed')
        from pg_namespace
       where nspname in ('agent_bom_owner', session_user) or nspname in (select login from login)
      union
      select format('CREATE on schema public for %s', u.rolname), format('REVOKE CREATE ON SCHEMA public FROM %I;', u.rolname)
        from pg_namespace n
       cross join aclexplode(n.nspacl) a
        join untrusted u on u.oid = a.grantee
       where n.nspname = 'public' and a.privilege_type = 'CREATE' and u.rolname not in (select login from login)
    ) f;
end
$$;
