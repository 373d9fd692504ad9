import { connectionLimits, connectionsToWatch } from '../../../contract/postgres/connection-budget';

describe('connection limits', () => {
  it.each([
    [
      { replicas: 2, poolMinimum: 5, poolMaximum: 20 },
      { app: 62, maintenance: 14, backup: 4 },
    ],
    [
      { replicas: 1, poolMinimum: 1, poolMaximum: 1 },
      { app: 4, maintenance: 4, backup: 4 },
    ],
    [
      { replicas: 4, poolMinimum: 5, poolMaximum: 3 },
      { app: 27, maintenance: 17, backup: 4 },
    ],
    [
      { replicas: 6, poolMinimum: 5, poolMaximum: 20 },
      { app: 162, maintenance: 34, backup: 4 },
    ],
  ])('of %j are %j', (pool, limits) => {
    expect(connectionLimits(pool)).toEqual(limits);
  });
});

describe('the connections to watch', () => {
  it('someone looks at nine tenths of the budget, or at four fifths of the server', () => {
    // 62 + 14 + 2 and 3 for administration.
    const limits = { app: 62, maintenance: 14, backup: 2 };
    expect(connectionsToWatch(limits)).toBe(72);
    expect(connectionsToWatch(limits, 405)).toBe(72);
    expect(connectionsToWatch(limits, 86)).toBe(68);
  });
});
