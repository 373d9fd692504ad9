import { inFile } from '../fault';

const ROBUSTNESS = 'test/postgres/steps/robustness.test.ts';
const CONTRACT = 'test/postgres/steps/contract.test.ts#PostgreSQL 16';
const WITHOUT = 'test/postgres/steps/contract.test.ts#without the contract';
const LATER = 'test/postgres/steps/later-migrations.test.ts#PostgreSQL 16';
const CHECKS = 'test/postgres/steps/checks.test.ts';
const LOCKS = 'test/postgres/servers/locks.test.ts';
const LOGINS = 'test/postgres/steps/logins.test.ts';
const FILES = 'test/postgres/steps/files.test.ts';
const JOB = 'test/postgres/steps/job.test.ts#delivers the passwords';
/** A database made anew, whose roles were others before, and all of its checks. */
const ANEW = `${ROBUSTNESS}##is brought to the contract`;
const UNCHANGED = 'test/postgres/servers/locks-unchanged.test.ts#PostgreSQL 16';
const REFUSALS = 'test/postgres/steps/facts.test.ts##refusals';
/** Whole lists of what a file would change. */
const CHANGES = 'test/postgres/steps/changes.test.ts##.';
const PARTITIONS = 'test/postgres/steps/partitions.test.ts#PostgreSQL 15';
const GIVEN = 'test/postgres/steps/existing-database.test.ts#was given';
/** Files that are one transaction. */
const TRANSACTIONS = [
  'migrations/before/005_refuse_unfit_server.sql',
  'migrations/before/006_close_schema.sql',
  'migrations/before/007_refuse_foreign_code.sql',
  'migrations/before/010_create_roles.sql',
  'migrations/before/020_own_database.sql',
  'migrations/after/010_restrict_public.sql',
  'migrations/after/040_set_logins.sql',
  'migrations/after/050_set_passwords.sql',
  'migrations/revoke/010_revoke_previous_logins.sql',
  'migrations/revoke/020_end_previous_sessions.sql',
];

const VERSIONS = [`${FILES}##goes by the version`];

/** In what each step does to roles, grants and tables. */
export const STEP_FAULTS = [
  ...inFile('migrations/before/005_refuse_unfit_server.sql', VERSIONS, [
    ['versions before 15', '::int < 150000 then', '::int < 140000 then'],
    ['15 is too old', '::int < 150000 then', '::int <= 150000 then'],
    ['19 is known', '::int >= 190000 then', '::int > 190000 then'],
  ]),
  ...inFile('migrations/verify/requirements.sql', VERSIONS, [
    ['versions before 15', '::int < 150000 then', '::int < 140000 then'],
    ['19 is known', '::int >= 190000 then', '::int > 190000 then'],
  ]),
  ...TRANSACTIONS.flatMap((file) =>
    inFile(
      file,
      [`${FILES}##looks for names`],
      [
        ['the wait for a lock has no end', "set local lock_timeout = '2s';\n", ''],
        [
          'runs do not take turns',
          "select pg_advisory_xact_lock(hashtext('agent-bom-postgres'), hashtext('contract'));\n",
          '',
        ],
      ],
    ),
  ),
  ...inFile(
    'migrations/facts.sql',
    [WITHOUT],
    [['copies of an administrator are of the contract', "(c.relkind in ('m', 'f')\n", '(false\n']],
  ),
  ...inFile(
    'migrations/before/007_refuse_foreign_code.sql',
    ['test/postgres/servers/unfit-servers.test.ts#standby'],
    [
      [
        'an extension that was tried stays',
        "      raise exception using errcode = 'ABM01', message = 'it can be created';\n",
        '',
      ],
    ],
  ),
  ...inFile(
    'migrations/before/010_create_roles.sql',
    [ANEW, GIVEN, `${ROBUSTNESS}##.`, CONTRACT, FILES, LATER],
    [
      ['an owner that may log in', '(rolcanlogin or not rolcreaterole)', '(rolcanlogin and not rolcreaterole)'],
      ['the owner may create no roles', 'and (rolcanlogin or not rolcreaterole)) then', 'and rolcanlogin) then'],
      [
        'the administrator has not the rights of the owner',
        'to %I with inherit true, set true',
        'to %I with inherit false, set true',
      ],
      [
        'an administrator who inherits from the owner and may not act as it',
        "and pg_has_role(session_user, 'agent_bom_owner', 'SET'))",
        ')',
      ],
      ['the owner acts as a login that was there', 'with admin true, inherit false, set false', 'with admin true'],
      [
        'the owner does not manage a login that was there',
        'with admin true, inherit false, set false',
        'with admin false, inherit false, set false',
      ],
      [
        'the branch for 16 begins at 17',
        "elsif current_setting('server_version_num')::int >= 160000",
        "elsif current_setting('server_version_num')::int >= 170000",
      ],
    ],
  ),
  ...inFile(
    'migrations/before/020_own_database.sql',
    [ANEW, `${CHECKS}#privileges.defaults|every check|is mended`, CONTRACT, FILES],
    [
      ['later tables are closed to the backup', "('agent_bom_backup', 'r', 'SELECT'), ", ''],
      ['later sequences are not dumped', ", ('agent_bom_backup', 'S', 'SELECT')", ''],
      ['later tables of another role', 'set local role agent_bom_owner;\n', ''],
      ['defaults of another role', "d.defaclrole = 'agent_bom_owner'::regrole and ", ''],
      ['later tables are truncated', "('agent_bom_app', 'r', 'REFERENCES')", "('agent_bom_app', 'r', 'TRUNCATE')"],
      [
        'what was given to the application stays',
        'select * from present except select * from wanted',
        'select * from present where false',
      ],
    ],
  ),
  ...inFile(
    'migrations/before/030_own_relations.sql',
    [LOCKS, WITHOUT, 'test/postgres/steps/changes.test.ts##.'],
    [
      ['the table of revisions goes first', "c.relname = 'alembic_version', c.oid", 'c.oid'],
      [
        'tables of others are taken over',
        "     and c.oid <> all (current_setting('agent_bom.foreign_relations')::oid[])\n",
        '',
      ],
    ],
  ),
  ...inFile(
    'migrations/after/010_restrict_public.sql',
    [ANEW, FILES, CONTRACT, CHECKS],
    [
      [
        'everybody connects to the database',
        "format('revoke all on database %I from public', datname)",
        "format('revoke create on database %I from public', datname)",
      ],
      ['maintenance makes no temporary table', "('agent_bom_maintenance', 'TEMPORARY'), ", ''],
      ['the backup does not connect', "('agent_bom_backup', 'CONNECT'), ", ''],
      ['readers of the product do not connect', ", ('agent_bom_readonly', 'CONNECT')", ''],
      ['the backup makes tables of its own', "('agent_bom_backup', 'CONNECT')", "('agent_bom_backup', 'TEMPORARY')"],
      [
        'maintenance does not see the schema',
        "r.rolname in ('agent_bom_app', 'agent_bom_maintenance', 'agent_bom_backup')",
        "r.rolname in ('agent_bom_app', 'agent_bom_backup')",
      ],
      [
        'the application creates in the schema',
        "format('grant usage on schema public to %I', r.rolname)",
        "format('grant all on schema public to %I', r.rolname)",
      ],
    ],
  ),
  ...inFile(
    'migrations/after/015_make_partitions.sql',
    [PARTITIONS],
    [
      ['a month less ahead', "interval '12 months'", "interval '11 months'"],
      ['half a month', 'o.first < m.next and o.next > m.first', 'o.first <= m.first and o.next >= m.next'],
      [
        'a new month takes every row',
        "' with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')'",
        "' with check (true)'",
      ],
      ['restrictive policies are permissive', "else 'restrictive' end", "else 'permissive' end"],
      [
        'months begin by the clock of the session',
        "to_char(m.first at time zone 'UTC', 'YYYY-MM-DD 00:00:00+00')",
        "to_char(m.first, 'YYYY-MM-DD 00:00:00')",
      ],
      [
        'nobody may use a new month',
        "where r.rolname like 'agent\\_bom\\_%' and r.rolname",
        "where r.rolname like 'agent' and r.rolname",
      ],
    ],
  ),
  ...inFile(
    'migrations/after/020_grant_tables.sql',
    [CHANGES, ANEW, CONTRACT, CHECKS, LATER],
    [
      ['what anybody reads is open', "where a.grantee = 'agent_bom_backup'::regrole) as", 'where true) as'],
      ['sequences are read and not used', "then array['USAGE', 'SELECT']", "then array['SELECT']"],
      [
        'maintenance reads the key table',
        "or (r.relname = 'agent_bom_tenant_binding_keys' and a.grantee <> r.relowner)",
        '',
      ],
      [
        'maintenance moves the revision',
        "or (r.relname = 'alembic_version' and a.privilege_type <> 'SELECT' and a.grantee <> r.relowner)",
        '',
      ],
      [
        'a table without grants stays closed',
        "(r.privileges <> '{}' or r.relkind = 'S' or not r.is_dumped or a.role_is_new)",
        "(r.privileges <> '{}' or r.relkind = 'S')",
      ],
      ['tables are given back what was taken', 'or (r.is_untouched and (', 'or (true or r.is_untouched and ('],
    ],
  ),
  ...inFile(
    'migrations/after/030_allow_backup.sql',
    [`${FILES}##policy of the backup`, UNCHANGED, ROBUSTNESS],
    [
      ['a policy that is in order is made anew', 'and not coalesce(p.polcmd', 'and coalesce(true, p.polcmd'],
      ['a policy for everybody is left', "and p.polroles = array['agent_bom_backup'::regrole::oid]", ''],
      ['a policy that hides rows is left', "pg_get_expr(p.polqual, 0) = 'true'", "pg_get_expr(p.polqual, 0) <> ''"],
      ['a policy that is restrictive is left', "p.polcmd = 'r' and p.polpermissive and", "p.polcmd = 'r' and"],
    ],
  ),
  ...inFile(
    'migrations/after/040_set_logins.sql',
    [CHANGES],
    [['a login that expires', ' or item.expires then', ' then']],
  ),
  ...inFile(
    'migrations/after/040_set_logins.sql',
    [ANEW, `${ROBUSTNESS}##.`, `${FILES}##sets no limit`, CONTRACT, LOGINS, FILES],
    [
      ['any number is a limit', "'^[1-9][0-9]{0,5}$'", "'^[0-9]{0,6}$'"],
      ['settings in databases of others go', 'where d.datname = current_database()\n', 'where d.oid is not null\n'],
      [
        'attributes too many stay',
        'if item.rolcreaterole or item.rolcreatedb or not item.rolinherit or item.expires then',
        'if item.rolcreaterole and item.rolcreatedb then',
      ],
      ['settings in the database stay', 'where d.datname = current_database()\n', 'where false\n'],
      ['every setting is reset', 'and (l.identity, present.name) not in (', 'and (l.identity, present.name) in ('],
      ['logins belong to the administrator', 'set local role agent_bom_owner;\n', 'null;\n'],
    ],
  ),
  ...inFile(
    'migrations/after/050_set_passwords.sql',
    [`${LOGINS}##every length`, REFUSALS, `${ROBUSTNESS}##a URL of the application`, LOGINS, JOB],
    [
      ['the last emoji', '\\U0001FAFF', '\\U0001F9FF'],
      ['what ends a refusal', "'A percent sign itself is written as %25.'", "''"],
      ['letters keep their form', 'NFKC)', 'NFC)'],
      ['a key of one block is hashed', 'length(key) > 64 then', 'length(key) >= 64 then'],
      ['a percent sign stands for itself', "if part[1] || part[2] ~ '%(?![0-9A-Fa-f]{2})' then", 'if false then'],
      ['the server proves nothing', "'Server Key'", "'Client Key'"],
      ['one round too many', 'for i in 2..iterations loop', 'for i in 1..iterations loop'],
    ],
  ),
  ...inFile(
    'migrations/after/060_repeat_backfills.sql',
    [LATER],
    [
      ['what is filled is filled again', 'and %2$I = %4$L and %3$s <> %4$L', 'and %3$s <> %4$L'],
      [
        'the last page of each piece is left out',
        "item.name, item.source, '', page, page + pages)",
        "item.name, item.source, '', page, page + pages - 1)",
      ],
      ['what is filled waits for the last table', '      commit;\n      exit when', '      exit when'],
      ['only the rows of one tenant', "        set local app.bypass_rls = '1';\n", ''],
      [
        'triggers of the product do not find its tables',
        '        set local search_path = pg_catalog, public, pg_temp;\n',
        '',
      ],
    ],
  ),
  ...inFile(
    'migrations/after/070_analyze_tables.sql',
    ['test/postgres/servers/locks.test.ts#analyzes'],
    [
      ['every table, every month', 'c.reltuples < 0', 'c.reltuples <> 0'],
      ['no table', 'c.reltuples < 0', 'c.reltuples > 0'],
      ['no table that has partitions', "c.relkind in ('r', 'p')", "c.relkind = 'r'"],
    ],
  ),
  ...inFile(
    'migrations/revoke/010_revoke_previous_logins.sql',
    [`${CONTRACT}.*(revokes|ends|rotates)`],
    [
      [
        'one identity alone',
        'previous := previous || array_remove(item.logins, login);',
        'previous := array_remove(item.logins, login);',
      ],
      ['any login may be the next one', 'if login is null or login <> all (item.logins) then', 'if login is null then'],
      ['the login in use is revoked', 'array_remove(item.logins, login)', 'item.logins'],
    ],
  ),
  ...inFile(
    'migrations/relations.sql',
    [`${FILES}##five minutes`, LOCKS],
    [
      [
        'patience for all tables at once',
        '    started := clock_timestamp();',
        '    started := coalesce(started, clock_timestamp());',
      ],
      ['pauses that go on growing', "    pause := '1s';\n", "    pause := coalesce(pause, '1s');\n"],
      ['a deadlock ends the run', 'when lock_not_available or deadlock_detected then', 'when lock_not_available then'],
      ['a timeout of the server ends the pauses', 'set statement_timeout = 0;\n', ''],
      ['what is in the way is not named', 'holders := pg_temp.holders(item.relation);', "holders := '';"],
    ],
  ),
];
