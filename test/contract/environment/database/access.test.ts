import { stringify } from 'yaml';
import { minimal, mistakesIn } from '../../../support/synth/environments';

/** Paths and rules of the mistakes in the shortest file with some more keys. */
function mistakesWith(keys: { readonly [section: string]: object | string }) {
  const content: Record<string, unknown> = { ...minimal() };
  for (const [section, more] of Object.entries(keys)) {
    content[section] = typeof more === 'string' ? more : { ...(content[section] as object), ...more };
  }
  return mistakesIn(stringify(content));
}

const pathsOf = (keys: Parameters<typeof mistakesWith>[0]) => mistakesWith(keys).map(({ path }) => path);

describe('access to the database', () => {
  it.each([
    { pods: 'namespace' },
    { pods: 'none', securityGroupIds: ['sg-0a1b2c3d'] },
    { pods: 'none', cidrs: ['10.0.0.0/8'] },
    { cidrs: ['172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '10.1.2.3/32'] },
    { securityGroupIds: Array.from({ length: 25 }, (_, index) => `sg-000000${10 + index}`) },
  ])('may be %j', (access) => {
    expect(mistakesWith({ database: { access } })).toEqual([]);
  });

  it.each([
    [{ pods: 'all' }, ['database.access.pods']],
    [{ pods: 'none' }, ['database.access.pods']],
    [{ pods: 'none', cidrs: ['0.0.0.0/0'] }, ['database.access.cidrs[0]']],
    [{ cidrs: ['10.0.0.0/16', '::/0'] }, ['database.access.cidrs[1]']],
    [{ cidrs: ['10.0.0.0/16', '10.0.0.0/16'] }, ['database.access.cidrs']],
    [{ securityGroupIds: ['sg-0a1b2c3d', 'sg-0a1b2c3d'] }, ['database.access.securityGroupIds']],
    [{ securityGroupIds: ['default'] }, ['database.access.securityGroupIds[0]']],
    [
      { securityGroupIds: Array.from({ length: 26 }, (_, index) => `sg-000000${10 + index}`) },
      ['database.access.securityGroupIds'],
    ],
  ])('may not be %j', (access, paths) => {
    expect(pathsOf({ database: { access } })).toEqual(paths);
  });

  it('is told what a private network is', () => {
    const [mistake] = mistakesWith({ database: { access: { cidrs: ['203.0.113.0/24'] } } });
    expect(mistake).toMatchObject({ got: '"203.0.113.0/24"', rule: expect.stringContaining('never a public one') });
    expect(mistake?.rule).toContain('10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10');
  });

  it('is told that no one would be', () => {
    const [mistake] = mistakesWith({ database: { access: { pods: 'none' } } });
    expect(mistake?.rule).toBe('not none without a security group or a network that may connect');
  });
});
