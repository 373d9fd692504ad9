import { stringify } from 'yaml';
import { AURORA_DEFAULTS } from '../../../../contract/environment/database/aurora';
import { minimal, mistakesIn, parsed } from '../../../support/synth/environments';

function mistakesOf(database: object, release: object = {}) {
  const content = minimal();
  return mistakesIn(
    stringify({
      ...content,
      database: { ...content.database, form: 'aurora', ...database },
      release: { ...content.release, ...release },
    }),
  );
}

describe('an Aurora cluster in an environment file', () => {
  it('has one reader, and classes, unless the file says otherwise', () => {
    const of = (settings: object) =>
      parsed({ ...minimal(), database: { ...minimal().database, form: 'aurora', ...settings } }).database;
    expect(of({})).toMatchObject({ form: 'aurora', instanceClass: 'db.t4g.medium' });
    expect(AURORA_DEFAULTS).toEqual({ readers: 1 });
    const capacity = { minimumCapacity: 2, maximumCapacity: 8 };
    expect(of({ aurora: capacity }).aurora).toEqual({ ...capacity, readers: 1 });
  });

  it.each([
    { minimumCapacity: 0, maximumCapacity: 1 },
    { minimumCapacity: 0.5, maximumCapacity: 256 },
    { minimumCapacity: 256, maximumCapacity: 256 },
    { readers: 0 },
    { readers: 15 },
    { minimumCapacity: 0, maximumCapacity: 1, secondsUntilAutoPause: 300 },
    { minimumCapacity: 0, maximumCapacity: 1, secondsUntilAutoPause: 86_400 },
  ])('may have %j', (aurora) => {
    expect(mistakesOf({ aurora })).toEqual([]);
  });

  it.each([
    [{ minimumCapacity: -0.5, maximumCapacity: 8 }, 'aurora.minimumCapacity', 'units from 0 to 256, in steps of 0.5'],
    [{ minimumCapacity: 0.25, maximumCapacity: 8 }, 'aurora.minimumCapacity', 'units from 0 to 256, in steps of 0.5'],
    [{ minimumCapacity: 0, maximumCapacity: 0.5 }, 'aurora.maximumCapacity', 'units from 1 to 256, in steps of 0.5'],
    [{ minimumCapacity: 2, maximumCapacity: 256.5 }, 'aurora.maximumCapacity', 'units from 1 to 256, in steps of 0.5'],
    [{ minimumCapacity: 8.5, maximumCapacity: 8 }, 'aurora.maximumCapacity', 'at least `minimumCapacity`'],
    [{ minimumCapacity: 2 }, 'aurora.maximumCapacity', 'required together with `minimumCapacity`'],
    [{ maximumCapacity: 8 }, 'aurora.minimumCapacity', 'required together with `maximumCapacity`'],
    [
      { minimumCapacity: 0, maximumCapacity: 1, secondsUntilAutoPause: 299 },
      'aurora.secondsUntilAutoPause',
      'a whole number of seconds from 300 to 86400',
    ],
    [
      { minimumCapacity: 0, maximumCapacity: 1, secondsUntilAutoPause: 86_401 },
      'aurora.secondsUntilAutoPause',
      'a whole number of seconds from 300 to 86400',
    ],
    [
      { minimumCapacity: 0.5, maximumCapacity: 1, secondsUntilAutoPause: 300 },
      'aurora.secondsUntilAutoPause',
      'left out without `minimumCapacity: 0`',
    ],
    [{ readers: -1 }, 'aurora.readers', 'a whole number of instances from 0 to 15'],
    [{ readers: 16 }, 'aurora.readers', 'a whole number of instances from 0 to 15'],
  ])('may not have %j', (aurora, path, rule) => {
    const mistakes = mistakesOf({ aurora });
    expect(mistakes).toMatchObject([{ path: `database.${path}`, rule: expect.stringContaining(rule) }]);
    expect(mistakes[0]?.fix).not.toBe('');
  });

  it('refuses what only an instance has, each key with its reason and its place', () => {
    const written = {
      // Each of these would break a rule of its own as well.
      storageGib: 100,
      maximumStorageGib: 100,
      iops: 12_000,
      throughputMibps: 4000,
      multiAz: true,
      replication: { region: 'eu-central-1' },
    };
    const mistakes = mistakesOf(written);
    expect(mistakes.map(({ path }) => path)).toEqual(Object.keys(written).map((key) => `database.${key}`));
    for (const { rule, file } of mistakes) {
      expect(rule).toMatch(/^left out with `form: aurora`: /);
      expect(file).toMatch(/^prod\.yaml:\d+:3$/);
    }
    expect(mistakes.at(-1)?.fix).toContain('AWS Backup');
    // The same values are fine where they are only the defaults.
    expect(mistakesOf({})).toEqual([]);
  });

  it('shows no credential that stands in such a key', () => {
    const mistakes = mistakesOf({ replication: { region: 'https://me:hunter2@example.com' } });
    expect(mistakes.map(({ path }) => path)).toContain('database.replication');
    expect(JSON.stringify(mistakes)).not.toContain('hunter2');
  });

  it('refuses a class beside a capacity, and a number of connections', () => {
    const aurora = { minimumCapacity: 2, maximumCapacity: 8 };
    expect(mistakesOf({ aurora, instanceClass: 'db.t4g.medium' })).toMatchObject([
      { path: 'database.instanceClass', got: '"db.t4g.medium"', rule: expect.stringContaining('no class to choose') },
    ]);
    expect(mistakesOf({ aurora, maxConnections: 400 })).toMatchObject([
      { path: 'database.maxConnections', got: '400', fix: expect.stringContaining('aurora.maximumCapacity') },
    ]);
  });

  it.each(['db.m7g.large', 'db.t4g.micro'])('refuses %s, once, although it may also be too small', (instanceClass) => {
    expect(mistakesOf({ instanceClass }, { poolMaximum: 200, replicas: 20 })).toMatchObject([
      { path: 'database.instanceClass', rule: expect.stringMatching(/^a class that Aurora PostgreSQL offers/) },
    ]);
  });

  it('is content with a class that is not known when the connections are given', () => {
    expect(mistakesOf({ instanceClass: 'db.r99.large', maxConnections: 100 })).toEqual([]);
    for (const settings of [{ maxConnections: 99 }, {}]) {
      expect(mistakesOf({ instanceClass: 'db.r99.large', ...settings })).toMatchObject([
        { path: 'database.maxConnections' },
      ]);
    }
  });

  it('holds the connections of its class, and names the smallest that Aurora offers', () => {
    const withPool = (poolMaximum: number) =>
      mistakesOf({ instanceClass: 'db.t4g.medium' }, { replicas: 3, poolMaximum });
    // 4 pods with surge: 4 * (pool + 4) + 2 application, 4 * 4 + 2 maintenance, 4 backup, 8 administration and reserve.
    expect(withPool(89)).toEqual([]);
    const [mistake, ...others] = withPool(90);
    expect(others).toEqual([]);
    expect(mistake).toMatchObject({ path: 'database.instanceClass', fix: 'write db.t4g.large or a larger class' });
    expect(mistake?.rule).toMatch(/^room for 408 connections .*, where this has 405$/);
    // RDS has classes of 16 GiB below it.
    expect(withPool(200)[0]?.fix).toBe('write db.r6g.large or a larger class');
  });

  it.each([
    [{ minimumCapacity: 0.5, maximumCapacity: 1 }, 35, undefined],
    [{ minimumCapacity: 0.5, maximumCapacity: 1 }, 36, 'write 1.5 or more'],
    [{ minimumCapacity: 2, maximumCapacity: 4 }, 200, 'write 4.5 or more'],
  ])('holds the connections of its maximum capacity: %j, pools of %i', (aurora, poolMaximum, fix) => {
    const mistakes = mistakesOf({ aurora }, { replicas: 3, poolMaximum });
    const expected = { path: 'database.aurora.maximumCapacity', got: String(aurora.maximumCapacity), fix };
    expect(mistakes).toMatchObject(fix === undefined ? [] : [expected]);
  });

  it('needs a higher minimum for more than 2000 connections, and cannot hold more than 5000', () => {
    const aurora = { minimumCapacity: 0.5, maximumCapacity: 256 };
    const [mistake] = mistakesOf({ aurora }, { replicas: 10, poolMaximum: 160 });
    expect(mistake?.rule).toMatch(/^room for 2200 connections .*, where this has 2000$/);
    expect(mistake?.fix).toBe(
      'write 11 or more, and `minimumCapacity` 1 or more: below it Aurora accepts 2000 connections at most',
    );
    const [tooMany] = mistakesOf({ aurora }, { replicas: 50, poolMaximum: 200 });
    expect(tooMany?.fix).toBe('lower `release.replicas` or `release.poolMaximum`');
  });
});

describe('an instance', () => {
  it('has no keys of a cluster', () => {
    const content = { ...minimal(), database: { ...minimal().database, aurora: { readers: 2 } } };
    expect(mistakesIn(stringify(content))).toMatchObject([
      { path: 'database.aurora', got: '{"readers":2}', fix: expect.stringContaining('`form: aurora`') },
    ]);
  });

  it('is one of two forms', () => {
    const content = { ...minimal(), database: { ...minimal().database, form: 'cluster' } };
    expect(mistakesIn(stringify(content))).toMatchObject([
      { path: 'database.form', got: '"cluster"', rule: 'an engine type: instance, aurora' },
    ]);
  });
});
