import {
  connectionLimits,
  connectionsNeeded,
  connectionsToWatch,
  mostPods,
  podPools,
} from '../../../contract/postgres/connection-budget';

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
  ])('of %j at 0.103.2, which has two pools, are %j', (pool, limits) => {
    expect(connectionLimits({ chartVersion: '0.103.2', ...pool })).toEqual(limits);
  });

  it.each([
    [
      { replicas: 2, poolMinimum: 5, poolMaximum: 20 },
      { app: 74, maintenance: 14, backup: 4 },
    ],
    [
      { replicas: 1, poolMinimum: 1, poolMaximum: 1 },
      { app: 6, maintenance: 4, backup: 4 },
    ],
    [
      { replicas: 4, poolMinimum: 5, poolMaximum: 3 },
      { app: 42, maintenance: 17, backup: 4 },
    ],
  ])('of %j at 0.104.0, which has a third one, are %j', (pool, limits) => {
    expect(connectionLimits({ chartVersion: '0.104.0', ...pool })).toEqual(limits);
    expect(connectionLimits({ chartVersion: '0.110.0', ...pool })).toEqual(limits);
  });

  it.each([
    '0.98.4',
    '0.103.1',
    '0.109.9',
    '0.111.0',
    '9.0.0',
  ])('of %s, which has no record, are the largest of all records', (chartVersion) => {
    const pool = { replicas: 2, poolMinimum: 5, poolMaximum: 20 };
    expect(connectionLimits({ chartVersion, ...pool })).toEqual({ app: 74, maintenance: 14, backup: 4 });
  });
});

describe('the pools of a pod', () => {
  it.each([
    [3, [20, 3, 3]],
    [4, [20, 4, 4]],
    [5, [20, 4, 4]],
  ])('with at most %i connections each may open %j', (poolMaximum, connections) => {
    const [most = 0] = connections;
    const sizes = { poolMinimum: most, poolMaximum };
    expect(podPools({ chartVersion: '0.104.0', ...sizes })).toEqual([
      { name: 'app', identity: 'app', connections: connections[0] },
      { name: 'idempotency-fence', identity: 'app', connections: connections[1] },
      { name: 'maintenance', identity: 'maintenance', connections: connections[2] },
    ]);
    expect(podPools({ chartVersion: '0.103.2', ...sizes }).map(({ name }) => name)).toEqual(['app', 'maintenance']);
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

describe('the pods that there can be at once', () => {
  it.each([
    [{ replicas: 1 }, 2],
    [{ replicas: 4 }, 5],
    [{ replicas: 5 }, 7],
    [{ replicas: 2, autoscaling: { minimumReplicas: 2, maximumReplicas: 6, cpuPercent: 70 } }, 8],
  ])('of %j are %i', (settings, pods) => {
    expect(mostPods(settings)).toBe(pods);
  });
});

describe('the connections that a server needs', () => {
  it('are those of the logins, three for administration and five that it keeps', () => {
    expect(connectionsNeeded({ app: 74, maintenance: 14, backup: 4 })).toBe(100);
  });
});
