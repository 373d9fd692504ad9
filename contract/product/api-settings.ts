import { controlPlaneName } from '../names';
import { hasSetting } from './facts';
import { type HelmValues, textOf, valueAt } from './helm-values';
import { REPORT_VARIABLES } from './reports';

/** Proxies whose forwarded client addresses the API believes. */
export interface TrustedProxies {
  /** Networks that requests come from, in CIDR notation. */
  readonly cidrs: readonly string[];
  /** Proxies in front of the API, each of which adds an address to the list. */
  readonly hops: number;
}

/** What the file says about requests to the API, and about its memory. */
export interface ApiSettings {
  /**
   * Other host names that requests may be for, as in URLs.
   * @default - none
   */
  readonly allowedHosts?: readonly string[];
  /**
   * Memory in MiB that each API pod may use for results of scans.
   * @default - an eighth of the memory limit of the pod
   */
  readonly payloadCacheMib?: number;
  /**
   * Proxies whose forwarded client addresses the API believes.
   * @default - none: every request seems to come from the last proxy
   */
  readonly trustedProxies?: TrustedProxies;
}

/** The same, with what else these variables follow from. */
export interface ApiVariableSettings extends ApiSettings {
  /** Version of the chart and its images, which decides what variables there are. */
  readonly chartVersion: string;
  /** Name of the environment; that of the API's Service follows from it. */
  readonly environmentName: string;
  /** Namespace of the API. */
  readonly namespace: string;
  /** Host name of the Ingress, where there is one. */
  readonly ingressHost?: string;
  /** Values of the user, which may change the memory limit of the pod. */
  readonly values: HelmValues;
}

/** Recorded variable and the key of the file that it follows from. */
const HOSTS = 'AGENT_BOM_API_ALLOWED_HOSTS';
const CACHE = 'AGENT_BOM_POSTGRES_JOB_PAYLOAD_CACHE_MB';
const PROXIES = 'AGENT_BOM_TRUSTED_PROXY_CIDRS';
const REPORTS = 'AGENT_BOM_REPORT_S3_BUCKET';

/** Keys of the file, and the variable whose record says since when the API knows what they set. */
export const SETTING_OF_KEY = {
  'release.allowedHosts': HOSTS,
  'release.payloadCacheMib': CACHE,
  'release.trustedProxies': PROXIES,
  reports: REPORTS,
} as const;

/** All variables that such a key sets. */
const VARIABLES_OF_KEY: Readonly<Record<keyof typeof SETTING_OF_KEY, readonly string[]>> = {
  'release.allowedHosts': [HOSTS],
  'release.payloadCacheMib': [CACHE],
  'release.trustedProxies': [PROXIES, 'AGENT_BOM_TRUSTED_PROXY_HOPS'],
  reports: REPORT_VARIABLES,
};

/** Whether the API of a version knows what a key sets. */
export function knowsKey(version: string, key: keyof typeof SETTING_OF_KEY): boolean {
  return hasSetting(version, SETTING_OF_KEY[key]);
}

/** Variables that a key of the file decides at a version, each with the reason to refuse them in the values. */
export function variablesOfKeys(version: string): Record<string, string> {
  const keys = (Object.keys(SETTING_OF_KEY) as (keyof typeof SETTING_OF_KEY)[]).filter((key) => knowsKey(version, key));
  const reasons = keys.flatMap((key) => VARIABLES_OF_KEY[key].map((name) => [name, `\`${key}\` decides it`]));
  return Object.fromEntries(reasons);
}

/** Variables of the API that its version knows, by name. */
export function apiVariables(settings: ApiVariableSettings): Record<string, string> {
  const { chartVersion: version, trustedProxies, values } = settings;
  const hosts = knowsKey(version, 'release.allowedHosts') ? allowedHosts(settings) : [];
  const cache = settings.payloadCacheMib ?? usualPayloadCacheMib(values);
  return {
    ...(hosts.length === 0 ? {} : { [HOSTS]: hosts.join(',') }),
    ...(knowsKey(version, 'release.payloadCacheMib') ? { [CACHE]: String(cache) } : {}),
    ...(trustedProxies !== undefined && knowsKey(version, 'release.trustedProxies')
      ? { [PROXIES]: trustedProxies.cidrs.join(','), AGENT_BOM_TRUSTED_PROXY_HOPS: String(trustedProxies.hops) }
      : {}),
  };
}

/**
 * Host names that requests may be for; none, which accepts any, where nobody said by what name people reach the API. The
 * API itself adds `localhost`, and accepts probes under every name.
 */
function allowedHosts({ environmentName, namespace, ingressHost, allowedHosts: others = [] }: ApiVariableSettings) {
  const named = [...(ingressHost === undefined ? [] : [ingressHost]), ...others];
  if (named.length === 0 || named.includes('*')) return named.includes('*') ? ['*'] : [];
  const service = `${controlPlaneName(environmentName)}-api`;
  const services = ['', `.${namespace}`, `.${namespace}.svc`, `.${namespace}.svc.cluster.local`];
  return [...new Set([...named, ...services.map((suffix) => `${service}${suffix}`)])];
}

/** The chart gives an API pod this much memory. */
const USUAL_LIMIT_MIB = 1024;
/** A result that is read is parsed as well, which takes several times its size, and two report workers read them too. */
const USUAL_CACHE_SHARE = 1 / 8;
/** The share that the product takes by default. More leaves too little for what is read out of the cache. */
export const LARGEST_CACHE_SHARE = 1 / 4;

/** The cache where nothing else is said: an eighth of the pod's memory limit. */
function usualPayloadCacheMib(values: HelmValues): number {
  return Math.floor((apiMemoryMib(values) ?? USUAL_LIMIT_MIB) * USUAL_CACHE_SHARE);
}

/**
 * Memory limit of an API pod in MiB: the chart's own unless the values have another one.
 *
 * @returns Nothing where the values take the limit away, or have something that is not a quantity.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function apiMemoryMib(values: HelmValues): number | undefined {
  const limit = valueAt(values, ['controlPlane', 'api', 'resources', 'limits', 'memory']);
  if (limit === undefined) return USUAL_LIMIT_MIB;
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)([kMGT]i?|Ki)?$/.exec(textOf(limit)) ?? [];
  if (digits === undefined) return undefined;
  const power = ['', 'K', 'M', 'G', 'T'].indexOf(unit.replace('i', '').toUpperCase());
  return (Number(digits) * (unit.endsWith('i') ? 1024 : 1000) ** power) / 1024 ** 2;
}
