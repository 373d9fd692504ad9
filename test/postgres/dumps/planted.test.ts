import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clientPath } from '../../../commands/rehearse/restore-step';
import { DEFAULT_MAJOR } from '../../../contract/postgres/majors';
import { describeIf } from '../../support/describe-if';
import { hasClientTools, SERVER_TIMEOUT_MS, superuserUrl } from '../../support/postgres/database';
import { AS_OWNER, CONTENTS, everyKind, KINDS, OTHERS } from '../../support/postgres/dump-plants';
import { PlantedServer, sqlOf } from '../../support/postgres/planted';

jest.setTimeout(SERVER_TIMEOUT_MS);

const PROJECT = join(__dirname, '..', '..', '..');
const [, CONTRACT_ROLES = ''] =
  /^CONTRACT_ROLES='(.*)'$/m.exec(readFileSync(join(PROJECT, 'backup', 'archive.sh'), 'utf8')) ?? [];

describeIf(hasClientTools(Number(DEFAULT_MAJOR)))('what the files of a dump say of something planted', () => {
  let planted: PlantedServer;

  beforeAll(async () => {
    planted = await PlantedServer.start();
  });

  afterAll(() => planted.stop());

  const asBackup = (given: readonly string[]) => ({ given, as: 'agent_bom_backup' });
  const relations = () => [sqlOf('facts.sql'), sqlOf('dependents.sql'), sqlOf('../backup/relations.sql')];

  /** The lines of a file that psql has to read, less those of the contract alone. */
  function lines(file: string, given: readonly string[], ...files: string[]): string[] {
    const read = (statements: readonly string[]): string[] => {
      const { status, stdout, stderr } = spawnSync(
        'psql',
        [superuserUrl(planted.server), '-X', '-q', '-A', '-t', '-F', ' ', '-v', 'ON_ERROR_STOP=1', '-f', '-'],
        {
          encoding: 'utf8',
          env: { PATH: clientPath(Number(DEFAULT_MAJOR)) },
          input: [
            'begin;',
            ...statements.map((statement) => `${statement};`),
            `set agent_bom.contract_roles = '${CONTRACT_ROLES}';`,
            'set session authorization agent_bom_backup;',
            ...['migrations/facts.sql', ...files, file].map((name) => `\\i ${join(PROJECT, name)}`),
          ].join('\n'),
        },
      );
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      return stdout.trimEnd().split('\n');
    };
    const contract = new Set(read([]));
    return read(given).filter((line) => !contract.has(line));
  }

  it('which relations are of the contract, and which are excluded', async () => {
    const found = await planted.ask<{ name: string }>(
      asBackup(KINDS),
      ...relations(),
      `select relname as name from pg_class
        where oid = any (current_setting('agent_bom.relations')::oid[]) and relname ~ 'our|admins|their|elsewhere|number|requires|extension|notes' order by 1`,
    );
    const ours = ['our', 'admins'].flatMap((prefix) =>
      ['parent', 'part', 'sequence', 'table', 'view'].map((kind) => `${prefix}_${kind}`),
    );
    expect(found.map(({ name }) => name)).toEqual([...ours, 'numbered', 'numbered_id_seq', 'numbered_n_seq'].sort());
    const excluded = await planted.ask<{ format: string }>(
      asBackup(KINDS),
      ...relations(),
      sqlOf('../backup/excluded_tables.sql'),
    );
    const others = ['parent', 'part', 'remote', 'sequence', 'summary', 'table', 'view'].map((kind) => `their_${kind}`);
    expect(excluded.map(({ format }) => format).sort()).toEqual(
      [
        ...others,
        ...['our', 'admins'].flatMap((prefix) => [`${prefix}_remote`, `${prefix}_summary`]),
        'of_extension',
        'requires',
        'The ""notes""',
      ]
        .map((name) => `public."${name}"`)
        .sort(),
    );
    const empty = [
      'drop schema public cascade',
      'create schema public',
      'grant usage on schema public to agent_bom_backup',
    ];
    expect(await planted.ask(asBackup(empty), ...relations(), sqlOf('../backup/excluded_tables.sql'))).toEqual([]);
  });

  it('the contents, of the contract alone', () => {
    expect(lines('backup/contents.sql', CONTENTS, 'migrations/dependents.sql')).toEqual([
      'rows of_both south 1',
      'rows of_nobody  2',
      'rows of_teams red 1',
      'rows of_tenants north 1',
      'rows of_tenants south 2',
      'rows of_tenants  1',
      'sequence bare 1 f',
      'sequence called 7 t',
      'sequence new 9 f',
      'sequence of_tenants_id_seq 1 f',
      'policy of_teams adds a t public true',
      'policy of_teams reads r t agent_bom_backup true',
      "policy of_teams writes w f agent_bom_app,agent_bom_backup (EXISTS ( SELECT FROM of_nobody WHERE (of_nobody.id = 1))) / (team_id = 'a b'::text)",
      'policy of_tenants reads r t agent_bom_backup true',
      'table a_view v agent_bom_owner f f',
      'table bare S agent_bom_owner f f',
      'table bare_table r agent_bom_owner f f',
      'table called S agent_bom_owner f f',
      'table new S agent_bom_owner f f',
      'table of_admin r agent_bom_owner f f',
      'table of_both r agent_bom_owner f f',
      'table of_nobody r agent_bom_owner f f',
      'table of_teams r agent_bom_owner t f',
      'table of_tenants r agent_bom_owner t t',
      'table of_tenants_id_seq S agent_bom_owner f f',
      'grant a_view agent_bom_app REFERENCES',
      'grant a_view agent_bom_backup SELECT',
      'grant a_view agent_bom_owner DELETE,INSERT,REFERENCES,SELECT,TRIGGER,TRUNCATE,UPDATE',
      'grant bare agent_bom_owner SELECT,UPDATE,USAGE',
      'grant bare_table agent_bom_owner DELETE,INSERT,REFERENCES,SELECT,TRIGGER,TRUNCATE,UPDATE',
      'grant called agent_bom_app USAGE',
      'grant called agent_bom_backup SELECT',
      'grant called agent_bom_owner SELECT,UPDATE,USAGE',
      'grant new agent_bom_backup SELECT',
      'grant of_admin agent_bom_owner DELETE,INSERT,REFERENCES,SELECT,TRIGGER,TRUNCATE,UPDATE',
      'grant of_both agent_bom_app REFERENCES',
      'grant of_both agent_bom_backup SELECT',
      'grant of_both agent_bom_owner DELETE,INSERT,REFERENCES,SELECT,TRIGGER,TRUNCATE,UPDATE',
      'grant of_nobody agent_bom_app REFERENCES',
      'grant of_nobody agent_bom_backup SELECT',
      'grant of_nobody agent_bom_owner DELETE,INSERT,REFERENCES,SELECT,TRIGGER,TRUNCATE,UPDATE',
      'grant of_teams agent_bom_app DELETE,INSERT,REFERENCES,SELECT',
      'grant of_teams agent_bom_backup SELECT',
      'grant of_teams agent_bom_owner DELETE,INSERT,REFERENCES,SELECT,TRIGGER,TRUNCATE,UPDATE',
      'grant of_teams public SELECT',
      'grant of_tenants agent_bom_app REFERENCES',
      'grant of_tenants agent_bom_backup SELECT',
      'grant of_tenants agent_bom_owner DELETE,INSERT,REFERENCES,SELECT,TRIGGER,TRUNCATE,UPDATE',
      'grant of_tenants_id_seq agent_bom_backup SELECT',
      'grant of_tenants_id_seq agent_bom_owner SELECT,UPDATE,USAGE',
      'routine asks(integer) agent_bom_owner t agent_bom_owner=EXECUTE,public=EXECUTE',
      'routine asks(text) agent_bom_owner f agent_bom_app=EXECUTE,agent_bom_backup=EXECUTE,agent_bom_owner=EXECUTE',
      'routine does() agent_bom_owner f agent_bom_owner=EXECUTE,public=EXECUTE',
      'routine of_admin() agent_bom_owner f agent_bom_owner=EXECUTE,public=EXECUTE',
      'routine of_admin(integer) agent_bom_owner f agent_bom_owner=EXECUTE,public=EXECUTE',
      'routine zero() agent_bom_owner f agent_bom_owner=EXECUTE,public=EXECUTE',
    ]);
    // A restored database is not asked what requires others.
    const restored = lines('backup/contents.sql', CONTENTS).filter((line) => line.includes('requires'));
    expect(restored).toEqual(['routine requires() agent_bom_owner f agent_bom_owner=EXECUTE,public=EXECUTE']);
  });

  /** A table with row-level security, and its policies for the backup. */
  const policed = (name: string, ...policies: string[]) => [
    `create table public.${name} (id int)`,
    `alter table public.${name} owner to agent_bom_owner, enable row level security`,
    ...policies.map((policy, number) => `create policy p${number} on public.${name} ${policy}`),
  ];
  const SHOWS = 'for select to agent_bom_backup using (true)';

  it('which tables hide rows', async () => {
    const given = [
      ...OTHERS,
      'create role inherited',
      'create role not_inherited',
      'grant inherited to agent_bom_backup',
      'grant not_inherited to agent_bom_backup with inherit false',
      ...policed('hidden'),
      ...policed('shown', SHOWS),
      ...policed('shown_by_all', 'to agent_bom_backup using (true)'),
      ...policed('shown_to_public', 'for select using (true)'),
      ...policed('shown_to_inherited', 'for select to inherited using (true)'),
      ...policed('hidden_to_others', 'for select to agent_bom_app, reporting using (true)'),
      ...policed('hidden_to_not_inherited', 'for select to not_inherited using (true)'),
      ...policed('hidden_update', 'for update to agent_bom_backup using (true)'),
      ...policed('hidden_delete', 'for delete to agent_bom_backup using (true)'),
      ...policed('hidden_insert', 'for insert to agent_bom_backup with check (true)'),
      ...policed('hidden_some', 'for select to agent_bom_backup using (id = 1)'),
      ...policed('hidden_null', 'for select to agent_bom_backup'),
      ...policed('restricted', SHOWS, 'as restrictive for select to agent_bom_backup using (id = 1)'),
      ...policed('restricted_alone', 'as restrictive for select to agent_bom_backup using (true)'),
      ...policed('restricted_by_all', SHOWS, 'as restrictive to agent_bom_backup using (id = 1)'),
      ...policed('restricted_public', SHOWS, 'as restrictive for select using (id = 1)'),
      ...policed('restricted_inherited', SHOWS, 'as restrictive for select to inherited using (id = 1)'),
      ...policed('shown_update', SHOWS, 'as restrictive for update to agent_bom_backup using (id = 1)'),
      ...policed('shown_others', SHOWS, 'as restrictive for select to agent_bom_app using (id = 1)'),
      ...policed('shown_not_inherited', SHOWS, 'as restrictive for select to not_inherited using (id = 1)'),
      ...everyKind('agent_bom_owner', 'our'),
      'alter table public.our_parent enable row level security',
      ...everyKind('reporting', 'their'),
      'alter table public.their_table enable row level security',
    ];
    const asked = planted.ask(asBackup(given), ...relations(), sqlOf('../backup/hidden_rows.sql'));
    await expect(asked).rejects.toMatchObject({
      message:
        'policies hide rows of hidden, hidden_delete, hidden_insert, hidden_null, hidden_some, hidden_to_not_inherited, ' +
        'hidden_to_others, hidden_update, restricted, restricted_alone, restricted_by_all, restricted_inherited, ' +
        'restricted_public from agent_bom_backup',
      hint: 'Run the migration Job: it gives the backup login a policy that shows every row. Drop restrictive policies.',
    });
    const shown = given.filter((statement) => !/public\.(hidden|restricted)/.test(statement));
    expect(await planted.ask(asBackup(shown), ...relations(), sqlOf('../backup/hidden_rows.sql'))).toEqual([]);
  });

  it('what cannot be restored', async () => {
    const added = ['z', 'a'].map((name) => `alter table public.scan_jobs add column ${name} reports.rank`);
    const left = 'create view public.requires as select 1::reports.rank as one';
    const ask = (...given: string[]) =>
      planted.ask(asBackup([...OTHERS, ...given]), ...relations(), sqlOf('../backup/hidden_rows.sql'));
    await expect(ask(...added, ...AS_OWNER(left))).rejects.toMatchObject({
      message:
        'a dump could not be restored: column a of scan_jobs requires schema reports, which a restored database does not have; ' +
        'column z of scan_jobs requires schema reports, which a restored database does not have',
      hint:
        'Look at each, and run in the database agent_bom: ' +
        'ALTER TABLE public.scan_jobs ALTER a TYPE integer; ALTER TABLE public.scan_jobs ALTER z TYPE integer;',
    });
    expect(await ask(...AS_OWNER(left))).toEqual([]);
  });
});
