import { inFile } from '../fault';

const EXISTING = 'test/postgres/steps/existing-database.test.ts';
const ROBUSTNESS = 'test/postgres/steps/robustness.test.ts';
/** A database made anew, whose roles were others before, and all of its checks. */
const ANEW = `${ROBUSTNESS}##is brought to the contract`;
const UNFIT = 'test/postgres/servers/unfit-servers.test.ts';
const CONTRACT = 'test/postgres/steps/contract.test.ts#PostgreSQL 16';
const LATER = 'test/postgres/steps/later-migrations.test.ts#PostgreSQL 16';
const CHECKS = 'test/postgres/steps/checks.test.ts';
const JOB = 'test/postgres/steps/job.test.ts';
const LOCKS = 'test/postgres/servers/locks.test.ts';
const LOGINS = 'test/postgres/steps/logins.test.ts';
const HOSTILE = 'test/postgres/servers/hostile-schema.test.ts#PostgreSQL 15';
const FILES = 'test/postgres/steps/files.test.ts';

/** In what brings a database to the contract. */
export const MIGRATION_FAULTS = [
  ...inFile(
    'migrations/before/005_refuse_unfit_server.sql',
    [`${UNFIT}#as a standby`],
    [['a standby is not refused', 'if pg_is_in_recovery() then', 'if false then']],
  ),
  ...inFile(
    'migrations/before/005_refuse_unfit_server.sql',
    [`${ROBUSTNESS}#to a superuser before`],
    [
      [
        'a superuser is not refused',
        'if (select rolsuper from pg_roles where rolname = session_user) then',
        'if false then',
      ],
    ],
  ),
  ...inFile(
    'migrations/before/005_refuse_unfit_server.sql',
    [`${EXISTING}##refused, because|with the encoding|one connection less|is gone, when|is refused when it is`],
    [
      ['any encoding will do', "<> 'UTF8' then", "= 'SQL_ASCII' then"],
      ['one connection too few is enough', 'if budget > room then', 'if budget > room + 1 then'],
      ['connections of the database are not counted', 'budget > database_room', 'budget > database_room + 1000'],
      [
        'roles that bypass the policies are not refused',
        'and (rolsuper or rolreplication or rolbypassrls);',
        'and (rolsuper or rolreplication);',
      ],
      [
        'roles that copy the server are not refused',
        'and (rolsuper or rolreplication or rolbypassrls);',
        'and (rolsuper or rolbypassrls);',
      ],
      [
        'one of CREATEROLE and CREATEDB is enough',
        'select rolcreaterole and rolcreatedb',
        'select rolcreaterole or rolcreatedb',
      ],
      ['the administrator acts as somebody else', 'if session_user <> current_user then', 'if false then'],
      ['a session that only reads', "if current_setting('transaction_read_only')::bool then", 'if false then'],
      [
        'the owner of the database is not asked',
        "if owner <> 'agent_bom_owner' and not pg_has_role(",
        "if owner = '' and not pg_has_role(",
      ],
      [
        'roles of others on 16 are not refused',
        "if current_setting('server_version_num')::int >= 160000",
        "if current_setting('server_version_num')::int >= 170000",
      ],
      [
        'roles of a database that is gone',
        "where rolname in ('agent_bom_maintenance', 'agent_bom_rls_maintenance');",
        "where rolname in ('agent_bom_maintenance');",
      ],
      [
        'a restore is refused the roles that it needs',
        "current_setting('agent_bom.restoring', true) = 'on' then",
        'false then',
      ],
      [
        'tables of another application',
        "d.deptype in ('a', 'i', 'e'));\n  if found is not null then",
        "d.deptype in ('a', 'i', 'e'));\n  if false then",
      ],
      [
        'tables of another owner',
        "and pg_get_userbyid(c.relowner) not in ('agent_bom_owner', session_user)",
        'and false',
      ],
    ],
  ),
  ...inFile(
    'migrations/before/006_close_schema.sql',
    [HOSTILE, FILES],
    [
      [
        'others go on creating in the schema',
        "execute format('revoke create on schema public from %s cascade', item.grantee);",
        'null;',
      ],
      ['what could not be revoked is accepted', 'if item.statements is not null then', 'if false then'],
      ['what was passed on cannot be revoked', 'from %s cascade', 'from %s'],
    ],
  ),
  ...inFile(
    'migrations/before/007_refuse_foreign_code.sql',
    [HOSTILE, `${UNFIT}#without an extension`, `${EXISTING}#refused, because`],
    [
      [
        'what others planted runs',
        "found is not null then\n    raise exception 'others left",
        "false then\n    raise exception 'others left",
      ],
      ['an extension in another schema', "and n.nspname not in ('public', 'pg_catalog')", "and n.nspname in ('')"],
      [
        'an extension that the server does not have',
        'if not exists (select from pg_available_extensions where name = wanted) then',
        'if false then',
      ],
      [
        'an extension that the provider refuses',
        '      when others then\n        raise exception',
        '      when syntax_error then\n        raise exception',
      ],
    ],
  ),
  ...inFile(
    'migrations/before/010_create_roles.sql',
    [ANEW, CONTRACT, `${ROBUSTNESS}##.`, LATER],
    [
      [
        'the owner may log in',
        'alter role agent_bom_owner nologin createrole;',
        'alter role agent_bom_owner createrole;',
      ],
      [
        'another administrator fills no row',
        "execute format('grant agent_bom_rls_maintenance to %I with admin option', session_user);",
        '',
      ],
    ],
  ),
  ...inFile(
    'migrations/before/020_own_database.sql',
    [ANEW, CONTRACT, CHECKS, ROBUSTNESS, EXISTING, `${CONTRACT}|without the contract`],
    [
      [
        'the database keeps its owner',
        "execute format('alter database %I owner to agent_bom_owner', current_database());",
        'null;',
      ],
      ['the schema keeps its owner', 'alter schema public owner to agent_bom_owner;', 'null;'],
      ['routines keep their owner', "execute format('alter routine %s owner to agent_bom_owner', item.name);", 'null;'],
    ],
  ),
  ...inFile(
    'migrations/after/020_grant_tables.sql',
    [ANEW, LOGINS, CONTRACT, CHECKS, LATER],
    [
      ['the application reads the key table', 'then array[]::text[]', "then array['SELECT']"],
      [
        'the application moves the revision',
        "'alembic_version' then array['SELECT']",
        "'alembic_version' then array['SELECT', 'UPDATE']",
      ],
      [
        'the backup writes',
        "'agent_bom_backup' then array['SELECT']",
        "'agent_bom_backup' then array['SELECT', 'INSERT']",
      ],
      ['what everybody may do stays', 'where a.grantee = 0', 'where a.grantee = 1'],
      ['what was narrowed stays open', 'r.privileges @> rows.privileges', 'false'],
    ],
  ),
  ...inFile(
    'migrations/after/030_allow_backup.sql',
    [ANEW, LOGINS, CONTRACT, CHECKS, JOB],
    [
      [
        'the backup may write what it reads',
        'for select to agent_bom_backup using (true)',
        'for all to agent_bom_backup using (true)',
      ],
      ['everybody sees every tenant', 'to agent_bom_backup using (true)', 'to public using (true)'],
      ['the backup sees no row', 'using (true)', 'using (false)'],
      ['a policy for all commands is left', "p.polcmd = 'r' and p.polpermissive", 'p.polpermissive'],
    ],
  ),
  ...inFile(
    'migrations/after/040_set_logins.sql',
    [ANEW, LOGINS, CONTRACT, `${ROBUSTNESS}##.`, CHECKS, JOB],
    [
      [
        'memberships that are too many stay',
        "select 'revoke', 'from', * from (select * from present except select * from wanted) excess",
        "select 'revoke', 'from', * from wanted where false",
      ],
      [
        'a login that bypasses the policies is not refused',
        'item.rolsuper or item.rolreplication or item.rolbypassrls',
        'item.rolsuper or item.rolreplication',
      ],
      ['settings that are too many stay', 'execute statement;', 'null;'],
      [
        'the logins have no limits',
        'if item.rolconnlimit <> wanted then',
        'if item.rolconnlimit < 0 and wanted < 0 then',
      ],
      [
        'the logins have no timeouts',
        "execute format('alter role %I set %I = %L', item.rolname, item.name, item.value);",
        'null;',
      ],
      ['a login may create databases', 'nocreaterole nocreatedb inherit', 'nocreaterole inherit'],
    ],
  ),
  ...inFile(
    'migrations/after/050_set_passwords.sql',
    [LOGINS, ROBUSTNESS, JOB],
    [
      ['two rounds of hashing', 'iterations constant int := 4096', 'iterations constant int := 2'],
      [
        'one salt for every password',
        'uuid_send(gen_random_uuid())',
        "decode('000102030405060708090a0b0c0d0e0f', 'hex')",
      ],
      ['the password is in the statement', 'pg_temp.scram_verifier(password));', 'password);'],
      ['any login may be given a password', 'if login <> all (item.logins) then', 'if login is null then'],
      ['a password is not decoded', 'password := pg_temp.percent_decode(part[2]);', 'password := part[2];'],
      ['spaces of other scripts stay', "u200B]', ' '", "u200B]', ''"],
    ],
  ),
  ...inFile(
    'migrations/facts.sql',
    [LOGINS],
    [
      [
        'statements of the application never end',
        "('app', 'statement_timeout', '30s')",
        "('app', 'statement_timeout', '0')",
      ],
      [
        'the backup may write',
        "('backup', 'default_transaction_read_only', 'on'))",
        "('backup', 'default_transaction_read_only', 'off'))",
      ],
      [
        'two leaders of the scheduler',
        "('app', 'idle_in_transaction_session_timeout', '0')",
        "('app', 'idle_in_transaction_session_timeout', '60s')",
      ],
      [
        'maintenance rests in transactions',
        "('maintenance', 'idle_in_transaction_session_timeout', '10min')",
        "('maintenance', 'idle_in_transaction_session_timeout', '0')",
      ],
      ['a dump ends in the middle', "('backup', 'statement_timeout', '0')", "('backup', 'statement_timeout', '30s')"],
      ['the application does not wait for locks', "('app', 'lock_timeout', '5s')", "('app', 'lock_timeout', '0')"],
    ],
  ),
  ...inFile(
    'migrations/lock.sql',
    [`${ROBUSTNESS}##waited for|take turns`],
    [
      ['no run waits for another', 'if not pg_try_advisory_lock(', 'if false and pg_try_advisory_lock('],
      ['the wait has no end', "perform set_config('lock_timeout', patience, true);", ''],
    ],
  ),
  ...inFile(
    'migrations/relations.sql',
    [LOCKS],
    [
      ['readers and writers queue behind a wait', "set lock_timeout = '2s';", "set lock_timeout = '300s';"],
      ['a table that is in use is never tried again', 'exit when changed;', 'exit;'],
      [
        'a table that is in use is tried for ever',
        'if clock_timestamp() + pause > started + patience::interval then',
        'if false then',
      ],
    ],
  ),
  ...inFile(
    'migrations/after/015_make_partitions.sql',
    ['test/postgres/steps/partitions.test.ts'],
    [
      [
        'a new month is open to every tenant',
        'enable row level security, force row level security',
        'enable row level security',
      ],
      ['months of the past are missing', "interval '365 days'", "interval '30 days'"],
      ['a new month shows every tenant', "' using (' || pg_get_expr(p.polqual, p.polrelid) || ')'", "' using (true)'"],
    ],
  ),
  ...inFile(
    'migrations/before/030_own_relations.sql',
    ['test/postgres/steps/contract.test.ts#without the contract', ROBUSTNESS],
    [['tables keep their owner', "c.relkind in ('r', 'p', 'v', 'S')\n", "c.relkind in ('v', 'S')\n"]],
  ),
];
