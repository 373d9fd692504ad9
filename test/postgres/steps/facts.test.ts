import { SERVER_TIMEOUT_MS } from '../../support/postgres/database';
import { PlantedServer, type Plants, sqlOf } from '../../support/postgres/planted';

jest.setTimeout(SERVER_TIMEOUT_MS);

const OWNERS = ['agent_bom_owner', 'agent_bom_admin', 'dba'] as const;

/** A relation of every kind. */
const relationsOf = (owner: string): string[] => [
  `create table public.${owner}_table (id serial, n int generated always as identity)`,
  `create table public.${owner}_parent (day date) partition by range (day)`,
  `create view public.${owner}_view as select 1 as one`,
  `create materialized view public.${owner}_summary as select 1 as one`,
  `create foreign table public.${owner}_remote (line text) server files options (filename '/dev/null')`,
  `create sequence public.${owner}_sequence`,
  ...['table', 'parent', 'remote'].map((name) => `alter table public.${owner}_${name} owner to ${owner}`),
  ...['view', 'materialized view', 'sequence'].map(
    (kind) => `alter ${kind} public.${owner}_${kind === 'materialized view' ? 'summary' : kind} owner to ${owner}`,
  ),
];

const RELATIONS = [
  'create role dba createrole',
  'create schema reports',
  'create table reports.elsewhere (id int)',
  'alter table reports.elsewhere owner to dba',
  'create extension file_fdw',
  'create server files foreign data wrapper file_fdw',
  ...OWNERS.flatMap(relationsOf),
  // The product's by their names, and by a policy of the product's kind.
  'alter table osv_cache owner to dba',
  'alter table job_queue owner to dba',
  ...['public.abomination', 'public.other', 'reports.abom_tenant'].flatMap((name, number) => [
    `create function ${name}() returns text language sql as $$ select 'a' $$`,
    `create table public.policed_${number} (tenant_id text)`,
    `create policy own on public.policed_${number} using (tenant_id = ${name}())`,
    `alter table public.policed_${number} owner to dba`,
  ]),
  // An extension's, whoever owns it.
  'create table public.member (id int)',
  'alter table public.member owner to agent_bom_owner',
  'alter extension file_fdw add table public.member',
];

const EVERY_KIND = ['parent', 'remote', 'sequence', 'summary', 'table', 'table_id_seq', 'table_n_seq', 'view'];
const OF_OTHERS = [
  ...EVERY_KIND.map((kind) => `dba_${kind}`),
  // What the tables of the product bring is their owner's all the same.
  ...['job_queue_id_seq', 'job_queue_pkey', 'member', 'osv_cache_id_seq', 'osv_cache_pkey'],
  ...['policed_0', 'policed_1', 'policed_2'],
];

/** Owners of a routine, an operator and a type, and whether sessions of the contract trust them. */
const TRUSTED: Readonly<Record<string, boolean>> = {
  stranger: false,
  creator: false,
  agent_bom_app: false,
  agent_bom_owner: true,
  agent_bom_admin: true,
  root: true,
  helper: true,
  '"DMS"': true,
};

const PEOPLE = [
  'create role stranger',
  'create role creator createrole',
  'create role root superuser',
  'create role helper in role agent_bom_owner',
  'create role "DMS" in role rds_superuser',
  'create schema reports authorization stranger',
  `create function reports.keeps(text, text, int) returns text immutable language sql as 'select $1'`,
  `create function reports.differs(name, int) returns bool immutable language sql as 'select true'`,
];

const AS_IS = `language sql immutable as 'select true'`;

/** What answers to no name that a session of the contract says, or where none looks for it. */
const HARMLESS = [
  'grant create on schema public to stranger',
  'set role stranger',
  `create function public.twin(int) returns bool ${AS_IS}`,
  `create function public.twin(text) returns bool ${AS_IS}`,
  `create function public.abomination() returns bool ${AS_IS}`,
  'create operator public.@@@@ (function = public.twin, rightarg = int)',
  'create operator public.@@@@ (function = public.twin, rightarg = text)',
  'create type public.mood as enum ()',
  `create function reports.lower(int) returns bool ${AS_IS}`,
  `create function reports.abom_shows() returns bool ${AS_IS}`,
  'create operator reports.= (function = public.twin, rightarg = int)',
  'create type reports.regrole as enum ()',
  'create table public.theirs (n bool default public.twin(1), check (public.twin(n::int)))',
  'create table reports.theirs (n bool default public.twin(1), check (public.twin(n::int)))',
  "create type reports.kind as enum ('a')",
  `create function reports.to_kind(text) returns reports.kind language sql as $$ select 'a'::reports.kind $$`,
  `create function reports.of_kind(reports.kind) returns text language sql as $$ select 'a' $$`,
  'create cast (text as reports.kind) with function reports.to_kind(text) as assignment',
  'create cast (reports.kind as text) with function reports.of_kind(reports.kind) as implicit',
  'reset role',
  'revoke create on schema public from stranger',
  // Whoever may anyway.
  'create schema agent_bom_readonly',
  // As in another database with objects of the same numbers.
  `create function public.lower(int) returns bool ${AS_IS}`,
  // Who may call it does not own it.
  'grant execute on function public.lower(int) to stranger',
  'set allow_system_table_mods = on',
  `insert into pg_shdepend select d.oid, 'pg_proc'::regclass, 'public.lower(int)'::regprocedure, 0, 'pg_authid'::regclass, 'stranger'::regrole, 'o'
     from pg_database d where datname = 'postgres'`,
  'reset allow_system_table_mods',
  'grant create on schema reports to creator',
  'grant usage on schema public to stranger',
  'grant create on schema public to root, helper, agent_bom_admin, agent_bom_app, public',
];

/** What answers to a name of PostgreSQL, of the contract or of an extension of it, and what has no name to be called by. */
const NAMED = [
  'create extension citext schema reports',
  'alter role stranger superuser',
  'set role stranger',
  `create function public.abom_shows() returns bool ${AS_IS}`,
  `create function public.similarity(int) returns bool ${AS_IS}`,
  'create procedure public.format(int) language sql as $$ select 1 $$',
  'create aggregate public.max(text, int) (sfunc = reports.keeps, stype = text)',
  'create operator public.<> (function = reports.differs, leftarg = name, rightarg = int)',
  'create operator public.<<-> (function = reports.differs, leftarg = name, rightarg = int)',
  'create domain public.regrole as text',
  'create type public.daterange as range (subtype = int)',
  'create conversion reports."A Conversion" for $$LATIN1$$ to $$UTF8$$ from iso8859_1_to_utf8',
  'create operator family reports.texts using btree',
  'create operator class reports.words for type text using btree family reports.texts as operator 1 <',
  'create function reports.ddl() returns event_trigger language plpgsql as $$ begin end $$',
  'create event trigger "Of Strangers" on ddl_command_end execute function reports.ddl()',
  `create function public.concat(text, name) returns text language sql as $$ select null $$`,
  'alter extension citext add function public.concat(text, name)',
  `create function reports.word(int) returns text language sql as $$ select 'a' $$`,
  'create cast (int as text) with function reports.word(int) as implicit',
  "create type reports.kind as enum ('a')",
  'reset role',
  'create function public.of_kind(text) returns reports.kind language sql as $$ select null::reports.kind $$',
  'create cast (text as reports.kind) with function public.of_kind(text) as implicit',
  'alter role stranger nosuperuser',
];

/** Tables of the contract that call what another role may change, by names that have to be quoted. */
const CALLS = [
  'set role stranger',
  `create function reports.one(bool) returns bool ${AS_IS}`,
  'create function reports.fires() returns trigger language plpgsql as $$ begin return new; end $$',
  'create function reports.ddl() returns event_trigger language plpgsql as $$ begin end $$',
  'reset role',
  'grant usage on schema reports to agent_bom_owner',
  'set role agent_bom_owner',
  'create table public."A Table" ("A Column" bool default reports.one(true), constraint "A Check" check (reports.one("A Column")))',
  'create index "An Index" on public."A Table" (reports.one("A Column"))',
  'create policy "A Policy" on public."A Table" using (reports.one("A Column"))',
  'create rule "A Rule" as on update to public."A Table" do also select reports.one(true)',
  'create trigger "A Trigger" before insert on public."A Table" for each row execute function reports.fires()',
  'reset role',
  'create event trigger "Of Root" on ddl_command_end execute function reports.ddl()',
];

describe('what the steps know of others, and what they refuse', () => {
  let planted: PlantedServer;

  beforeAll(async () => {
    planted = await PlantedServer.start();
  });

  afterAll(() => planted.stop());

  const names = async (plants: Plants, query: string) =>
    (await planted.ask<{ name: string }>(plants, sqlOf('facts.sql'), query)).map(({ name }) => name);
  const relations = (...more: string[]) =>
    names(
      { given: [...RELATIONS, ...more] },
      `select relname as name from pg_class where oid = any (current_setting('agent_bom.foreign_relations')::oid[]) order by relname collate "C"`,
    );
  const code = (given: readonly string[], as?: string) =>
    names(
      { given, ...(as && { as }) },
      "select concat(object, ': ', fix) as name from jsonb_to_recordset(current_setting('agent_bom.foreign_code')::jsonb) f (object text, fix text)",
    );

  it('relations: of the contract are those of the owner and what the product has', async () => {
    const ofAdmin = EVERY_KIND.map((kind) => `agent_bom_admin_${kind}`);
    expect(await relations()).toEqual([...ofAdmin, ...OF_OTHERS]);
    expect(await relations('drop table alembic_version')).toEqual([...ofAdmin, ...OF_OTHERS]);
  });

  it('relations: and tables, views and sequences of whoever ran the packaged migrations', async () => {
    expect(await relations('alter table alembic_version owner to agent_bom_admin')).toEqual([
      'agent_bom_admin_remote',
      'agent_bom_admin_summary',
      ...OF_OTHERS,
    ]);
  });

  it('routines: of the contract are those of the owner, of whoever ran the packaged migrations, and by their name', async () => {
    const owned = OWNERS.flatMap((owner) =>
      ['', 'abom_of_', 'abomof_'].flatMap((prefix) => [
        `create function public.${prefix}${owner}() returns bool ${AS_IS}`,
        `alter function public.${prefix}${owner}() owner to ${owner}`,
      ]),
    );
    const given = [
      'create role dba',
      'create schema reports',
      ...owned,
      `create function reports.elsewhere() returns bool ${AS_IS}`,
      'alter function reports.elsewhere() owner to dba',
      `create function public.abom_member() returns bool ${AS_IS}`,
      'alter function public.abom_member() owner to agent_bom_owner',
      'alter extension pg_trgm add function public.abom_member()',
    ];
    const asked = `select proname as name from pg_proc p
                    where p.oid = any (current_setting('agent_bom.foreign_routines')::oid[])
                      and (proname ~ 'agent_bom|dba|abom|elsewhere')
                    order by proname`;
    const ofAdmin = ['abomof_agent_bom_admin', 'agent_bom_admin'];
    const always = ['abom_member', 'abomof_dba', 'dba'];
    expect(await names({ given }, asked)).toEqual([...always, ...ofAdmin].sort());
    expect(await names({ given: [...given, 'drop table alembic_version'] }, asked)).toEqual(
      [...always, ...ofAdmin].sort(),
    );
    expect(await names({ given: [...given, 'alter table alembic_version owner to agent_bom_admin'] }, asked)).toEqual(
      always,
    );
    const members = `select count(*)::text as name from pg_proc p join pg_depend d on d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
                      where p.pronamespace = 'public'::regnamespace
                        and p.oid <> all (current_setting('agent_bom.foreign_routines')::oid[])`;
    expect(await names({ given: [] }, members)).toEqual(['0']);
  });

  it('code: of others is what answers to a name that sessions of the contract say, whoever is not trusted', async () => {
    const owners = Object.keys(TRUSTED);
    const given = [
      ...PEOPLE,
      ...owners.flatMap((owner, number) => [
        `create function public.lower(${'int, '.repeat(number)}int) returns bool ${AS_IS}`,
        `alter function public.lower(${'int, '.repeat(number)}int) owner to ${owner}`,
      ]),
    ];
    const listed = (trusted: Readonly<Record<string, boolean>>) =>
      owners
        .flatMap((owner, number) =>
          trusted[owner]
            ? []
            : [
                {
                  owner,
                  args: Array(number + 1)
                    .fill('integer')
                    .join(),
                },
              ],
        )
        .map(({ owner, args }) => `function public.lower(${args}) of ${owner}: DROP FUNCTION public.lower(${args});`);
    const sorted = (found: string[]) => found.sort((a, b) => a.length - b.length);
    const expected = (trusted = TRUSTED) => sorted(listed(trusted));
    expect(sorted(await code(given))).toEqual(expected());
    // Whoever runs the steps is trusted once it may create roles, and nobody for being logged in.
    expect(sorted(await code(given, 'creator'))).toEqual(expected({ ...TRUSTED, creator: true }));
    expect(sorted(await code(given, 'stranger'))).toEqual(expected());
    expect(sorted(await code(given, 'agent_bom_app'))).toEqual(expected());
  });

  it('code: of others is every kind of object, and only where sessions of the contract look', async () => {
    expect(await code([...PEOPLE, ...HARMLESS])).toEqual([]);
    const named = await code([...PEOPLE, ...NAMED]);
    expect(named).toEqual([
      'aggregate public.max(pg_catalog.text,integer) of stranger: DROP AGGREGATE public.max(pg_catalog.text,integer);',
      'cast (integer AS pg_catalog.text): DROP CAST (integer AS pg_catalog.text);',
      'cast (pg_catalog.text AS reports.kind): DROP CAST (pg_catalog.text AS reports.kind);',
      'conversion reports."A Conversion" of stranger: DROP CONVERSION reports."A Conversion";',
      'event trigger "Of Strangers" of stranger: DROP EVENT TRIGGER "Of Strangers";',
      'function public.abom_shows() of stranger: DROP FUNCTION public.abom_shows();',
      'function public.concat(pg_catalog.text,pg_catalog.name) of stranger: ALTER EXTENSION citext DROP FUNCTION public.concat(pg_catalog.text,pg_catalog.name); DROP FUNCTION public.concat(pg_catalog.text,pg_catalog.name);',
      'function public.similarity(integer) of stranger: DROP FUNCTION public.similarity(integer);',
      'operator class reports.words USING btree of stranger: DROP OPERATOR CLASS reports.words USING btree;',
      'operator family reports.texts USING btree of stranger: DROP OPERATOR FAMILY reports.texts USING btree;',
      'operator public.<<->(pg_catalog.name,integer) of stranger: DROP OPERATOR public.<<->(pg_catalog.name,integer);',
      'operator public.<>(pg_catalog.name,integer) of stranger: DROP OPERATOR public.<>(pg_catalog.name,integer);',
      'procedure public.format(integer) of stranger: DROP PROCEDURE public.format(integer);',
      'type public.daterange of stranger: DROP TYPE public.daterange;',
      'type public.regrole of stranger: DROP TYPE public.regrole;',
    ]);
  });

  it('code: of others is what tables of the contract call of theirs, and what nobody calls by a name', async () => {
    expect(await code([...PEOPLE, ...CALLS])).toEqual([
      'default value for public."A Table"."A Column" calls reports.one(boolean) of stranger: ALTER TABLE public."A Table" ALTER "A Column" DROP DEFAULT;',
      'event trigger "Of Root" calls reports.ddl() of stranger: DROP EVENT TRIGGER "Of Root";',
      'index public."An Index" calls reports.one(boolean) of stranger: DROP INDEX public."An Index";',
      'policy "A Policy" on public."A Table" calls reports.one(boolean) of stranger: DROP POLICY "A Policy" on public."A Table";',
      'rule "A Rule" on public."A Table" calls reports.one(boolean) of stranger: DROP RULE "A Rule" on public."A Table";',
      'table constraint "A Check" on public."A Table" calls reports.one(boolean) of stranger: ALTER TABLE public."A Table" DROP CONSTRAINT "A Check";',
      'trigger "A Trigger" on public."A Table" calls reports.fires() of stranger: DROP TRIGGER "A Trigger" on public."A Table";',
    ]);
  });

  it('code: of others is what lets them begin a session of the contract elsewhere, or create where it looks', async () => {
    const given = [
      ...PEOPLE,
      'create role "Data Team"',
      'grant create on schema public to "Data Team", stranger, creator',
      'grant create on schema public to root, helper, "DMS", agent_bom_admin, agent_bom_app, agent_bom_backup, public',
      'grant usage on schema public to stranger',
      ...[
        'agent_bom_owner',
        'agent_bom_app',
        'agent_bom_maintenance_b',
        'agent_bom_admin',
        'agent_bom_readonly',
        '"Data Team"',
      ].map((name) => `create schema ${name}`),
    ];
    expect(await code(given)).toEqual([
      'CREATE on schema public for Data Team: REVOKE CREATE ON SCHEMA public FROM "Data Team";',
      'CREATE on schema public for creator: REVOKE CREATE ON SCHEMA public FROM creator;',
      'CREATE on schema public for stranger: REVOKE CREATE ON SCHEMA public FROM stranger;',
      'schema agent_bom_admin, into which sessions of the role agent_bom_admin look first: ALTER SCHEMA agent_bom_admin RENAME TO agent_bom_admin_renamed;',
      'schema agent_bom_app, into which sessions of the role agent_bom_app look first: ALTER SCHEMA agent_bom_app RENAME TO agent_bom_app_renamed;',
      'schema agent_bom_maintenance_b, into which sessions of the role agent_bom_maintenance_b look first: ALTER SCHEMA agent_bom_maintenance_b RENAME TO agent_bom_maintenance_b_renamed;',
      'schema agent_bom_owner, into which sessions of the role agent_bom_owner look first: ALTER SCHEMA agent_bom_owner RENAME TO agent_bom_owner_renamed;',
    ]);
    expect(await code(given, '"Data Team"')).toEqual([
      'CREATE on schema public for Data Team: REVOKE CREATE ON SCHEMA public FROM "Data Team";',
      'CREATE on schema public for creator: REVOKE CREATE ON SCHEMA public FROM creator;',
      'CREATE on schema public for stranger: REVOKE CREATE ON SCHEMA public FROM stranger;',
      'schema Data Team, into which sessions of the role Data Team look first: ALTER SCHEMA "Data Team" RENAME TO "Data Team_renamed";',
      'schema agent_bom_app, into which sessions of the role agent_bom_app look first: ALTER SCHEMA agent_bom_app RENAME TO agent_bom_app_renamed;',
      'schema agent_bom_maintenance_b, into which sessions of the role agent_bom_maintenance_b look first: ALTER SCHEMA agent_bom_maintenance_b RENAME TO agent_bom_maintenance_b_renamed;',
      'schema agent_bom_owner, into which sessions of the role agent_bom_owner look first: ALTER SCHEMA agent_bom_owner RENAME TO agent_bom_owner_renamed;',
    ]);
  });

  /** What a file says where it is refused, and what ends it. */
  async function refusal(file: string, given: readonly string[], as?: string): Promise<string> {
    const text = sqlOf(file).replace(/^(begin|commit);$/gm, '');
    try {
      await planted.ask({ given, ...(as && { as }) }, sqlOf('facts.sql'), text);
    } catch (error) {
      const { message, hint } = error as { message: string; hint?: string };
      return `${message}: ${hint}`;
    }
    return 'not refused';
  }

  it('refusals name what ends them', async () => {
    const another = ['create role "Another" createrole createdb'];
    const owner = [...another, 'grant agent_bom_owner to "Another" with admin option'];
    const url = (identity: string, value: string) => `set agent_bom.${identity}_url = '${value}'`;
    const urls = ['app', 'maintenance', 'backup'].map((name) =>
      url(name, `postgresql://agent_bom_${name}:secret@localhost/agent_bom`),
    );
    const [CREATE, LOGINS, PASSWORDS, REVOKE, REQUIRED] = [
      'before/010_create_roles.sql',
      'after/040_set_logins.sql',
      'after/050_set_passwords.sql',
      'revoke/010_revoke_previous_logins.sql',
      'verify/requirements.sql',
    ] as const;
    expect([
      await refusal(CREATE, another, '"Another"'),
      await refusal(CREATE, [...owner, 'revoke agent_bom_rls_maintenance from agent_bom_owner cascade'], '"Another"'),
      await refusal(CREATE, [...owner, 'revoke agent_bom_app from agent_bom_owner cascade'], '"Another"'),
      await refusal(LOGINS, ["set agent_bom.backup_connection_limit = 'some'"]),
      await refusal(LOGINS, ['alter role agent_bom_app_b replication']),
      await refusal(LOGINS, ['alter role agent_bom_backup bypassrls']),
      await refusal(LOGINS, ['alter role agent_bom_maintenance superuser']),
      await refusal(LOGINS, ["alter role agent_bom_app in database agent_bom set app.tenant_id = 'north'"]),
      await refusal(LOGINS, ["alter role agent_bom_app set app.tenant_id = 'north'"]),
      await refusal(PASSWORDS, [...urls, url('app', 'mysql://agent_bom_app:secret@localhost')]),
      await refusal(PASSWORDS, [...urls, url('app', ' postgresql://agent_bom_app:secret@localhost')]),
      await refusal(PASSWORDS, [...urls, url('maintenance', 'postgresql://agent_bom_app:secret@localhost')]),
      await refusal(PASSWORDS, [...urls, url('backup', 'postgresql://agent_bom_backup:1%@localhost')]),
      await refusal(PASSWORDS, [...urls, url('backup', 'postgresql://agent_bom_back%up:secret@localhost')]),
      await refusal(PASSWORDS, [...urls, url('backup', 'postgresql://agent_bom_backup:se#cret@localhost')]),
      await refusal(PASSWORDS, [...urls, url('app', 'postgres://agent_bom_app_b:secret@localhost')]),
      await refusal(REVOKE, [...urls, url('app', 'postgresql://agent_bom_backup:secret@localhost')]),
      await refusal(REVOKE, [...urls, url('maintenance', 'none')]),
      await refusal(REVOKE, [
        ...urls,
        url('app', 'postgresql://agent_bom_app_b:secret@localhost'),
        'alter role agent_bom_app_b nologin',
      ]),
      await refusal(REQUIRED, ['drop table scan_jobs']),
      await refusal(REQUIRED, ['drop table alembic_version']),
      await refusal(REQUIRED, []),
    ]).toEqual([
      'the role agent_bom_owner exists and the administrator Another may not act as it: Run as a superuser or as the role that created it: GRANT agent_bom_owner TO "Another" WITH ADMIN OPTION;',
      'the administrator Another may not become a member of agent_bom_rls_maintenance: Run as a superuser or as the role that created it: GRANT agent_bom_rls_maintenance TO "Another" WITH ADMIN OPTION;',
      'the role agent_bom_app exists and the administrator Another may not manage it: Run as a superuser or as the role that created it: GRANT agent_bom_app TO "Another" WITH ADMIN OPTION;',
      'the setting agent_bom.backup_connection_limit is not a number of connections: Pass it as a startup option: PGOPTIONS="-c agent_bom.backup_connection_limit=20".',
      'the role agent_bom_app_b has SUPERUSER, REPLICATION or BYPASSRLS: Run as a superuser: ALTER ROLE agent_bom_app_b NOSUPERUSER NOREPLICATION NOBYPASSRLS;',
      'the role agent_bom_backup has SUPERUSER, REPLICATION or BYPASSRLS: Run as a superuser: ALTER ROLE agent_bom_backup NOSUPERUSER NOREPLICATION NOBYPASSRLS;',
      'the role agent_bom_maintenance has SUPERUSER, REPLICATION or BYPASSRLS: Run as a superuser: ALTER ROLE agent_bom_maintenance NOSUPERUSER NOREPLICATION NOBYPASSRLS;',
      'the role agent_bom_app has the setting app.tenant_id, which the administrator may not take away: Run as a superuser: alter role agent_bom_app in database agent_bom reset "app.tenant_id";',
      'the role agent_bom_app has the setting app.tenant_id, which the administrator may not take away: Run as a superuser: alter role agent_bom_app  reset "app.tenant_id";',
      'AGENT_BOM_POSTGRES_URL is not a connection URL with a user and a password: Percent-encode user and password: postgresql://user:password@host:5432/agent_bom',
      'AGENT_BOM_POSTGRES_URL is not a connection URL with a user and a password: Percent-encode user and password: postgresql://user:password@host:5432/agent_bom',
      'AGENT_BOM_POSTGRES_MAINTENANCE_URL logs in as agent_bom_app: Its login is one of: agent_bom_maintenance, agent_bom_maintenance_b',
      'user or password in AGENT_BOM_POSTGRES_BACKUP_URL are not percent-encoded: A percent sign itself is written as %25.',
      'user or password in AGENT_BOM_POSTGRES_BACKUP_URL are not percent-encoded: A percent sign itself is written as %25.',
      'AGENT_BOM_POSTGRES_BACKUP_URL is not a connection URL with a user and a password: Percent-encode user and password: postgresql://user:password@host:5432/agent_bom',
      'not refused',
      'AGENT_BOM_POSTGRES_URL logs in as agent_bom_backup: Its login is one of: agent_bom_app, agent_bom_app_b',
      'AGENT_BOM_POSTGRES_MAINTENANCE_URL logs in as nobody: Its login is one of: agent_bom_maintenance, agent_bom_maintenance_b',
      'the login agent_bom_app_b of AGENT_BOM_POSTGRES_URL is not set up: Run `after` with the same URLs; nothing was revoked.',
      'the database agent_bom is not one of agent-bom, or its migrations have not run: Check the database of the URL, or run the migration Job.',
      'the database agent_bom is not one of agent-bom, or its migrations have not run: Check the database of the URL, or run the migration Job.',
      'not refused',
    ]);
  });

  it('refusals of a URL, by its parts, and how it may be written', async () => {
    const NO_URL =
      'AGENT_BOM_POSTGRES_URL is not a connection URL with a user and a password: Percent-encode user and password: postgresql://user:password@host:5432/agent_bom';
    const NOT_ENCODED =
      'user or password in AGENT_BOM_POSTGRES_URL are not percent-encoded: A percent sign itself is written as %25.';
    const cases = [
      ['postgres://agent_bom_app:secret@host', 'not refused'],
      ['postgresql+psycopg://agent_bom_app:secret@host', 'not refused'],
      ['postgresql+psycopg2://agent_bom_app:secret@host', 'not refused'],
      ['postgresql+psycopg3://agent_bom_app:secret@host', NO_URL],
      ['postgresql+asyncpg://agent_bom_app:secret@host', NO_URL],
      ['postgresqls://agent_bom_app:secret@host', NO_URL],
      ['postgresql://:secret@host', NO_URL],
      ['postgresql://agent_bom_app:@host', NO_URL],
      ['postgresql://agent_bom_app:secret', NO_URL],
      ...['/', '?', '#', ' ', '\t'].flatMap((sign) => [
        [`postgresql://agent_bom_app:se${sign}cret@host`, NO_URL],
        [`postgresql://agent${sign}bom_app:secret@host`, NO_URL],
      ]),
      ['postgresql://agent_bom_app:se:cret@host', 'not refused'],
      ['postgresql://agent_bom_app:%3A%3a@host', 'not refused'],
      ['postgresql://agent_bom_app:secret%3g@host', NOT_ENCODED],
      ['postgresql://agent_bom_app:secret%g3@host', NOT_ENCODED],
      ['postgresql://agent%5Fbom%5fapp:secret@host', 'not refused'],
    ];
    const others = ['maintenance', 'backup'].map(
      (name) => `set agent_bom.${name}_url = 'postgresql://agent_bom_${name}:secret@host'`,
    );
    const said: string[][] = [];
    for (const [url = ''] of cases) {
      const given = [...others, `set agent_bom.app_url = '${url}'`];
      said.push([url, await refusal('after/050_set_passwords.sql', given)]);
    }
    expect(said).toEqual(cases);
  });
});
