import { at, fail, given, type PreflightCheck, pass, textAt } from './check';
import { ask, askJson } from './program-runner';

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
      'install Terraform 1.11 or later (https://developer.hashicorp.com/terraform/install); another program is named in TERRAFORM_BINARY_NAME',
  },
  {
    id: 'machine.aws',
    proves: 'the AWS CLI is there: the providers ask it for a token of the cluster',
    run: async () => {
      const answer = await ask('aws', ['--version']);
      return answer.kind === 'answered' ? pass(answer.text.trim().split(' ')[0] ?? '') : fail(answer.reason);
    },
    fix: () => 'install the AWS CLI: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html',
  },
  {
    id: 'machine.kubectl',
    proves: 'kubectl is there, to look at the cluster and at the log of the Job',
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
