import { z } from 'zod';
import { isProxyNetwork } from '../../aws/private-addresses';
import { apiMemoryMib, knowsKey, LARGEST_CACHE_SHARE, SETTING_OF_KEY } from '../../product/api-settings';
import { settingSince, versionRule } from '../../product/facts';
import { type HelmValue, isValues } from '../../product/helm-values';
import { distinctList, field, section, wholeNumber } from '../field';
import type { Keys, Rule } from '../rule';

const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
/** What the API can read: with anything else in the list it does not start. */
const HOST = new RegExp(`^(?:\\*|(?:\\*\\.)?${LABEL}(?:\\.${LABEL})*)$`);
const MOST = 50;

/** `release.allowedHosts`. */
export const allowedHosts = distinctList(
  field(
    z.string().max(253).regex(HOST),
    'Host name in URLs of the API.',
    'a host name in lower case, without a scheme, port or path; `*.example.com` for its subdomains, `*` for any name',
    'write a name such as `agent-bom.example.com`',
  ),
  MOST,
  'host names',
  'Host names that requests may be for, besides those of the Ingress and of the API’s Service. Without an Ingress and this list, any.',
  'list host names, or leave the key out',
);

/** `release.payloadCacheMib`. */
export const payloadCacheMib = wholeNumber(
  0,
  8192,
  'MiB',
  'Memory that each API pod may use for results of scans; 0 for none. Without the key an eighth of the pod’s memory limit.',
  'write a number up to a quarter of the memory limit, or leave the key out',
);

/** `release.trustedProxies`. */
export const trustedProxies = section(
  'Proxies whose forwarded client addresses the API believes. Without the section every request seems to come from the last proxy.',
  {
    cidrs: distinctList(
      field(
        z.string().refine(isProxyNetwork),
        'Network of the last proxy, as the API pods see it.',
        'a network in CIDR notation without host bits: a private IPv4 network, or an IPv6 network of /48 or smaller',
        'write the network of the proxy’s pods or of the load balancer, such as `10.20.0.0/16`',
      ),
      MOST,
      'networks',
      'Networks that requests reach the API from.',
      'list the networks of the last proxy in front of the API',
    ).min(1),
    hops: wholeNumber(
      1,
      32,
      'proxies',
      'Proxies in front of the API that add an address to `X-Forwarded-For`.',
      'write 1 for an ingress controller, 2 for a load balancer in front of it',
    ),
  },
);

type VersionedKey = keyof typeof SETTING_OF_KEY;

/** A key is refused for a version whose API does not know what it sets. */
function since(key: VersionedKey): Rule {
  return {
    path: key,
    broken: ({ written, whole }) => {
      const version = whole.text('release.chartVersion') ?? '';
      if (!written.given(key) || versionRule(version) !== undefined || knowsKey(version, key)) return undefined;
      return `left out before version ${settingSince(SETTING_OF_KEY[key])}, which is the first that knows it`;
    },
    fix: 'remove it, or write a later `release.chartVersion`',
  };
}

/** Rules for what only some versions know, and for the memory of a pod. */
export const API_RULES: readonly Rule[] = [
  ...(Object.keys(SETTING_OF_KEY) as VersionedKey[]).map(since),
  {
    path: 'release.payloadCacheMib',
    broken: ({ whole }) => {
      const [cache, memory] = [whole.number('release.payloadCacheMib'), memoryOf(whole)];
      if (cache === undefined || memory === undefined || cache <= memory * LARGEST_CACHE_SHARE) return undefined;
      return `at most ${Math.floor(memory * LARGEST_CACHE_SHARE)}, a quarter of the memory limit of an API pod`;
    },
    fix: 'write less, or raise `release.values.controlPlane.api.resources.limits.memory`',
  },
];

function memoryOf(keys: Keys): number | undefined {
  const values = keys.at('release.values') as HelmValue | undefined;
  return apiMemoryMib(isValues(values) ? values : {});
}
