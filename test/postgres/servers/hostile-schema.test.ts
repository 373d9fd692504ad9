import { EmbeddedServer } from '../../../commands/embedded/server';
import { defaultParameters, packagedUrl, rehearsalUrls, runStandIn } from '../../../commands/rehearse/rehearse';
import { applyStep, type ContractRun } from '../../../commands/shared/postgres/contract-runner';
import { ContractError, type Mistake } from '../../../contract/error';
import { query, SERVER_TIMEOUT_MS, superuserUrl, verified } from '../../support/postgres/database';

jest.setTimeout(SERVER_TIMEOUT_MS);

const MALLORY = { user: 'mallory', password: 'planted' };
/** What makes whoever runs it as an administrator give the owner role away; nothing for everybody else. */
const TAKE = `if exists (select from pg_roles where rolname = 'agent_bom_owner') and current_user <> 'mallory' then
              grant agent_bom_owner to mallory; end if`;

interface Planted {
  readonly kind: string;
  readonly sql: readonly string[];
  readonly object: string;
  readonly fix: string;
  /** Whether it takes a superuser, and remains when that role is one no more. */
  readonly formerSuperuser?: true;
}

const PLANTED: readonly Planted[] = [
  {
    kind: 'routines with names of PostgreSQL and of the contract',
    sql: [
      `create function public.format(text, name) returns text language plpgsql as $$ begin ${TAKE};
         return pg_catalog.format($1, variadic array[$2::text]); end $$`,
      'create function public.abom_shows() returns int language sql as $$ select 1 $$',
    ],
    object:
      'function public.abom_shows() of mallory; ' +
      'function public.format(pg_catalog.text,pg_catalog.name) of mallory',
    fix: 'DROP FUNCTION public.abom_shows(); DROP FUNCTION public.format(pg_catalog.text,pg_catalog.name);',
  },
  {
    kind: 'a routine that was made a member of an extension',
    sql: [
      'create extension citext',
      'create function public.concat(text, name) returns text language sql as $$ select null $$',
      'alter extension citext add function public.concat(text, name)',
    ],
    object: 'function public.concat(pg_catalog.text,pg_catalog.name) of mallory',
    fix:
      'ALTER EXTENSION citext DROP FUNCTION public.concat(pg_catalog.text,pg_catalog.name); ' +
      'DROP FUNCTION public.concat(pg_catalog.text,pg_catalog.name);',
  },
  {
    kind: 'an operator',
    sql: [
      'create schema if not exists plants',
      `create function plants.differs(name, text) returns bool language plpgsql as $$ begin ${TAKE}; return true; end $$`,
      'create operator public.<> (function = plants.differs, leftarg = name, rightarg = text)',
    ],
    object: 'operator public.<>(pg_catalog.name,pg_catalog.text) of mallory',
    fix: 'DROP OPERATOR public.<>(pg_catalog.name,pg_catalog.text);',
  },
  {
    kind: 'a type',
    sql: ["create type public.regrole as enum ('agent_bom_owner')"],
    object: 'type public.regrole of mallory',
    fix: 'DROP TYPE public.regrole;',
  },
  {
    kind: 'a cast',
    sql: [
      'create schema if not exists plants',
      "create type plants.kind as enum ('a')",
      'create function plants.kind(text) returns plants.kind language sql as $$ select null::plants.kind $$',
      'create cast (text as plants.kind) with function plants.kind(text) as implicit',
    ],
    object: 'cast (pg_catalog.text AS plants.kind)',
    fix: 'DROP CAST (pg_catalog.text AS plants.kind);',
  },
  {
    kind: 'a schema with the name of the owner role',
    sql: ['create schema agent_bom_owner'],
    object: 'schema agent_bom_owner, into which sessions of the role agent_bom_owner look first',
    fix: 'ALTER SCHEMA agent_bom_owner RENAME TO agent_bom_owner_renamed;',
  },
  {
    kind: 'a schema with the name of a login',
    sql: ['create schema agent_bom_app_b'],
    object: 'schema agent_bom_app_b, into which sessions of the role agent_bom_app_b look first',
    fix: 'ALTER SCHEMA agent_bom_app_b RENAME TO agent_bom_app_b_renamed;',
  },
  {
    kind: 'a conversion',
    sql: [
      'create schema if not exists plants',
      "create default conversion plants.latin for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8",
    ],
    object: 'conversion plants.latin of mallory',
    fix: 'DROP CONVERSION plants.latin;',
  },
  {
    kind: 'a family and a class of operators',
    sql: [
      'create schema if not exists plants',
      'create operator family plants.texts using btree',
      'create operator class plants.words for type text using btree family plants.texts as operator 1 <',
    ],
    object: 'operator class plants.words USING btree of mallory; operator family plants.texts USING btree of mallory',
    fix: 'DROP OPERATOR CLASS plants.words USING btree; DROP OPERATOR FAMILY plants.texts USING btree;',
    formerSuperuser: true,
  },
  {
    kind: 'an event trigger',
    sql: [
      'create schema if not exists plants',
      `create function plants.ddl() returns event_trigger language plpgsql as $$ begin ${TAKE}; end $$`,
      'create event trigger ddl on ddl_command_start execute function plants.ddl()',
    ],
    object: 'event trigger ddl of mallory',
    fix: 'DROP EVENT TRIGGER ddl;',
    formerSuperuser: true,
  },
];

describe.each(['15', '18'] as const)('PostgreSQL %s, where a login could create in public', (major) => {
  let server: EmbeddedServer;
  let run: ContractRun;

  beforeAll(async () => {
    server = await EmbeddedServer.start({ major });
    run = { urls: rehearsalUrls(server), parameters: defaultParameters() };
    await asSuperuser(
      "create role mallory login password 'planted'",
      'grant create on schema public to public',
      'grant create on database agent_bom to mallory',
    );
  });

  afterAll(() => server.stop());

  const asSuperuser = (...sql: string[]) => query(superuserUrl(server), ...sql);
  const asMallory = (...sql: string[]) => query(server.urlFor(MALLORY), ...sql);
  const mayActAsOwner = async () =>
    (
      await asSuperuser(
        "select from pg_roles where rolname = 'agent_bom_owner' and pg_has_role('mallory', oid, 'MEMBER')",
      )
    ).length > 0;

  async function refusal(): Promise<Mistake | undefined> {
    try {
      await applyStep('before', run);
    } catch (error) {
      if (error instanceof ContractError) return error.mistakes[0];
      throw error;
    }
    return undefined;
  }

  it.each(PLANTED)('refuses $kind before it runs', async ({ sql, object, fix, formerSuperuser }) => {
    if (formerSuperuser) await asSuperuser('alter role mallory superuser');
    await asSuperuser('grant create on schema public to public');
    await asMallory(...sql);
    if (formerSuperuser) await asSuperuser('alter role mallory nosuperuser');
    const refused = await refusal();
    expect(refused).toMatchObject({
      got:
        'others left in the database agent_bom what would run with the rights of the administrator agent_bom_admin: ' +
        object,
      fix: `Look at each, and run as its owner or as a superuser in the database agent_bom: ${fix}`,
    });
    expect(await asSuperuser("select from pg_roles where rolname = 'agent_bom_owner'")).toEqual([]);
    // Nothing new is planted while somebody looks at it.
    await expect(asMallory('create function public.more() returns int language sql as $$ select 1 $$')).rejects.toThrow(
      'permission denied for schema public',
    );
    const renamed = ['agent_bom_owner_renamed', 'agent_bom_app_b_renamed'];
    await asSuperuser(fix, ...['plants', ...renamed].map((name) => `drop schema if exists ${name} cascade`));
  });

  it('takes away what somebody passed on', async () => {
    await asSuperuser('create role "The heir"', 'grant create on schema public to mallory with grant option');
    await asMallory('grant create on schema public to "The heir"');
    expect(await refusal()).toBeUndefined();
    const may = "select has_schema_privilege(r, 'public', 'create') as may from unnest('{mallory,The heir}'::text[]) r";
    expect(await asSuperuser(may)).toEqual([{ may: false }, { may: false }]);
    await asSuperuser('drop role "The heir"');
  });

  it('leaves a function of a superuser and what is in schemas of others as they are', async () => {
    await asSuperuser('create function public.dba_helper() returns int language sql as $$ select 1 $$');
    await asMallory(
      'create schema reports',
      'create function reports.format(text, name) returns text language sql as $$ select null::text $$',
      'create type reports.kind as enum ()',
      'create table reports.mine (n int default 1)',
    );
    expect(await refusal()).toBeUndefined();
    await runStandIn(packagedUrl(server));
    await applyStep('after', run);
    expect((await verified(run)).filter(({ status }) => status === 'fail')).toEqual([]);
    await asSuperuser('drop function public.dba_helper()');
    expect(await mayActAsOwner()).toBe(false);
  });

  it('does not probe with what others left, and passes when it is gone', async () => {
    await asSuperuser('create domain public.oid as text');
    const status = async () => Object.fromEntries((await verified(run)).map(({ id, status: found }) => [id, found]));
    for (const owner of ['mallory', 'agent_bom_app']) {
      await asSuperuser(`alter domain public.oid owner to ${owner}`);
      expect(await status()).toMatchObject({ 'schema.foreign-code': 'fail', 'tenancy.probe': 'skip' });
    }
    await asSuperuser('drop domain public.oid');
    expect(await status()).toMatchObject({ 'schema.foreign-code': 'pass', 'tenancy.probe': 'pass' });
  });

  it('has the packaged migrations look into public alone', async () => {
    expect(await query(packagedUrl(server), 'show search_path')).toEqual([{ search_path: 'public,pg_temp' }]);
  });
});
