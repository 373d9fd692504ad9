import { stringify } from 'yaml';
import { minimal, mistakesIn } from '../../../support/synth/environments';

function mistakes(chartVersion: string, gateway: object, controlPlane: object = {}) {
  const base = minimal();
  const release = { ...base.release, chartVersion, values: { gateway, controlPlane } };
  return mistakesIn(stringify({ ...base, release }));
}

const VOLUME = { enabled: true, replicas: 1, persistence: { enabled: true, existingClaim: 'audit' } };
const paths = (chartVersion: string, gateway: object) =>
  mistakes(chartVersion, gateway).map(({ path }) => path?.replace('release.values.gateway.', ''));

describe('an enabled gateway', () => {
  it.each([
    ['profileEnforcement', 'warn'],
    ['profileEnforcement', 'enforce'],
    ['requireSharedRateLimit', true],
  ])('is refused %s: %p, which requires Postgres', (key, value) => {
    expect(mistakes('0.110.0', { ...VOLUME, [key]: value })).toMatchObject([
      { path: `release.values.gateway.${key}`, rule: expect.stringContaining('requires a connection to Postgres') },
    ]);
    expect(paths('0.98.3', { enabled: true, [key]: value })).toEqual([key]);
  });

  it('may have all other settings, and those too while it is off', () => {
    expect(mistakes('0.110.0', { ...VOLUME, profileEnforcement: 'off', requireSharedRateLimit: false })).toEqual([]);
    expect(mistakes('0.110.0', { ...VOLUME, runtimeRateLimitPerTenantPerMinute: 60 })).toEqual([]);
    expect(mistakes('0.110.0', { profileEnforcement: 'enforce' })).toEqual([]);
  });

  it('needs no volume before 0.103.0, and needs one from there on', () => {
    expect(mistakes('0.102.0', { enabled: true, replicas: 2 })).toEqual([]);
    expect(paths('0.103.0', { enabled: true, replicas: 1 })).toEqual([
      'persistence.enabled',
      'persistence.existingClaim',
    ]);
    expect(mistakes('0.103.0', VOLUME)).toEqual([]);
    expect(mistakes('9.9.9', VOLUME)).toEqual([]);
    expect(mistakes('0.110.0', { enabled: false })).toEqual([]);
  });

  it.each([
    [{ replicas: 2 }, 'replicas'],
    [{ autoscaling: { enabled: true } }, 'autoscaling.enabled'],
    [{ autoscaling: { keda: { enabled: true } } }, 'autoscaling.keda.enabled'],
  ])('with a volume is a single pod: %j is refused', (change, path) => {
    expect(paths('0.110.0', { ...VOLUME, ...change })).toEqual([path]);
    // The chart has no such key yet.
    expect(paths('0.102.0', { ...VOLUME, ...change })).toEqual(['persistence']);
  });

  it('is a single pod by default from 0.104.0 on', () => {
    const { replicas: _, ...rest } = VOLUME;
    expect(paths('0.103.2', rest)).toEqual(['replicas']);
    expect(paths('0.104.0', rest)).toEqual([]);
  });
});

describe('the age of correlated evidence', () => {
  it.each([
    [0, 1],
    [1, 0],
    [8760, 0],
    [8761, 1],
    ['168', 1],
  ])('%p has %i mistakes from 0.104.0 on, and none before', (maxAgeHours, count) => {
    expect(mistakes('0.104.0', {}, { autoCorrelation: { maxAgeHours } })).toHaveLength(count);
    expect(mistakes('0.103.2', {}, { autoCorrelation: { maxAgeHours } })).toEqual([]);
  });
});
