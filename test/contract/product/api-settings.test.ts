import { type ApiVariableSettings, apiMemoryMib, apiVariables } from '../../../contract/product/api-settings';
import type { HelmValue, HelmValues } from '../../../contract/product/helm-values';

function variables(change: Partial<ApiVariableSettings>): Record<string, string> {
  return apiVariables({ chartVersion: '0.110.0', environmentName: 'prod', namespace: 'bom', values: {}, ...change });
}

function limited(memory: HelmValue): HelmValues {
  return { controlPlane: { api: { resources: { limits: { memory } } } } };
}

describe('allowed hosts', () => {
  const hostsOf = (change: Partial<ApiVariableSettings>) =>
    variables(change).AGENT_BOM_API_ALLOWED_HOSTS?.split(',') ?? [];
  const SERVICES = ['', '.bom', '.bom.svc', '.bom.svc.cluster.local'].map((suffix) => `agent-bom-prod-api${suffix}`);

  it('are those of the Ingress, of the file and of the Service, each once', () => {
    expect(hostsOf({ ingressHost: '*.example.com' })).toEqual(['*.example.com', ...SERVICES]);
    expect(hostsOf({ allowedHosts: ['b.example.com'] })).toEqual(['b.example.com', ...SERVICES]);
    const both = { ingressHost: 'a.example.com', allowedHosts: ['a.example.com', 'b.example.com'] };
    expect(hostsOf(both)).toEqual(['a.example.com', 'b.example.com', ...SERVICES]);
  });

  it('are any where nobody names one, or the file says so', () => {
    expect(variables({})).not.toHaveProperty('AGENT_BOM_API_ALLOWED_HOSTS');
    expect(hostsOf({ ingressHost: 'a.example.com', allowedHosts: ['*'] })).toEqual(['*']);
  });

  it('are set from 0.108.4 on', () => {
    const at = (chartVersion: string) => hostsOf({ chartVersion, ingressHost: 'a.example.com' }).length;
    expect(['0.108.3', '0.108.4', '0.108.5', '9.9.9'].map(at)).toEqual([0, 5, 5, 5]);
  });
});

describe('the payload cache', () => {
  const CACHE = 'AGENT_BOM_POSTGRES_JOB_PAYLOAD_CACHE_MB';

  it('is an eighth of the memory limit, or what the file says, from 0.108.3 on', () => {
    expect(variables({})[CACHE]).toBe('128');
    expect(variables({ values: limited('4Gi') })[CACHE]).toBe('512');
    expect(variables({ values: limited(null) })[CACHE]).toBe('128');
    expect(variables({ payloadCacheMib: 0 })[CACHE]).toBe('0');
    expect(variables({ chartVersion: '0.108.3' })[CACHE]).toBe('128');
    expect(variables({ chartVersion: '0.108.2' })).not.toHaveProperty(CACHE);
  });

  it.each([
    [undefined, 1024],
    ['1Gi', 1024],
    ['1.5Gi', 1536],
    ['1048576Ki', 1024],
    ['512Mi', 512],
    ['1G', 953.67],
    ['500M', 476.84],
    [1_073_741_824, 1024],
    ['1073741824', 1024],
    [null, undefined],
    ['much', undefined],
    ['1Gb', undefined],
  ])('a limit of %p is %p MiB', (memory, mebibytes) => {
    const found = apiMemoryMib(memory === undefined ? {} : limited(memory));
    if (mebibytes === undefined) expect(found).toBeUndefined();
    else expect(found).toBeCloseTo(mebibytes, 1);
  });
});

describe('trusted proxies', () => {
  const trustedProxies = { cidrs: ['10.20.0.0/16', 'fd00::/64'], hops: 2 };
  const found = { AGENT_BOM_TRUSTED_PROXY_CIDRS: '10.20.0.0/16,fd00::/64', AGENT_BOM_TRUSTED_PROXY_HOPS: '2' };

  it('are networks and hops together, from 0.103.0 on', () => {
    expect(variables({ chartVersion: '0.103.0', trustedProxies })).toEqual(found);
    expect(variables({ chartVersion: '0.102.0', trustedProxies })).toEqual({});
    expect(variables({ chartVersion: '0.103.0' })).toEqual({});
  });
});
