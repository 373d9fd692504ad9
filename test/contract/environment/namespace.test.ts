import { stringify } from 'yaml';
import { minimal, mistakesIn, parsed } from '../../support/synth/environments';

describe('a namespace', () => {
  it.each([
    ['team', { namespace: 'team', createNamespace: true }],
    [
      { name: 'team', create: true },
      { namespace: 'team', createNamespace: true },
    ],
    [{ name: 'team' }, { namespace: 'team', createNamespace: true }],
    [
      { name: 'team', create: false },
      { namespace: 'team', createNamespace: false },
    ],
    ['a'.repeat(63), { namespace: 'a'.repeat(63), createNamespace: true }],
  ])('%j', (namespace, expected) => {
    expect(parsed({ ...minimal(), namespace })).toMatchObject(expected);
  });

  it.each([
    'a'.repeat(64),
    'Team',
    '-a',
    'default',
    'kube-system',
    7,
    { create: false },
    { name: 'team', create: 'no' },
  ])('not %j', (namespace) => {
    const [mistake, ...others] = mistakesIn(stringify({ ...minimal(), namespace }));
    expect(others).toEqual([]);
    const fix =
      { Team: 'write team, in lower case', '-a': 'write a', 7: 'put it in quotes: "7"' }[String(namespace)] ??
      'create: false';
    expect(mistake).toMatchObject({ path: 'namespace', fix: expect.stringContaining(fix) });
    expect(mistake?.rule).toContain('at most 63 characters');
  });
});

describe('a section for a namespace', () => {
  it.each([
    [{ name: 'default', create: false }, 'namespace.name', 'a separate Kubernetes namespace'],
    [{ name: 'team', creat: false }, 'namespace.creat', 'the keys here are name, create'],
  ])('not %j', (namespace, path, rule) => {
    expect(mistakesIn(stringify({ ...minimal(), namespace }))).toMatchObject([
      { path, rule: expect.stringContaining(rule) },
    ]);
  });
});
