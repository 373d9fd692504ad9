import {
  AURORA_CLASSES,
  connectionsOf,
  connectionsOfCapacity,
  INSTANCE_CLASS,
  INSTANCE_CLASSES,
  memoryOf,
  smallestClassFor,
  smallestMaximumFor,
} from '../../../contract/aws/capacity';
import { connectionsNeeded } from '../../../contract/postgres/connection-budget';

describe('instance classes', () => {
  it.each([
    ['db.t4g.micro', 101],
    ['db.t4g.medium', 405],
    ['db.m6g.large', 811],
    ['db.r7i.large', 1622],
    ['db.r6i.2xlarge', 5000],
    ['db.r7i.48xlarge', 5000],
    ['db.z9.large', undefined],
  ])('%s holds %p connections', (name, connections) => {
    expect(connectionsOf(name)).toBe(connections);
  });

  it('have names of the usual form, each once, the smallest first', () => {
    const names = INSTANCE_CLASSES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(INSTANCE_CLASS);
    const memory = INSTANCE_CLASSES.map(({ memoryGib }) => memoryGib);
    expect([...memory].sort((one, other) => one - other)).toEqual(memory);
  });

  it.each([
    [101, 'db.t3.micro', 'db.t3.micro'],
    [102, 'db.t3.micro', 'db.t3.small'],
    [811, 'db.m7i.large', 'db.m7i.large'],
    [812, 'db.r6g.large', 'db.r6g.large'],
    [405, 'db.m7i.large', 'db.t4g.medium'],
    [5000, 'db.x99.large', 'db.m6g.4xlarge'],
    [5001, 'db.m7i.large', undefined],
  ])('that hold %i, seen from %s, begin with %s', (connections, like, smallest) => {
    expect(smallestClassFor(connections, like)).toBe(smallest);
  });

  it('need room for every login, for administration and for the reserve', () => {
    expect(connectionsNeeded({ app: 62, maintenance: 14, backup: 4 })).toBe(88);
  });
});

describe('the memory of a class', () => {
  it('knows the memory of the usual classes', () => {
    expect([memoryOf('db.t4g.medium'), memoryOf('db.r7g.xlarge'), memoryOf('db.x99.large')]).toEqual([
      4,
      32,
      undefined,
    ]);
  });
});

describe('the capacity of Aurora Serverless v2', () => {
  it.each([
    [1, 1, 189],
    [1, 4, 823],
    [1, 8, 1669],
    [1, 16, 3360],
    [1, 32, 5000],
    [1, 256, 5000],
    [0.5, 1, 189],
    [0.5, 8, 1669],
    [0.5, 9.5, 1986],
    [0.5, 10, 2000],
    [0, 256, 2000],
    [1, 10, 2091],
  ])('of %f to %f units holds %i connections', (minimum, maximum, connections) => {
    expect(connectionsOfCapacity(minimum, maximum)).toBe(connections);
  });

  it.each([
    [1, 0.5, 1],
    [189, 0.5, 1],
    [190, 0.5, 1.5],
    [2000, 0.5, 10],
    [2001, 0.5, undefined],
    [2001, 1, 10],
    [5000, 1, 24],
    [5001, 1, undefined],
    [1, 64, 64],
  ])('for %i connections from %f units on is %p', (connections, minimum, maximum) => {
    expect(smallestMaximumFor(connections, minimum)).toBe(maximum);
  });
});

describe('the classes of Aurora', () => {
  const names = AURORA_CLASSES.map(({ name }) => name);

  it.each([
    'db.t4g.medium',
    'db.t4g.large',
    'db.t3.medium',
    'db.r7g.16xlarge',
    'db.r7i.48xlarge',
    'db.r6i.large',
  ])('have %s', (name) => expect(names).toContain(name));

  it.each([
    'db.t4g.micro',
    'db.t4g.small',
    'db.t4g.xlarge',
    'db.t3.2xlarge',
    'db.m7g.large',
    'db.m6i.large',
  ])('lack %s, which RDS has', (name) => {
    expect(names).not.toContain(name);
    expect(INSTANCE_CLASSES.map((known) => known.name)).toContain(name);
  });
});
