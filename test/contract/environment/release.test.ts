import { stringify } from 'yaml';
import type { Environment } from '../../../contract/environment/environment';
import type { Mistake } from '../../../contract/error';
import { minimal, mistakesIn, parsed } from '../../support/synth/environments';

function content(release: object, database: object = {}) {
  const base = minimal();
  return { ...base, database: { ...base.database, ...database }, release: { ...base.release, ...release } };
}

function accepted(release: object): Environment['release'] {
  return parsed(content(release)).release;
}

function mistakes(release: object, database: object = {}): readonly Mistake[] {
  return mistakesIn(stringify(content(release, database)));
}

describe('autoscaling', () => {
  it.each([
    [1, { minimumReplicas: 1, maximumReplicas: 2 }, ['release.trustedProxyIssuer']],
    [3, { minimumReplicas: 1, maximumReplicas: 1 }, []],
  ])('decides, and not %i `replicas`, whether the API needs a proxy: %j', (replicas, autoscaling, paths) => {
    const { release: _, ...rest } = minimal();
    const authentication = { apiKeys: { secretName: 'keys', key: 'keys' } };
    const found = mistakesIn(stringify({ ...rest, authentication, release: { replicas, autoscaling } }));
    expect(found.map(({ path }) => path)).toEqual(paths);
  });

  it.each([
    [{ minimumReplicas: 1, maximumReplicas: 1 }],
    [{ minimumReplicas: 2, maximumReplicas: 6, cpuPercent: 10 }],
    [{ minimumReplicas: 2, maximumReplicas: 6, cpuPercent: 100 }],
  ])('%j is accepted', (autoscaling) => {
    expect(accepted({ autoscaling }).autoscaling).toEqual({ cpuPercent: 70, ...autoscaling });
  });

  it.each([
    ['minimumReplicas', { minimumReplicas: 0, maximumReplicas: 6 }, 'a whole number of pods from 1 to 50'],
    ['maximumReplicas', { minimumReplicas: 2, maximumReplicas: 51 }, 'a whole number of pods from 1 to 50'],
    ['maximumReplicas', { minimumReplicas: 3, maximumReplicas: 2 }, 'at least `minimumReplicas`'],
    ['maximumReplicas', { minimumReplicas: 3 }, 'a whole number of pods from 1 to 50'],
    [
      'cpuPercent',
      { minimumReplicas: 2, maximumReplicas: 6, cpuPercent: 9 },
      'a whole number of percent from 10 to 100',
    ],
    ['cpuPercent', { minimumReplicas: 2, maximumReplicas: 6, cpuPercent: 101 }, expect.stringContaining('10 to 100')],
  ])('%s of %j is refused', (key, autoscaling, rule) => {
    expect(mistakes({ autoscaling }, { instanceClass: 'db.r6i.2xlarge' })).toMatchObject([
      { path: `release.autoscaling.${key}`, rule },
    ]);
  });

  it('counts the maximum and its surge, and not `replicas`, against what the database holds', () => {
    const fits = { minimumReplicas: 2, maximumReplicas: 10 };
    expect(mistakes({ autoscaling: fits, replicas: 50 })).toEqual([]);
    const [mistake, ...others] = mistakes({ autoscaling: { ...fits, maximumReplicas: 11 } });
    expect(others).toEqual([]);
    // 11 pods and 3 of the surge: 14 x (20 + 4) + 2, 14 x 4 + 2, 4 for the backup, 8 for administration and reserve.
    expect(mistake).toMatchObject({
      path: 'database.instanceClass',
      rule: expect.stringContaining('room for 408 connections (338 application, 58 maintenance, 4 backup'),
      fix: 'write db.t4g.large or a larger class',
    });
    expect(mistakes({ autoscaling: { minimumReplicas: 2, maximumReplicas: 50 }, poolMaximum: 200 })).toMatchObject([
      { fix: 'lower `release.autoscaling.maximumReplicas` or `release.poolMaximum`' },
    ]);
  });
});

describe('the Ingress', () => {
  it.each(['agent-bom.example.com', '*.example.com', `${'a'.repeat(63)}.example.com`])('of %s is accepted', (host) => {
    expect(accepted({ ingress: { host } }).ingress).toEqual({ host, annotations: {} });
  });

  it.each([
    ...['https://a.example.com', 'a.example.com/x', 'a.example.com:443', 'A.example.com', 'localhost', 'a..b', ''],
    `${'a'.repeat(64)}.example.com`,
  ])('of %p is refused', (host) => {
    expect(mistakes({ ingress: { host } })).toMatchObject([{ path: 'release.ingress.host' }]);
  });

  it('has texts as annotations, and no credential among them', () => {
    const host = 'a.example.com';
    expect(accepted({ ingress: { host, annotations: { 'a.b/c': 'true' } } }).ingress?.annotations).toEqual({
      'a.b/c': 'true',
    });
    expect(mistakes({ ingress: { host, annotations: { a: true } } })).toMatchObject([
      { path: 'release.ingress.annotations.a' },
    ]);
    const [mistake, ...others] = mistakes({ ingress: { host, annotations: { url: 'https://u:hunter2@x' } } });
    expect(others).toEqual([]);
    expect(mistake).toMatchObject({ file: expect.stringMatching(/^prod.yaml:\d+:\d+$/) });
    expect(mistake?.path).toBe('release.ingress.annotations.url');
    expect(JSON.stringify(mistake)).not.toContain('hunter2');
  });

  it('is off unless it is asked for', () => {
    expect(accepted({})).not.toHaveProperty('ingress');
  });
});

describe('the registry of the images', () => {
  it.each([
    ...['registry.example.com', 'registry.example.com/docker-hub', 'registry:5000', 'r.example.com:5000/a/b_c'],
    '111122223333.dkr.ecr.eu-west-1.amazonaws.com/docker-hub',
  ])('%s is accepted', (registry) => {
    expect(accepted({ images: { registry } }).images).toEqual({ registry });
  });

  it.each([
    ...['https://registry.example.com', 'registry.example.com/', 'mirror', 'mirror/hub', 'Registry.example.com', ''],
    ...[
      'registry.example.com/Hub',
      'registry.example.com//a',
      'user:pass@registry.example.com',
      `${'a.'.repeat(100)}a`,
    ],
  ])('%p is refused', (registry) => {
    expect(mistakes({ images: { registry } })).toMatchObject([{ path: 'release.images.registry' }]);
  });

  it.each(['Pull', 'a_b', '-a', ''])('is not pulled from with a Secret named %p', (pullSecretName) => {
    expect(mistakes({ images: { pullSecretName } })).toMatchObject([{ path: 'release.images.pullSecretName' }]);
  });
});

describe('the repository of the chart', () => {
  it.each([
    'oci://registry.example.com/charts',
    'https://charts.example.com',
    'oci://registry:5000/a',
  ])('%s is accepted', (chartRepository) => {
    expect(accepted({ chartRepository }).chartRepository).toBe(chartRepository);
  });

  it.each([
    'registry.example.com/charts',
    'http://charts.example.com',
    'oci://u:p@x.example.com',
    'oci://x/charts/',
    './chart',
  ])('%p is refused', (chartRepository) => {
    expect(mistakes({ chartRepository })).toMatchObject([{ path: 'release.chartRepository' }]);
  });
});

describe('who installs the chart', () => {
  it.each(['terraform', 'gitops'])('is %s', (managedBy) => {
    expect(accepted({ managedBy }).managedBy).toBe(managedBy);
  });

  it.each(['argocd', 'GitOps', true])('is not %p', (managedBy) => {
    expect(mistakes({ managedBy })).toMatchObject([{ path: 'release.managedBy', rule: '`terraform` or `gitops`' }]);
  });
});
