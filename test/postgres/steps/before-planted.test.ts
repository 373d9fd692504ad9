import { SERVER_TIMEOUT_MS } from '../../support/postgres/database';
import { PlantedServer, sqlOf } from '../../support/postgres/planted';

jest.setTimeout(SERVER_TIMEOUT_MS);

const CLOSE = 'before/006_close_schema.sql';
const CREATE = 'before/010_create_roles.sql';
const REFUSE = 'before/007_refuse_foreign_code.sql';

describe.each([
  '15',
  '18',
] as const)('what the first files of before do with what is planted, on PostgreSQL %s', (major) => {
  let planted: PlantedServer;

  beforeAll(async () => {
    planted = await PlantedServer.start(major);
  });

  afterAll(() => planted.stop());

  /** What is found after a file, as lines; or what it says where it is refused, and what ends it. */
  async function outcome(file: string, given: readonly string[], found: string, as?: string): Promise<string[]> {
    try {
      const rows = await planted.ask<{ line: string }>(
        { given, ...(as && { as }) },
        sqlOf('facts.sql'),
        sqlOf(file).replace(/^(begin|commit);$/gm, ''),
        found,
      );
      return rows.map(({ line }) => line);
    } catch (error) {
      const { message, hint } = error as { message: string; hint?: string };
      return [`refused: ${message}: ${hint}`];
    }
  }

  describe('the schema public', () => {
    const GRANTS = `
      select concat_ws(' ', nspname, coalesce(r.rolname, 'PUBLIC'), a.privilege_type, case when a.grantor <> n.nspowner then 'of ' || a.grantor::regrole end) as line
        from pg_namespace n
       cross join aclexplode(nspacl) a
        left join pg_roles r on r.oid = a.grantee
       where nspname in ('public', 'reports') and coalesce(r.rolname, '') !~ '^agent_bom_(app|backup|maintenance|rls)'
       order by 1`;
    const OTHERS = [
      'create role "Data Team"',
      'create role heir',
      'create role root superuser',
      'create role usage',
      'create schema reports',
      'grant create on schema reports to usage, public',
      'grant usage on schema public to usage',
    ];

    it('is closed to all but superusers, the owner and the administrator', async () => {
      const given = [
        ...OTHERS,
        'grant create on schema public to public, root, agent_bom_owner, agent_bom_admin',
        'grant create on schema public to "Data Team" with grant option',
        'set role "Data Team"',
        'grant create on schema public to heir',
        'reset role',
      ];
      expect(await outcome(CLOSE, given, GRANTS)).toEqual([
        'public PUBLIC USAGE',
        'public agent_bom_admin CREATE',
        'public agent_bom_owner CREATE',
        'public pg_database_owner CREATE',
        'public pg_database_owner USAGE',
        'public root CREATE',
        'public usage USAGE',
        'reports PUBLIC CREATE',
        'reports rdsadmin CREATE',
        'reports rdsadmin USAGE',
        'reports usage CREATE',
      ]);
    });

    it('or is refused with the statements that close it', async () => {
      // The administrator revokes what it has granted itself, and not what the owner of the schema or its own has.
      const given = [
        ...OTHERS,
        'grant create on schema public to public, "Data Team", root',
        'grant create on schema public to agent_bom_admin, agent_bom_owner with grant option',
        'set role agent_bom_owner',
        'grant create on schema public to heir, "Data Team"',
        'set role agent_bom_admin',
        'grant create on schema public to "Data Team"',
        'reset role',
      ];
      const statements = [
        'REVOKE CREATE ON SCHEMA public FROM "Data Team" CASCADE;',
        'REVOKE CREATE ON SCHEMA public FROM PUBLIC CASCADE;',
        'SET ROLE agent_bom_owner; REVOKE CREATE ON SCHEMA public FROM "Data Team" CASCADE; RESET ROLE;',
        'SET ROLE agent_bom_owner; REVOKE CREATE ON SCHEMA public FROM heir CASCADE; RESET ROLE;',
      ];
      const [refused = '', ...more] = await outcome(CLOSE, given, GRANTS);
      expect(more).toEqual([]);
      const [message, hint = ''] = refused.split(': Run as a superuser: ');
      expect(message).toBe('refused: others may create in the schema public of the database agent_bom');
      expect(hint.match(/SET ROLE.*?RESET ROLE;|REVOKE [^;]*;/g)?.sort()).toEqual(statements);
      expect(await outcome(CLOSE, [...given, ...statements], GRANTS)).toEqual([
        'public PUBLIC USAGE',
        'public agent_bom_admin CREATE',
        'public agent_bom_owner CREATE',
        'public pg_database_owner CREATE',
        'public pg_database_owner USAGE',
        'public root CREATE',
        'public usage USAGE',
        'reports PUBLIC CREATE',
        'reports rdsadmin CREATE',
        'reports rdsadmin USAGE',
        'reports usage CREATE',
      ]);
    });
  });

  it('extensions are tried, and not there after it', async () => {
    const found = `select concat_ws(' ', extname, extnamespace::regnamespace) as line from pg_extension order by 1`;
    const gone = ['drop extension pgcrypto cascade', 'drop extension pg_trgm cascade'];
    const elsewhere = (schema: string) => [
      ...gone,
      'set allow_system_table_mods = on',
      'create schema x',
      `create extension pg_trgm schema ${schema}`,
    ];
    expect(await outcome(REFUSE, [], found)).toEqual(['pg_trgm public', 'pgcrypto public', 'plpgsql pg_catalog']);
    expect(await outcome(REFUSE, gone, found)).toEqual(['plpgsql pg_catalog']);
    expect(await outcome(REFUSE, elsewhere('pg_catalog'), found)).toEqual(['pg_trgm pg_catalog', 'plpgsql pg_catalog']);
    expect(await outcome(REFUSE, [...elsewhere('x'), 'create extension citext schema x'], found)).toEqual([
      'refused: the extension pg_trgm is installed in the schema x, where the migrations do not look for it: Run as its owner or as a superuser: ALTER EXTENSION pg_trgm SET SCHEMA public;',
    ]);
  });

  it('extensions that may not be created are named, and what others left, in the order of their names', async () => {
    const refusing = [
      'drop extension pgcrypto cascade',
      'create schema provider',
      `create function provider.refuse() returns event_trigger language plpgsql as $$ begin
         if not (select rolsuper from pg_roles where rolname = session_user) then raise exception 'not on the list'; end if; end $$`,
      "create event trigger refuse on ddl_command_start when tag in ('CREATE EXTENSION') execute function provider.refuse()",
      'grant usage on schema provider to public',
    ];
    expect(await outcome(REFUSE, refusing, 'select 1')).toEqual([
      'refused: the administrator agent_bom_admin may not create the extension pgcrypto: not on the list: ' +
        'Run as a superuser, in the database agent_bom: CREATE EXTENSION pgcrypto SCHEMA public; managed servers have a list of allowed extensions.',
    ]);
    const left = [
      'create role stranger',
      ...['oid', 'name'].flatMap((name) => [
        `create domain public.${name} as pg_catalog.text`,
        `alter domain public.${name} owner to stranger`,
      ]),
      // Named before the types, and its statement would be after theirs by itself.
      'grant create on schema public to stranger',
    ];
    expect(await outcome(REFUSE, left, 'select 1')).toEqual([
      'refused: others left in the database agent_bom what would run with the rights of the administrator agent_bom_admin: ' +
        'CREATE on schema public for stranger; type public.name of stranger; type public.oid of stranger: ' +
        'Look at each, and run as its owner or as a superuser in the database agent_bom: ' +
        'REVOKE CREATE ON SCHEMA public FROM stranger; DROP TYPE public.name; DROP TYPE public.oid;',
    ]);
  });

  describe('roles', () => {
    /** Of the contract's roles what they may, and who is a member of them, how and by whom. */
    const ROLES = `reset session authorization;
      select line from (
        select concat_ws(' ', rolname, case when rolcanlogin then 'logs in' end, case when rolcreaterole then 'creates roles' end, case when rolcreatedb then 'creates databases' end) as line
          from pg_roles where rolname ~ '^agent_bom'
        union all
        select concat_ws(' ', member::regrole, 'in', roleid::regrole, 'by', grantor::regrole, case when admin_option then 'admin' end,
                         case when (to_jsonb(m) ->> 'inherit_option')::bool then 'inherit' end, case when (to_jsonb(m) ->> 'set_option')::bool then 'set' end)
          from pg_auth_members m where roleid::regrole::text ~ '^agent_bom') found
       order by 1`;
    const ANOTHER = ['create role "Another" createrole createdb'];

    /** What the file changes: lines that are gone begin with -, and new ones with +. */
    async function changes(given: readonly string[], as?: string): Promise<string[]> {
      const before = (await planted.ask<{ line: string }>({ given }, ROLES)).map(({ line }) => line);
      const found = await outcome(CREATE, given, ROLES, as);
      if (found[0]?.startsWith('refused')) return found;
      return [
        ...before.filter((line) => !found.includes(line)).map((line) => `- ${line}`),
        ...found.filter((line) => !before.includes(line)).map((line) => `+ ${line}`),
      ];
    }

    it('are as they are where the contract holds', async () => {
      expect(await changes([])).toEqual([]);
    });

    it('the owner neither logs in nor lacks the right to create roles, and nobody else is changed', async () => {
      const other = 'create role agent_bom_other login';
      expect(await changes([other, 'alter role agent_bom_owner login'])).toEqual([
        '- agent_bom_owner logs in creates roles',
        '+ agent_bom_owner creates roles',
      ]);
      expect(await changes([other, 'alter role agent_bom_owner nocreaterole'])).toEqual([
        '- agent_bom_owner',
        '+ agent_bom_owner creates roles',
      ]);
    });

    /** What is otherwise since roles may be members without acting as the role. */
    const before16 = major === '15' ? it : it.skip;
    const since16 = major === '15' ? it.skip : it;

    since16('the administrator acts as the owner', async () => {
      const given = (options: string) => [...ANOTHER, `grant agent_bom_owner to "Another" with ${options}`];
      const acts = ['+ "Another" in agent_bom_owner by "Another" inherit set'];
      const refused = [
        'refused: the role agent_bom_owner exists and the administrator Another may not act as it: Run as a superuser or as the role that created it: GRANT agent_bom_owner TO "Another" WITH ADMIN OPTION;',
      ];
      expect(await changes(given('inherit true, set true, admin false'), '"Another"')).toEqual([]);
      for (const options of ['inherit true, set false', 'inherit false, set true', 'inherit false, set false']) {
        expect(await changes(given(`${options}, admin true`), '"Another"')).toEqual(acts);
        expect(await changes(given(`${options}, admin false`), '"Another"')).toEqual(refused);
      }
      // Whoever inherits nothing by itself, and has kept itself from acting as the owner.
      const kept = [
        'alter role "Another" noinherit',
        'set role "Another"',
        'grant agent_bom_owner to "Another" with inherit false, set false',
        'reset role',
      ];
      expect(await changes([...given('inherit false, set false, admin true'), ...kept], '"Another"')).toEqual([
        '- "Another" in agent_bom_owner by "Another"',
        ...acts,
      ]);
    });

    before16(
      'the administrator acts as the owner, and is a member of the marker where the packaged migrations have run',
      async () => {
        const owner = '+ "Another" in agent_bom_owner by "Another"';
        const marker = '+ "Another" in agent_bom_rls_maintenance by agent_bom_owner admin';
        expect(await changes(ANOTHER, '"Another"')).toEqual([owner, marker]);
        expect(await changes([...ANOTHER, 'grant agent_bom_owner to "Another"'], '"Another"')).toEqual([marker]);
        expect(await changes([...ANOTHER, 'drop table alembic_version'], '"Another"')).toEqual([owner]);
        // Also where it does not inherit from it.
        const member = [
          'alter role "Another" noinherit',
          'grant agent_bom_rls_maintenance, agent_bom_owner to "Another"',
        ];
        expect(await changes([...ANOTHER, ...member], '"Another"')).toEqual([]);
      },
    );

    it('the owner creates logins that are gone', async () => {
      const gone = ['agent_bom_backup', 'agent_bom_app_b'].flatMap((login) => [
        `drop owned by ${login}`,
        `drop role ${login}`,
      ]);
      expect(await changes(gone)).toEqual([
        '+ agent_bom_backup logs in',
        ...(major === '15' ? [] : ['+ agent_bom_owner in agent_bom_backup by rdsadmin admin']),
      ]);
    });

    since16('the owner manages logins that are there', async () => {
      const left = 'revoke agent_bom_app from agent_bom_owner cascade';
      const admin = 'grant agent_bom_app to agent_bom_admin with admin option';
      const manages = ['+ agent_bom_owner in agent_bom_app by agent_bom_admin admin'];
      expect(await changes([left, admin])).toEqual(manages);
      expect(await changes([left, admin, 'grant agent_bom_app to agent_bom_owner with inherit false'])).toEqual(
        manages,
      );
      // As the administrator, also after the owner has created another.
      const mixed = [
        'drop owned by agent_bom_app',
        'drop role agent_bom_app',
        'revoke agent_bom_backup from agent_bom_owner cascade',
        'grant agent_bom_backup to agent_bom_admin with admin option',
      ];
      expect(await changes(mixed)).toEqual([
        '+ agent_bom_app logs in',
        '+ agent_bom_owner in agent_bom_app by rdsadmin admin',
        '+ agent_bom_owner in agent_bom_backup by agent_bom_admin admin',
      ]);
      expect(await changes([left, 'grant agent_bom_app to agent_bom_admin'])).toEqual([
        'refused: the role agent_bom_app exists and the administrator agent_bom_admin may not manage it: Run as a superuser or as the role that created it: GRANT agent_bom_app TO agent_bom_admin WITH ADMIN OPTION;',
      ]);
    });
  });
});
