import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { EmbeddedServer } from '../../../commands/embedded/server';
import { defaultParameters, packagedUrl, rehearsalUrls, runStandIn } from '../../../commands/rehearse/rehearse';
import { applyStep, type ContractRun } from '../../../commands/shared/postgres/contract-runner';
import { RUNTIME_IDENTITIES } from '../../../contract/postgres/identities';
import { query, SERVER_TIMEOUT_MS, superuserUrl, verified } from '../../support/postgres/database';
import { sqlOf } from '../../support/postgres/planted';

jest.setTimeout(SERVER_TIMEOUT_MS);

/** What the sessions of each identity wait for, and how long, as `docs/about/security.md` and the comments in facts.sql say. */
const SETTINGS = {
  app: ['idle_in_transaction_session_timeout=0', 'lock_timeout=5s', 'statement_timeout=30s'],
  maintenance: ['idle_in_transaction_session_timeout=10min', 'lock_timeout=5s', 'statement_timeout=30s'],
  backup: [
    'default_transaction_read_only=on',
    'idle_in_transaction_session_timeout=0',
    'lock_timeout=60s',
    'statement_timeout=0',
  ],
};

/** What RFC 4013 has clients leave out, from the hyphen that is not shown to the mark of the byte order. */
const UNSEEN = '\u00ad\u034f\u1806\u180b\u180c\u180d\u200c\u200d\u2060\ufe00\ufe08\ufe0f\ufeff';

describe('the logins', () => {
  let server: EmbeddedServer;
  let run: ContractRun;

  beforeAll(async () => {
    server = await EmbeddedServer.start();
    run = { urls: rehearsalUrls(server), parameters: defaultParameters() };
    await applyStep('before', run);
    await runStandIn(packagedUrl(server));
    await applyStep('after', run);
  });

  afterAll(() => server.stop());

  const asSuperuser = <Row extends object>(...sql: string[]) => query<Row>(superuserUrl(server), ...sql);

  it.each(RUNTIME_IDENTITIES)('of $name have the settings of their identity and no others', async ({
    name,
    logins,
  }) => {
    for (const login of logins) {
      const [row] = await asSuperuser<{ settings: string[] }>(
        `select array(select unnest(rolconfig) order by 1) as settings from pg_roles where rolname = '${login}'`,
      );
      expect(row?.settings).toEqual(SETTINGS[name]);
    }
  });

  it('have passwords that take a guesser 4096 rounds for each guess and each login', async () => {
    const stored = await asSuperuser<{ password: string }>(
      "select rolpassword as password from pg_authid where rolname ~ '^agent_bom_(app|maintenance|backup)$'",
    );
    expect(stored).toHaveLength(3);
    const form = /^SCRAM-SHA-256\$4096:([A-Za-z0-9+/]{22}==)\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$/;
    const salts = stored.map(({ password }) => form.exec(password)?.[1]);
    expect(salts).not.toContain(undefined);
    // What the server would make of a password that it is told: the contract never tells it one.
    await asSuperuser("alter role agent_bom_admin set password_encryption = 'md5'");
    await applyStep('after', run);
    await asSuperuser('alter role agent_bom_admin reset password_encryption');
    const again = await asSuperuser<{ password: string }>(
      "select rolpassword as password from pg_authid where rolname ~ '^agent_bom_(app|maintenance|backup)$'",
    );
    expect(new Set([...salts, ...again.map(({ password }) => form.exec(password)?.[1])]).size).toBe(6);
  });

  it.each([
    ['spaces of other scripts', 'one\u00a0\u1680\u200a\u200b\u3000two', 'one     two'],
    ['what is not shown', `one${UNSEEN}two`, 'onetwo'],
    ['a digit of Western Europe', 'one\u00b2two', 'one2two'],
    ['a letter in another form', 'one\uff21two', 'oneAtwo'],
  ])('accept %s as every client prepares it', async (_what, password, prepared) => {
    const user = 'agent_bom_app';
    // Drivers of SQLAlchemy are in the scheme, and digits of both cases in what is encoded.
    const app = server
      .urlFor({ user, password })
      .replace('postgresql:', 'postgresql+psycopg2:')
      .replace(/%\w\w/g, (code) => code.toLowerCase());
    await applyStep('after', { ...run, urls: { ...run.urls, app } });
    expect(await query(server.urlFor({ user, password: prepared }), 'select current_user as login')).toEqual([
      { login: user },
    ]);
    await applyStep('after', run);
  });

  it('have of every password what clients compute: of every length, at both ends of each range of letters', async () => {
    const [functions = ''] = sqlOf('after/050_set_passwords.sql')
      .replace(/^begin;.*?(?=create)/ms, '')
      .split(/^do /m);
    const as = (password: string) => ({ password, prepared: password });
    const cases = [
      ...[1, 63, 64, 65, 130].map((length) => as('p'.repeat(length))),
      as('\u0001\u007f'),
      { password: '\u00aa\u0301\u00ad', prepared: 'a\u0301'.normalize('NFKC') },
      // As it is from the first of the emoji to the last, and prepared beside them.
      as('\u{1f000}\u00ad'),
      as('\u{1faff}\u00ad'),
      { password: '\u{1efff}\u00ad', prepared: '\u{1efff}' },
      { password: '\u{1fb00}\u00ad', prepared: '\u{1fb00}' },
    ];
    const literal = (text: string) => `'${text}'`;
    const asked = cases.map(({ password }) => `pg_temp.scram_verifier(${literal(password)})`).join();
    const encoded = ['plain', 'a%20b', '%C3%A9t%c3%A9', '100%25', '%2f%3A%40', encodeURIComponent('\u{1f600}')];
    const decoded = encoded.map((text) => `pg_temp.percent_decode(${literal(text)})`).join();
    const [row] = await asSuperuser<{ verifiers: string[]; texts: string[] }>(
      functions,
      `select array[${asked}] as verifiers, array[${decoded}] as texts`,
    );
    expect(row?.texts).toEqual(encoded.map(decodeURIComponent));
    const computed = cases.map(({ prepared }, index) => {
      const salt = row?.verifiers[index]?.split(/[:$]/)[2] ?? '';
      const salted = pbkdf2Sync(prepared, Buffer.from(salt, 'base64'), 4096, 32, 'sha256');
      const key = (name: string) => createHmac('sha256', salted).update(name).digest();
      const stored = createHash('sha256').update(key('Client Key')).digest('base64');
      return `SCRAM-SHA-256$4096:${salt}$${stored}:${key('Server Key').toString('base64')}`;
    });
    expect(row?.verifiers).toEqual(computed);
  });

  it('read what a later migration keeps of a query', async () => {
    const drop = ['materialized view', 'view', 'sequence'].map(
      (kind, at) => `drop ${kind} if exists public.later_${at}`,
    );
    await asSuperuser(...drop);
    await query(
      packagedUrl(server),
      'create materialized view public.later_0 as select 1 as one',
      'create view public.later_1 as select 1 as one',
      'create sequence public.later_2',
    );
    await applyStep('after', run);
    const held = await asSuperuser<{ held: string }>(
      `select concat_ws(' ', relname, grantee::regrole, string_agg(privilege_type, ',' order by privilege_type)) as held
         from pg_class, aclexplode(relacl) where relname like 'later\\__' and grantee <> relowner
        group by relname, grantee order by 1`,
    );
    expect(held.map((row) => row.held)).toEqual([
      'later_0 agent_bom_app DELETE,INSERT,SELECT,UPDATE',
      'later_0 agent_bom_backup SELECT',
      'later_1 agent_bom_app DELETE,INSERT,SELECT,UPDATE',
      'later_1 agent_bom_backup SELECT',
      'later_2 agent_bom_app SELECT,USAGE',
      'later_2 agent_bom_backup SELECT',
    ]);
    await asSuperuser(...drop);
  });

  it('lose what somebody granted them by hand', async () => {
    await asSuperuser(
      'drop role if exists reporting',
      'create role reporting',
      'grant select on alembic_version to reporting',
      'grant select on agent_bom_tenant_binding_keys to agent_bom_app',
      'grant update on alembic_version to agent_bom_app',
      'grant delete on scan_jobs to agent_bom_backup',
      'grant select on osv_cache to public',
      'drop policy agent_bom_backup_reads on scan_jobs',
      'create policy agent_bom_backup_reads on scan_jobs to agent_bom_backup using (true)',
    );
    await query(run.urls.admin, 'set role agent_bom_owner', 'grant agent_bom_backup to agent_bom_app');
    await applyStep('after', run);
    expect((await verified(run)).filter(({ status }) => status === 'fail')).toEqual([]);
    // Nobody else loses what does no harm.
    expect(await asSuperuser("select has_table_privilege('reporting', 'alembic_version', 'select') as may")).toEqual([
      { may: true },
    ]);
    await asSuperuser('drop owned by reporting', 'drop role reporting');
  });

  it('do not reach another tenant by asking for the bypass, or the probe says so', async () => {
    await asSuperuser(
      `create or replace function abom_rls_bypass() returns boolean language sql stable as
       $$ select coalesce(current_setting('app.bypass_rls', true), '') = '1' $$`,
    );
    const failed = (await verified(run)).filter(({ status }) => status === 'fail');
    expect(failed.map(({ id }) => id)).toEqual(['tenancy.probe']);
  });

  it('leave no row of the probe behind', async () => {
    const counts = await asSuperuser<{ rows: number }>(
      `select (xpath('/row/n/text()', query_to_xml(format('select count(*) as n from %s where %I like ''contract-probe%%''',
                c.oid::regclass, a.attname), false, true, '')))[1]::text::int as rows
         from pg_class c
         join pg_attribute a on a.attrelid = c.oid and a.attname in ('tenant_id', 'team_id')
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'`,
    );
    expect(counts.length).toBeGreaterThan(30);
    expect(counts.filter(({ rows }) => rows > 0)).toEqual([]);
  });

  it('are not probed on a database without tenants, which is no pass', async () => {
    await asSuperuser(
      `do $$ declare name regclass; begin
         for name in select oid from pg_class where relnamespace = 'public'::regnamespace and relrowsecurity and not relispartition
         loop execute format('alter table %s disable row level security', name); end loop;
         for name in select oid from pg_class where relnamespace = 'public'::regnamespace and relrowsecurity
         loop execute format('alter table %s disable row level security', name); end loop;
       end $$`,
    );
    const probe = (await verified(run)).find(({ id }) => id === 'tenancy.probe');
    expect(probe).toEqual({ id: 'tenancy.probe', status: 'fail', detail: 'no table has a tenant' });
  });
});
