import { type Fault, inFile, type Row } from '../fault';

const CONTRACT = 'test/postgres/steps/contract.test.ts#PostgreSQL 16';
const CHECKS = 'test/postgres/steps/checks.test.ts';
const REVISIONS = 'test/postgres/steps/image-revisions.test.ts';

/** Faults of one check, which what breaks it on a real server has to show. */
function ofCheck(file: string, check: string, rows: readonly Row[]): Fault[] {
  return inFile(file, [`${CHECKS}##${check}|is mended`, CHECKS, CONTRACT], rows);
}

/** In the checks that the administrator's session answers. */
export const CHECK_FAULTS = [
  ...ofCheck('migrations/verify/admin/010_roles.sql', 'database.owner', [
    [
      'any owner of the database',
      "datname = current_database() and datdba::regrole::text <> 'agent_bom_owner'",
      'false',
    ],
    ['any owner of the schema', "nspowner::regrole::text not in ('agent_bom_owner', 'pg_database_owner')", 'false'],
  ]),
  ...ofCheck('migrations/verify/admin/010_roles.sql', 'database.public', [
    ['a table that is open to everybody', "relkind in ('r', 'p', 'S') and a.grantee = 0", 'false'],
    ['a column that is open to everybody', "relkind in ('r', 'p') and a.grantee = 0", 'false'],
    ['a database that is open to everybody', 'where datname = current_database() and a.grantee = 0', 'where false'],
    ['later sequences that are open to everybody', "and defaclobjtype in ('r', 'S')", "and defaclobjtype = 'r'"],
    ['later tables that are open to everybody', "and defaclobjtype in ('r', 'S') and a.grantee = 0", 'and false'],
  ]),
  ...ofCheck('migrations/verify/admin/010_roles.sql', 'roles.attributes', [
    ['an expired login', "or rolvaliduntil < 'infinity'\n", '\n'],
    ['a login that creates roles', "or (rolcreaterole and rolname <> 'agent_bom_owner')\n", ''],
    [
      'a login that copies the server',
      'and not is_app) or rolreplication or rolcreatedb',
      'and not is_app) or rolcreatedb',
    ],
    ['a login without the rights of its role', 'or rolcreatedb or not rolinherit', 'or rolcreatedb'],
    ['an owner that creates no roles', "where rolname = 'agent_bom_owner' and not rolcreaterole", 'where false'],
    ['a login that is missing', 'where not exists (select from pg_roles where rolname = wanted.name)', 'where false'],
    ['an identity without a login', 'group by role having not bool_or(', 'group by role having bool_and('],
  ]),
  ...ofCheck('migrations/verify/admin/010_roles.sql', 'roles.memberships', [
    ['a membership that is missing', 'where p.member is null or w.member is null', 'where w.member is null'],
    ['a membership too many', 'where p.member is null or w.member is null', 'where p.member is null'],
    [
      'a stranger who acts as the application',
      'where (a.roleid::regrole::text in (select name from login)\n            or a.',
      'where (a.',
    ],
  ]),
  ...ofCheck('migrations/verify/admin/010_roles.sql', 'tenancy.app-cannot-bypass', [
    [
      'the application acts as the owner',
      "pg_has_role(l.oid, r.oid, 'MEMBER'))",
      "pg_has_role(l.oid, r.oid, 'USAGE') and l.name = '')",
    ],
  ]),
  ...ofCheck('migrations/verify/admin/010_roles.sql', 'ownership.relations', [
    ['any owner of a table', "where owner::regrole::text <> 'agent_bom_owner'", 'where false'],
  ]),
  ...ofCheck('migrations/verify/admin/010_roles.sql', 'limits.timeouts', [
    ['a timeout that is gone', 'not coalesce(l.rolconfig @> array', 'not (l.rolconfig @> array'],
    [
      'other settings of a login',
      "where (l.role, split_part(entry, '=', 1)) not in (",
      "where (l.role, split_part(entry, '=', 1)) in (",
    ],
    ['settings of a login in the database', 'and (l.oid is not null\n            or (s.setrole', 'and ((s.setrole'],
    ['settings of the database', '|role|row_security|search_path|session_replication_role)$', '|role|row_security)$'],
  ]),
  ...ofCheck('migrations/verify/admin/010_roles.sql', 'schema.extensions', [
    ['extensions that are missing', 'where wanted not in (select extname from pg_extension))', 'where false)'],
  ]),
  ...ofCheck('migrations/verify/admin/010_roles.sql', 'tls', [
    [
      'an old TLS',
      "where s.version is null or s.version not in ('TLSv1.2', 'TLSv1.3')",
      "where s.version not in ('TLSv1.2', 'TLSv1.3')",
    ],
  ]),
  ...ofCheck('migrations/verify/admin/020_tables.sql', 'tenancy', [
    ['row-level security that is not forced', 'not (relrowsecurity and relforcerowsecurity))', 'not relrowsecurity)'],
    ['row-level security that is off', 'not (relrowsecurity and relforcerowsecurity))', 'not relforcerowsecurity)'],
    ['a policy that lets write for no tenant', " or writes not like '%abom_current_tenant()%'", ''],
    [
      'a policy that asks for no tenant',
      "(reads not like '%abom_current_tenant()%' or writes not like '%abom_current_tenant()%')",
      "(reads not like '%abom_current_tenant()%' and writes not like '%abom_current_tenant()%')",
    ],
    [
      'a table that nobody knows',
      'where not relrowsecurity and not has_tenant and name not in',
      'where false and name not in',
    ],
    [
      'a table that is protected and shared',
      'where relrowsecurity and name in (select name from open_table)',
      'where false',
    ],
    ['a command without a policy', "p.polcmd in ('*', command.code)", "p.polcmd <> ''"],
    ['no policy of the maintenance', "where r.name = 'scan_dispatch_queue'\n", "where r.name = ''\n"],
  ]),
  ...ofCheck('migrations/verify/admin/030_privileges.sql', 'privileges', [
    ['the key table may be read', "(r.name = 'agent_bom_tenant_binding_keys'\n", "(r.name = ''\n"],
    ['the revision may be moved', "or (r.name = 'alembic_version' and privilege <> 'SELECT')\n", ''],
    [
      'tables may be emptied',
      "or privilege in ('TRUNCATE', 'REFERENCES', 'TRIGGER'))",
      "or privilege in ('REFERENCES', 'TRIGGER'))",
    ],
    ['schemas may be created', "has_database_privilege(l.oid, current_database(), 'CREATE')", 'false'],
    [
      'tables may be created',
      "join pg_namespace n on has_schema_privilege(l.oid, n.oid, 'CREATE') and",
      'join pg_namespace n on false and',
    ],
    [
      'a backup that deletes',
      "array['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE'] end) privilege",
      "array['INSERT', 'UPDATE', 'TRUNCATE'] end) privilege",
    ],
    [
      'a backup that adds',
      "array['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE'] end) privilege",
      "array['UPDATE', 'DELETE', 'TRUNCATE'] end) privilege",
    ],
    [
      'a backup that moves sequences',
      "case c.relkind when 'S' then array['UPDATE']",
      "case c.relkind when 'S' then array[]::text[]",
    ],
    [
      'new tables are closed',
      'where p.privileges is distinct from w.privileges)',
      'where p.privileges < w.privileges)',
    ],
    [
      'new tables are not compared where nothing is set',
      'where p.privileges is distinct from w.privileges)',
      'where p.privileges <> w.privileges)',
    ],
    [
      'a column of the keys',
      'else has_any_column_privilege(l.oid, r.oid, privilege) end',
      'else has_table_privilege(l.oid, r.oid, privilege) end',
    ],
    ['a table without any use', "where privileges = '{}' and name not in", 'where false and name not in'],
    [
      'the revision is not read',
      'and not has_table_privilege(app.oid, r.oid',
      'and false and has_table_privilege(app.oid, r.oid',
    ],
    ['a sequence that is not used', "and not has_sequence_privilege(app.oid, c.oid, 'USAGE'))", 'and false)'],
    [
      'what was taken is given',
      'join row_privilege p on p.name <> all (n.privileges)',
      'join row_privilege p on p.name <> all (n.privileges) and false',
    ],
  ]),
  ...ofCheck('migrations/verify/admin/030_privileges.sql', 'backup.sees-all-rows', [
    ['a policy for more than reading', "where not (p.polcmd = 'r' and", 'where not ('],
    [
      'a policy of another name',
      "(p.polname = 'agent_bom_backup_reads' or b.oid = any (p.polroles))",
      "p.polname = 'agent_bom_backup_reads'",
    ],
    ['a policy for some rows', " and pg_get_expr(p.polqual, p.polrelid) = 'true')\n", ')\n'],
    ['rows that no policy shows', "p.polname = 'agent_bom_backup_reads')\n", 'true)\n'],
    [
      'a sequence that is not read',
      "and not case c.relkind when 'S' then has_sequence_privilege(b.oid, c.oid, 'SELECT')",
      "and not case c.relkind when 'S' then true",
    ],
  ]),
  ...ofCheck('migrations/verify/admin/030_privileges.sql', 'stores.present', [
    ['a store that is missing', 'where s.name not in (select name from relation)', 'where false'],
    [
      'a store that is not written',
      'join row_privilege p on p.name <> all (u.privileges))',
      "join row_privilege p on p.name <> all (u.privileges) and p.name = 'SELECT')",
    ],
    ['a store that nobody asks for', "('schedules', 'scan_schedules'), ", ''],
  ]),
  ...inFile(
    'migrations/verify/admin/040_schema.sql',
    [`${CHECKS}##schema.revision|partition-runway|limits|is mended`, REVISIONS, CONTRACT],
    [
      ['any revision', "when found = wanted then 'pass' else 'fail'", "else 'pass'"],
      ['two months of partitions', 'months < 3 or past', 'months < 2 or past'],
      ['months of the past', 'months < 3 or past is not null or', 'months < 3 or'],
      [
        'one connection more than the server has',
        "when budget <= room then 'pass'",
        "when budget <= room + 1 then 'pass'",
      ],
      ['connections that the server keeps', "current_setting('superuser_reserved_connections')::int\n", '0\n'],
      ['another limit', 'filter (where r.rolconnlimit <> l.wanted)', 'filter (where r.rolconnlimit > l.wanted)'],
      [
        'a limit that is higher',
        'filter (where r.rolconnlimit <> l.wanted)',
        'filter (where r.rolconnlimit < l.wanted)',
      ],
    ],
  ),
  ...ofCheck('migrations/verify/admin/050_others.sql', 'access.others', [
    ['keys that a view shows with other tables', 'bool_or(r.has_keys)', 'bool_and(r.has_keys)'],
    [
      'a policy for all commands',
      "and p.polcmd in ('r', '*') and pg_get_expr(p.polqual, p.polrelid) not like",
      "and p.polcmd = 'r' and pg_get_expr(p.polqual, p.polrelid) not like",
    ],
    ['tables to come in every schema', "coalesce(n.nspname, 'public') = 'public'", "n.nspname = 'public'"],
    [
      'a column of the keys',
      'and (has_any_column_privilege(u.role, r.oid, verb.privileges)',
      'and (has_table_privilege(u.role, r.oid, verb.privileges)',
    ],
    [
      'who bypasses the policies',
      'from other o join unbound u on u.oid = o.oid\n',
      'from other o join unbound u on false\n',
    ],
    [
      'who acts as a superuser',
      'join unbound u on u.oid <> o.oid and pg_has_role',
      'join unbound u on false and pg_has_role',
    ],
    [
      'who acts as the owner through another',
      "join ours a on pg_has_role(o.oid, a.oid, 'MEMBER')",
      "join ours a on pg_has_role(o.oid, a.oid, 'USAGE')",
    ],
    ['who copies the server', 'r.oid = o.oid and r.rolreplication', 'false'],
    ['who copies the server on RDS', "r.rolname = 'rds_replication'\n    union all", 'false\n    union all'],
    [
      'who empties tables',
      "unnest(array['TRUNCATE', 'TRIGGER', 'REFERENCES']) privilege",
      "unnest(array['TRIGGER', 'REFERENCES']) privilege",
    ],
    [
      'who refers to tables',
      "unnest(array['TRUNCATE', 'TRIGGER', 'REFERENCES']) privilege",
      "unnest(array['TRUNCATE', 'TRIGGER']) privilege",
    ],
    ['views of the keys', "and (v.has_keys or v.relkind = 'm' or", "and (v.relkind = 'm' or"],
    ['copies of the rows', "and (v.has_keys or v.relkind = 'm' or", 'and (v.has_keys or'],
    [
      'views in which policies bind the reader',
      "o.option_name = 'security_invoker' and o.option_value::bool",
      "o.option_name = 'security_invoker' and o.option_value = 'true'",
    ],
    ['routines that lend rights', 'where p.prosecdef and p.oid >= 16384', 'where false and p.oid >= 16384'],
  ]),
];
