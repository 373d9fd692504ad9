import { stringify } from 'yaml';
import { minimal, mistakesIn, parsed } from '../../../support/synth/environments';

function content(release: object) {
  const base = minimal();
  return { ...base, release: { ...base.release, ...release } };
}

const mistakes = (release: object) => mistakesIn(stringify(content(release)));
const PROXIES = { cidrs: ['10.20.0.0/16'], hops: 1 };

describe('keys that only some versions know', () => {
  it.each([
    ['allowedHosts', ['a.example.com'], '0.108.3', '0.108.4'],
    ['payloadCacheMib', 128, '0.108.2', '0.108.3'],
    ['trustedProxies', PROXIES, '0.102.0', '0.103.0'],
  ])('%s: %j is refused at %s, and accepted from %s on', (key, value, before, since) => {
    expect(mistakes({ [key]: value, chartVersion: since })).toEqual([]);
    expect(mistakes({ [key]: value, chartVersion: before })).toMatchObject([
      { path: `release.${key}`, rule: `left out before version ${since}, which is the first that knows it` },
    ]);
  });

  it('are not judged by a version that is refused itself', () => {
    expect(mistakes({ payloadCacheMib: 128, chartVersion: '0.98.2' }).map(({ path }) => path)).toEqual([
      'release.chartVersion',
    ]);
  });
});

describe('allowed hosts', () => {
  it.each(['a.example.com', '*.example.com', '*', 'agent-bom', '10.0.0.1'])('%s is accepted', (host) => {
    expect(parsed(content({ allowedHosts: [host] })).release.allowedHosts).toEqual([host]);
  });

  it.each([
    'https://a.example.com',
    'a.example.com/x',
    'a.example.com:443',
    'A.example.com',
    'a,b',
    'a@b',
    '*.',
    '',
  ])('%p, with which the API would not start or which it would not match, is refused', (host) => {
    expect(mistakes({ allowedHosts: [host] })).toMatchObject([{ path: 'release.allowedHosts[0]' }]);
  });
});

describe('trusted proxies', () => {
  it.each([
    [['10.20.0.0/16', '100.64.0.0/10']],
    [['fd00:1::/48']],
    [['2001:db8:1:2::/64']],
  ])('%j are accepted', (cidrs) => {
    expect(parsed(content({ trustedProxies: { cidrs, hops: 32 } })).release.trustedProxies?.cidrs).toEqual(cidrs);
  });

  it.each([
    ['0.0.0.0/0'],
    ['::/0'],
    ['203.0.113.0/24'],
    ['10.20.0.1/16'],
    ['2001:db8::/47'],
    ['2001:db8::1/64'],
    ['10.0.0.1'],
  ])('the network %s is refused', (cidr) => {
    expect(mistakes({ trustedProxies: { cidrs: [cidr], hops: 1 } })).toMatchObject([
      { path: 'release.trustedProxies.cidrs[0]', rule: expect.stringContaining('private IPv4') },
    ]);
  });

  it.each([
    [{ cidrs: PROXIES.cidrs }, 'release.trustedProxies.hops'],
    [{ hops: 1 }, 'release.trustedProxies.cidrs'],
    [{ cidrs: [], hops: 1 }, 'release.trustedProxies.cidrs'],
    [{ ...PROXIES, hops: 0 }, 'release.trustedProxies.hops'],
    [{ ...PROXIES, hops: 33 }, 'release.trustedProxies.hops'],
  ])('%j is refused: networks and hops count only together', (trustedProxies, path) => {
    expect(mistakes({ trustedProxies }).map((mistake) => mistake.path)).toEqual([path]);
  });
});

describe('the payload cache', () => {
  const limited = (memory: unknown) => ({ controlPlane: { api: { resources: { limits: { memory } } } } });

  it.each([
    [undefined, 256],
    ['2Gi', 512],
    ['512Mi', 128],
    [536_870_912, 128],
  ])('with a memory limit of %p may have %i MiB, and no more', (memory, most) => {
    const values = memory === undefined ? {} : limited(memory);
    expect(mistakes({ payloadCacheMib: 0, values })).toEqual([]);
    expect(mistakes({ payloadCacheMib: most, values })).toEqual([]);
    expect(mistakes({ payloadCacheMib: most + 1, values })).toMatchObject([
      { path: 'release.payloadCacheMib', rule: `at most ${most}, a quarter of the memory limit of an API pod` },
    ]);
  });

  it('may have any size where the values take the limit away', () => {
    expect(mistakes({ payloadCacheMib: 8192, values: limited(null) })).toEqual([]);
    expect(mistakes({ payloadCacheMib: 8193, values: limited(null) })).toHaveLength(1);
  });
});
