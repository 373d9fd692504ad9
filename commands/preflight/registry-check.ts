import { CHART_NAME, CHART_REPOSITORY } from '../../contract/product/chart';
import { type Finding, fail, type PreflightCheck, pass } from './check';

const TIMEOUT_MS = 10_000;
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/**
 * Whether this machine can pull the chart, which Terraform does for every plan. A registry that wants a login names the
 * place where a token is to be had; for a public chart it gives one to everybody.
 *
 * @see https://distribution.github.io/distribution/spec/auth/token/
 */
export const REGISTRY_CHECK: PreflightCheck = {
  id: 'machine.registry',
  proves: 'the chart can be pulled from its registry',
  run: async ({ environment: { release } }) => {
    // Terraform goes through a proxy that these variables name, and this program does not.
    if (process.env.HTTPS_PROXY || process.env.https_proxy) {
      return { status: 'skip', detail: 'not asked: this machine goes through the proxy in HTTPS_PROXY' };
    }
    const repository = `${CHART_REPOSITORY}/${CHART_NAME}`;
    const { host, pathname } = new URL(repository.replace('oci://', 'https://'));
    const manifest = new URL(`https://${host}/v2${pathname}/manifests/${release.chartVersion}`);
    try {
      return judge(await pull(manifest), `${repository}:${release.chartVersion}`);
    } catch (error) {
      const { cause, message } = error as Error & { cause?: { message?: string } };
      return fail(`${host} cannot be reached: ${cause?.message ?? message}`);
    }
  },
  fix: () => {
    const { host } = new URL(CHART_REPOSITORY.replace('oci://', 'https://'));
    return `let this machine reach https://${host}, or name a proxy in HTTPS_PROXY; where it wants a login: helm registry login ${host}`;
  },
};

async function pull(manifest: URL): Promise<Response> {
  const response = await request(manifest, { accept: MANIFEST });
  if (response.status !== 401) return response;
  const challenge = response.headers.get('www-authenticate') ?? '';
  const part = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? '';
  if (!URL.canParse(part('realm'))) return response;
  const realm = new URL(part('realm'));
  for (const name of ['service', 'scope']) realm.searchParams.set(name, part(name));
  const granted = (await (await request(realm, {})).json()) as { token?: string; access_token?: string };
  const token = granted.token ?? granted.access_token;
  return token === undefined ? response : request(manifest, { accept: MANIFEST, authorization: `Bearer ${token}` });
}

function request(url: URL, headers: Record<string, string>): Promise<Response> {
  return fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
}

function judge({ status, ok }: Response, chart: string): Finding {
  if (ok) return pass(chart);
  const reason =
    status === 404 ? 'it does not exist' : status === 401 || status === 403 ? 'it wants a login' : 'an error';
  return fail(`${chart}: status ${status}, ${reason}`);
}
