import { CHART_NAME, CHART_REPOSITORY } from '../../contract/product/chart';
import { ask, askJson, at, textAt } from '../shared/program-runner';
import { type Finding, fail, given, type PreflightCheck, pass } from './check';

/** The first Terraform with write-only arguments. */
const TERRAFORM = [1, 11] as const;

/** Variables with which the Kubernetes provider overrides what a configuration says. */
const REDIRECTING = [
  'KUBE_HOST',
  'KUBE_USER',
  'KUBE_PASSWORD',
  'KUBE_INSECURE',
  'KUBE_TLS_SERVER_NAME',
  'KUBE_CLIENT_CERT_DATA',
  'KUBE_CLIENT_KEY_DATA',
  'KUBE_CLUSTER_CA_CERT_DATA',
  'KUBE_CONFIG_PATH',
  'KUBE_CONFIG_PATHS',
  'KUBE_CTX',
  'KUBE_CTX_AUTH_INFO',
  'KUBE_CTX_CLUSTER',
  'KUBE_TOKEN',
  'KUBE_PROXY_URL',
];

const terraform = (): string => process.env.TERRAFORM_BINARY_NAME || 'terraform';

/** What the machine that deploys has to have. */
export const MACHINE_CHECKS: readonly PreflightCheck[] = [
  {
    id: 'machine.terraform',
    proves: 'Terraform 1.11 or later, which knows write-only arguments, deploys',
    run: async () =>
      given(await askJson(terraform(), ['version', '-json']), (content) => {
        const version = textAt(content, 'terraform_version');
        const [major = 0, minor = 0] = version.split('.').map(Number);
        const recent = major > TERRAFORM[0] || (major === TERRAFORM[0] && minor >= TERRAFORM[1]);
        return recent ? pass(version) : fail(`version ${version || 'unknown'}`);
      }),
    fix: () =>
      'install Terraform 1.11 or later (https://developer.hashicorp.com/terraform/install); name another program in TERRAFORM_BINARY_NAME',
  },
  {
    id: 'machine.aws',
    proves: 'the AWS CLI is installed: the providers get the token for the cluster from it',
    run: async () => {
      const answer = await ask('aws', ['--version']);
      return answer.kind === 'answered' ? pass(answer.text.trim().split(' ')[0] ?? '') : fail(answer.reason);
    },
    fix: () => 'install the AWS CLI: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html',
  },
  {
    id: 'machine.kubectl',
    proves: 'kubectl is installed, to inspect the cluster and the log of the Job',
    run: async () =>
      given(await askJson('kubectl', ['version', '--client', '--output', 'json']), (content) =>
        at(content, 'clientVersion') === undefined
          ? fail('kubectl says no version')
          : pass(textAt(content, 'clientVersion', 'gitVersion')),
      ),
    fix: () => 'install kubectl: https://kubernetes.io/docs/tasks/tools/',
  },
  {
    id: 'machine.variables',
    proves: 'no variable sends the manifests to another cluster',
    run: async () => {
      const set = REDIRECTING.filter((name) => (process.env[name] ?? '') !== '');
      if (set.length === 0) return pass('no KUBE_ variable is set');
      return fail(`set: ${set.join(', ')}`, `unset ${set.join(' ')}`);
    },
    fix: () => `unset ${REDIRECTING.join(' ')}`,
  },
];

const TIMEOUT_MS = 10_000;
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/**
 * Whether this machine can pull the chart, which Terraform does for every plan. A registry that requires a login names the
 * service that issues tokens; for a public chart everybody gets one.
 *
 * @see https://distribution.github.io/distribution/spec/auth/token/
 */
export const REGISTRY_CHECK: PreflightCheck = {
  id: 'machine.registry',
  proves: 'the chart can be pulled from its registry',
  run: async ({ environment: { release } }) => {
    // Terraform uses a proxy that these variables name, and this program does not.
    if (process.env.HTTPS_PROXY || process.env.https_proxy) {
      return { status: 'skip', detail: 'not checked: this machine uses the proxy in HTTPS_PROXY' };
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
    return `let this machine reach https://${host}, or name a proxy in HTTPS_PROXY; if it requires a login: helm registry login ${host}`;
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
    status === 404 ? 'it does not exist' : status === 401 || status === 403 ? 'it requires a login' : 'an error';
  return fail(`${chart}: status ${status}, ${reason}`);
}
