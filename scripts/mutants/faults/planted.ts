import { inFile } from '../fault';

/** Whole lists of what the first files of `before` do with what is planted. */
const PLANTED = ['test/postgres/steps/before-planted.test.ts##.'];
/** Whole lists of what a file would change, and sessions that end. */
const CHANGES = ['test/postgres/steps/changes.test.ts##.'];
const MONTHS = ['test/postgres/servers/verify-planted.test.ts##months'];
/** Each file as a transaction. */
const ALONE = ['test/postgres/steps/files.test.ts##looks for names'];
const LOCK = "select pg_advisory_xact_lock(hashtext('agent-bom-postgres'), hashtext('contract'));\n";
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

/** In what the steps do with what others have left there. */
export const PLANTED_FAULTS = [
  ...TRANSACTIONS.flatMap((file) =>
    inFile(file, ALONE, [
      ['another run goes on', LOCK, ''],
      ['nothing holds it together', `begin;\n${LOCK}`, LOCK],
    ]),
  ),
  ...inFile('migrations/before/006_close_schema.sql', PLANTED, [
    ['the owner of the schema creates nothing', ' and a.grantee <> n.nspowner\n       and', '\n       and'],
    [
      'the owner role creates nothing',
      "rolname not in ('agent_bom_owner', session_user) and not r.rolsuper, true)\n  loop",
      'rolname <> session_user and not r.rolsuper, true)\n  loop',
    ],
    [
      'the administrator creates nothing',
      "rolname not in ('agent_bom_owner', session_user) and not r.rolsuper, true)\n  loop",
      "rolname <> 'agent_bom_owner' and not r.rolsuper, true)\n  loop",
    ],
    ['superusers lose what they do not need', ' and not r.rolsuper, true)\n  loop', ', true)\n  loop'],
    ['everybody goes on', ' and not r.rolsuper, true)\n  loop', ' and not r.rolsuper, false)\n  loop'],
    [
      'another schema is refused',
      "where n.nspname = 'public' and a.privilege_type = 'CREATE' and a.grantee <> n.nspowner\n     and",
      "where a.privilege_type = 'CREATE' and a.grantee <> n.nspowner\n     and",
    ],
    [
      'who looks into the schema is refused',
      "where n.nspname = 'public' and a.privilege_type = 'CREATE' and a.grantee <> n.nspowner\n     and",
      "where n.nspname = 'public' and a.grantee <> n.nspowner\n     and",
    ],
    ['superusers are refused', ' and not r.rolsuper, true);', ', true);'],
    ['everybody may remain', ' and not r.rolsuper, true);', ' and not r.rolsuper, false);'],
    ['a superuser revokes as anybody', "case when a.grantor = n.nspowner then 'REVOKE", "case when true then 'REVOKE"],
  ]),
  ...inFile('migrations/before/007_refuse_foreign_code.sql', PLANTED, [
    ['an extension of pg_catalog', "not in ('public', 'pg_catalog')", "<> 'public'"],
    ['an extension elsewhere of any name', 'where e.extname = wanted and n.nspname', 'where n.nspname'],
    ['statements in another order', "string_agg(fix, ' ' order by object)", "string_agg(fix, ' ' order by fix)"],
  ]),
  ...inFile('migrations/relations.sql', CHANGES, [
    ['a table that is locked is waited for', "set lock_timeout = '10ms'", "set lock_timeout = '10s'"],
    ['a table that is locked is waited for as by a change', " set lock_timeout = '10ms' as", ' as'],
    [
      'a table that is locked ends the step',
      'when lock_not_available then\n    return',
      'when no_data_found then\n    return',
    ],
  ]),
  ...inFile('migrations/before/010_create_roles.sql', PLANTED, [
    [
      'an owner that logs in',
      "where rolname = 'agent_bom_owner' and (rolcanlogin or not rolcreaterole)) then",
      "where rolname = 'agent_bom_owner' and not rolcreaterole) then",
    ],
    [
      'an administrator who acts and does not inherit',
      "elsif not (pg_has_role(session_user, 'agent_bom_owner', 'USAGE') and pg_has_role(session_user, 'agent_bom_owner', 'SET'))",
      "elsif not (pg_has_role(session_user, 'agent_bom_owner', 'SET'))",
    ],
    [
      'a member gives itself more',
      "if not pg_has_role(session_user, 'agent_bom_owner', 'MEMBER WITH ADMIN OPTION') then",
      "if not pg_has_role(session_user, 'agent_bom_owner', 'MEMBER') then",
    ],
    ['who inherits nothing by itself', "with inherit true, set true'", "with set true'"],
    ['who has kept itself from it', "with inherit true, set true'", "with inherit true'"],
    [
      'the marker in a database without the migrations',
      "if to_regclass('public.alembic_version') is null\n     or not",
      'if not',
    ],
    [
      'a member of the marker that does not inherit',
      "pg_has_role(session_user, oid, 'MEMBER')",
      "pg_has_role(session_user, oid, 'USAGE')",
    ],
    ['second logins are made early', '\n                where member_of is null loop', ' loop'],
    [
      'a login that the owner is a member of',
      "and not pg_has_role('agent_bom_owner', login, 'MEMBER WITH ADMIN OPTION') then",
      "and not pg_has_role('agent_bom_owner', login, 'MEMBER') then",
    ],
    [
      'a login that the administrator is a member of',
      "if not pg_has_role(session_user, login, 'MEMBER WITH ADMIN OPTION') then",
      "if not pg_has_role(session_user, login, 'MEMBER') then",
    ],
    ['the owner gives itself a login', "login', login);\n      reset role;", "login', login);"],
  ]),
  ...inFile('migrations/after/020_grant_tables.sql', CHANGES, [
    [
      'columns are nothing',
      "where t.attrelid = c.oid and a.grantee = 'agent_bom_app'::regrole",
      "where false and t.attrelid = c.oid and a.grantee = 'agent_bom_app'::regrole",
    ],
    [
      'columns of others',
      "where t.attrelid = c.oid and a.grantee = 'agent_bom_app'::regrole",
      'where t.attrelid = c.oid',
    ],
    [
      'a table of the contract that is part of another',
      'from pg_class c\n  ), relation',
      "from pg_class c\n     where c.relnamespace = 'public'::regnamespace\n  ), relation",
    ],
    ['foreign tables', "in ('r', 'p', 'v', 'm', 'S')", "in ('r', 'p', 'v', 'm', 'S', 'f')"],
    [
      'the backup reads what the application may not',
      "g.grantee = 'agent_bom_backup'\n           or (r.is_untouched",
      '(r.is_untouched',
    ],
    [
      'what a partition has of its own',
      "when r.is_untouched and not r.of_parent <@ '{REFERENCES}' then",
      "when not r.of_parent <@ '{REFERENCES}' then",
    ],
    [
      'a partition has more than rows',
      'array(select unnest(rows.privileges) intersect select unnest(r.of_parent))',
      'r.of_parent',
    ],
    [
      'what a later migration gives',
      'when r.is_untouched and r.of_product is not null then r.of_product',
      'when r.of_product is not null then r.of_product',
    ],
    ['a role with capitals', 'quote_ident(grantee)) as statement', 'grantee) as statement'],
  ]),
  ...inFile('migrations/revoke/020_end_previous_sessions.sql', CHANGES, [
    [
      'sessions of others',
      "\n       and r.rolname in (select login from jsonb_to_recordset(current_setting('agent_bom.logins')::jsonb) l (identity text, login name)\n                          where identity <> 'backup')",
      '',
    ],
    ['a dump that is at work', "\n                          where identity <> 'backup'", ''],
    ['sessions of maintenance go on', "where identity <> 'backup'", "where identity = 'app'"],
    ['nobody waits for the end', 'pg_terminate_backend(item.pid, 5000)', 'pg_terminate_backend(item.pid, 0)'],
    [
      'the statement ends, and the session goes on',
      'pg_terminate_backend(item.pid, 5000)',
      'pg_cancel_backend(item.pid)',
    ],
    [
      'another role is named',
      "sessions of %', session_user, item.rolname",
      "sessions of %', item.rolname, session_user",
    ],
  ]),
  ...inFile('migrations/verify/admin/040_schema.sql', MONTHS, [
    [
      'a month that is begun is whole',
      "filter (where o.name is not null), '0') >= m.next - m.start",
      "filter (where o.name is not null), '0') > '0'",
    ],
    ['a part is longer than its month', 'least(o.next, m.next) - greatest(o.first, m.start)', 'o.next - o.first'],
    [
      'what touches a month has a part of it',
      'o.first < m.next and o.next > m.start',
      'o.first <= m.next and o.next >= m.start',
    ],
    ['parts of other tables', 'left join part o on o.parent = p.oid and', 'left join part o on'],
    ['a part without a beginning', "'-infinity')::timestamptz", "'infinity')::timestamptz"],
    [
      'a table without months is made anew',
      "case when is_made then '; the step after makes it' end",
      "'; the step after makes it'",
    ],
    ['months of another table', "where i.inhparent = g.oid and c.relname ~ '_y", "where c.relname ~ '_y"],
    ['who has a month is not named', 'filter (where number < 0 and obstacle is null)', 'filter (where number < 0)'],
    [
      'a month that is near is not named',
      'filter (where number <= 3 and obstacle',
      'filter (where number <= 2 and obstacle',
    ],
    [
      'a month that is far is named',
      'filter (where number <= 3 and obstacle',
      'filter (where number <= 4 and obstacle',
    ],
    ['a part of a month passes', 'past is not null or obstacles is not null', 'past is not null'],
    ['a month that is gone passes', 'past is not null or obstacles is not null', 'obstacles is not null'],
  ]),
];
