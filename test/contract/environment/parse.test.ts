import { stringify } from 'yaml';
import { minimal, mistakesIn } from '../../support/synth/environments';

function mistakesOf(change: (content: Record<string, Record<string, unknown>>) => void) {
  const content = minimal() as unknown as Record<string, Record<string, unknown>>;
  change(content);
  return mistakesIn(stringify(content));
}

describe('every mistake names its place, value, rule and remedy', () => {
  it('an unknown key, with the nearest known one', () => {
    expect(mistakesOf((content) => Object.assign(content.database ?? {}, { multiAZ: true }))).toEqual([
      {
        file: 'prod.yaml:9:3',
        path: 'database.multiAZ',
        got: 'multiAZ',
        rule: expect.stringContaining(
          'the keys here are existing, subnetIds, subnetGroupName, access, engine, instanceClass',
        ),
        fix: 'write multiAz, or remove the key',
      },
    ]);
  });

  it('a renamed key, with its new name', () => {
    const admit = { pods: 'namespace' };
    expect(mistakesOf((content) => Object.assign(content.database ?? {}, { admit }))).toEqual([
      {
        file: 'prod.yaml:9:3',
        path: 'database.admit',
        got: 'admit',
        rule: '`database.admit` is now `database.access`',
        fix: 'rename the key',
      },
    ]);
  });

  it('a missing region', () => {
    expect(mistakesOf((content) => delete content.region)).toEqual([
      {
        file: 'prod.yaml',
        path: 'region',
        got: 'nothing: the key is missing',
        rule: 'an AWS region',
        fix: 'write the code of the region that the cluster runs in, such as `eu-west-1`',
      },
    ]);
  });

  it('a credential in the values of the chart, without showing it', () => {
    const url = 'postgresql://agent_bom:hunter2@db.internal/agent_bom';
    const mistakes = mistakesOf((content) => Object.assign(content.release ?? {}, { values: { extra: { dsn: url } } }));
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toMatchObject({ path: 'release.values.extra.dsn', got: '(a credential, not shown)' });
    expect(JSON.stringify(mistakes)).not.toContain('hunter2');
  });

  it('a credential in the wrong place, without showing it', () => {
    const mistakes = mistakesOf((content) => Object.assign(content, { region: 'https://me:hunter2@example.com' }));
    expect(mistakes).toHaveLength(1);
    expect(JSON.stringify(mistakes)).not.toContain('hunter2');
  });

  it.each([
    'https://hooks.slack.com/services/T0A1B2C3D/B0E4F5G6H/9aBcDeFgHiJkLmNoPqRsTuVw',
    `xo${'xb'}-123456789012-AbCdEfGhIjKlMnOp`,
  ])('a credential that no rule of its key expects, without showing it: %s', (credential) => {
    const mistakes = mistakesOf((content) => Object.assign(content, { alarms: { emails: [credential] } }));
    expect(mistakes).toMatchObject([{ path: 'alarms.emails[0]', got: '(not shown, because it may be a credential)' }]);
    expect(JSON.stringify(mistakes)).not.toContain(credential.slice(-8));
  });

  it.each<[object, string]>([
    [
      { pods: { tolerations: { key: 'dedicated', operator: 'Exists' } } },
      'put a hyphen and a space in front of its first key: it is a list',
    ],
    [{ pods: { nodeSelector: 'workload=security' } }, 'write `workload: security` on lines below it, indented'],
    [{ pods: { nodeSelector: ['a=b', 'c=d'] } }, 'write `a: b` and `c: d` on lines below it, indented'],
    [{ pods: { imagePullSecrets: [{ name: 'registry' }] } }, 'write registry'],
    [{ requiredTags: 'owner, team' }, 'write a list: [owner, team]'],
  ])('another kind of value: %j', (keys, fix) => {
    expect(mistakesOf((content) => Object.assign(content, keys)).map((mistake) => mistake.fix)).toContain(fix);
  });

  it('text that is no YAML', () => {
    const mistakes = mistakesIn('name: prod\ncluster: {name: "platform\n');
    expect(mistakes.length).toBeGreaterThan(0);
    expect(mistakes[0]).toMatchObject({ rule: 'a quote that opens is closed' });
    expect(mistakes[0]?.file).toMatch(/^prod\.yaml:\d+:\d+$/);
  });

  it.each([
    ['an alias without an anchor', 'name: *prod\n', /^Unresolved alias/],
    [
      'aliases that multiply',
      `${'a: &a [1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n'}c: [${'*b,'.repeat(20)}]`,
      /alias/,
    ],
    ['two documents', 'name: prod\n---\nname: staging\n', /^more than one document/],
    ['a key that stands twice', 'name: prod\nname: staging\n', /second time/],
  ])('%s', (_what, text, got) => {
    const mistakes = mistakesIn(text);
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]?.got).toMatch(got);
  });

  it.each(['', '# nothing but a comment\n', '---\n'])('an empty file: %p', (text) => {
    expect(mistakesIn(text)).toMatchObject([{ file: 'prod.yaml', got: 'an empty file' }]);
  });

  it.each(['just text', '- a\n- list\n', '42'])('a file that is no section: %p', (text) => {
    expect(mistakesIn(text)).toHaveLength(1);
  });

  it('three mistakes at once', () => {
    const mistakes = mistakesOf((content) => {
      delete content.region;
      Object.assign(content.database ?? {}, { backupRetentionDays: 0 });
      Object.assign(content.release ?? {}, { chartVersion: '0.93.0' });
    });
    expect(mistakes.map(({ path }) => path).sort()).toEqual([
      'database.backupRetentionDays',
      'region',
      'release.chartVersion',
    ]);
  });

  it.each([
    ['without a space', '    adminPassword:Xk29fLm3Qz'],
    ['without a colon', '    adminPassword Xk29fLm3Qz'],
    ['in a bracket', '    env: [password: Xk29fLm3Qz'],
    ['with two colons', '    token: a: Xk29fLm3QzPw81Rt'],
    ['with the sign of a tag', '    apiKey: @Xk29fLm3QzPw81Rt'],
    ['indented otherwise', '  values: 1\n     password: Xk29fLm3Qz'],
  ])('shows no credential of a line that YAML refuses: %s', (_how, line) => {
    const mistakes = mistakesIn(`${stringify(minimal()).trimEnd()}\n  values:\n${line}\n`);
    expect(mistakes.length).toBeGreaterThan(0);
    expect(JSON.stringify(mistakes)).not.toContain('Xk29f');
  });
});
