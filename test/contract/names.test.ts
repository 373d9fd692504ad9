import {
  backupBucketName,
  chartServiceAccount,
  controlPlaneName,
  databaseLogGroups,
  derivedName,
  storedSecretName,
  syncedSecretName,
  tightestName,
} from '../../contract/names';

describe('names', () => {
  it('fit at the longest environment name', () => {
    const longest = 'a'.repeat(tightestName().room);
    expect(derivedName(longest, 'instance').length).toBeLessThanOrEqual(63);
    expect(derivedName(longest, 'secretReaderRole')).toHaveLength(64);
    expect(backupBucketName(longest, '1'.repeat(12))).toHaveLength(63);
  });

  it('carry the generation where it is ours', () => {
    expect(syncedSecretName('app', 3)).toBe('agent-bom-app-g3');
    expect(syncedSecretName('admin', 3)).toBe('agent-bom-admin');
    expect(storedSecretName('prod', 'app')).toBe('prod/agent-bom/app');
  });
});

describe('the name that the chart gives to its objects', () => {
  it.each([
    ['prod', 'agent-bom-prod'],
    ['a'.repeat(37), `agent-bom-${'a'.repeat(37)}`],
  ])('of %s is %s', (environment, name) => {
    expect(controlPlaneName(environment)).toBe(name);
    expect(chartServiceAccount(environment, 'api')).toBe(`${name}-api`);
  });

  it('stays within 47 characters, and differs where environments differ', () => {
    const [one, other] = ['b', 'c'].map((last) => controlPlaneName(`${'a'.repeat(30)}-${'a'.repeat(8)}${last}`));
    expect(one).toMatch(/^agent-bom-a{30}-[0-9a-f]{6}$/);
    expect(one?.length).toBeLessThanOrEqual(47);
    expect(other).not.toBe(one);
    // Cut before, at and behind a hyphen of the environment's name.
    const cut = [28, 29, 30].map((letters) => controlPlaneName(`${'a'.repeat(letters)}-${'b'.repeat(10)}`));
    expect(cut).toEqual([
      expect.stringMatching(/^agent-bom-a{28}-b-[0-9a-f]{6}$/),
      expect.stringMatching(/^agent-bom-a{29}-[0-9a-f]{6}$/),
      expect.stringMatching(/^agent-bom-a{30}-[0-9a-f]{6}$/),
    ]);
  });
});

describe('log groups', () => {
  it('have the names that RDS derives', () => {
    expect(databaseLogGroups('instance', 'x')).toEqual({
      postgresql: '/aws/rds/instance/x/postgresql',
      upgrade: '/aws/rds/instance/x/upgrade',
    });
    expect(databaseLogGroups('aurora', 'x')).toEqual({ postgresql: '/aws/rds/cluster/x/postgresql' });
  });
});
