import type { ChildProcess } from 'node:child_process';
import type { Environment } from '../../contract/environment/environment';
import { apiDeployment } from '../../contract/names';
import type { CheckResult } from '../../contract/postgres/checks';
import type { Kubectl } from '../shared/cluster/kubectl';
import { at, listAt, textAt } from '../shared/program-runner';
import { API_QUESTIONS, checkApi, judged, TOKEN_VARIABLE } from './api-checks';

const START_MS = 15_000;
const ANSWER_MS = 10_000;
/** Port of the API in its pods, where the Deployment does not name one. */
const USUAL_PORT = 8422;

/**
 * Runs in a pod of the API and asks that pod for its backends, as the proxy in front of it would: the proxy's secret is
 * there and stays there. Prints what was found at the keys of each question, and nothing else.
 */
const ASK_IN_POD = `
import json, os, sys, urllib.request
name = "AGENT_BOM_TRUST_PROXY_AUTH_SECRET"
file = os.environ.get(name + "_FILE")
secret = open(file).read().strip() if file else os.environ.get(name, "")
if not secret:
    print(json.dumps({"error": "no proxy"}))
    sys.exit(0)
headers = {"X-Agent-Bom-Role": "admin", "X-Agent-Bom-Tenant-ID": "default", "X-Agent-Bom-Subject": "agent-bom-postgres-doctor",
           "X-Agent-Bom-Proxy-Secret": secret, "X-Agent-Bom-Auth-Issuer": os.environ.get("AGENT_BOM_TRUST_PROXY_AUTH_ISSUER", "")}
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
found = {}
for path, keys in json.loads(sys.argv[2]):
    try:
        value = json.load(opener.open(urllib.request.Request("http://127.0.0.1:" + sys.argv[1] + "/" + path, headers=headers), timeout=10))
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        found[path] = {"found": value if isinstance(value, (str, type(None))) else "something else"}
    except Exception as error:
        found[path] = {"error": getattr(error, "code", None) or type(error).__name__}
print(json.dumps(found))
`;

/**
 * Asks the API of an environment for its readiness through a port-forward, and for its backends: with the API key of an
 * administrator if there is one, or else inside one of its pods.
 */
export async function checkApiInCluster(
  kubectl: Kubectl,
  { name }: Environment,
  token: string | undefined,
): Promise<readonly CheckResult[]> {
  const deployment = apiDeployment(name);
  const answer = await kubectl.answer(['get', 'deployment', deployment, '--output', 'json']);
  if (answer.kind === 'not-found') return all('fail', `there is no Deployment ${deployment}`);
  if (answer.kind !== 'answered') return all('skip', `not checked: ${answer.reason}`);
  const content: unknown = JSON.parse(answer.text);
  if (Number(at(content, 'status', 'availableReplicas') ?? 0) === 0) {
    return all('fail', `no pod of the Deployment ${deployment} is available`);
  }
  const [container] = listAt(content, 'spec', 'template', 'spec', 'containers');
  const port = Number(at(container, 'ports', 0, 'containerPort') ?? USUAL_PORT);
  const forward = kubectl.start(['port-forward', `deployment/${deployment}`, `:${port}`]);
  try {
    const local = await localPort(forward);
    if (typeof local === 'string') return all('skip', `not checked: ${local}`);
    const url = new URL(`http://127.0.0.1:${local}`);
    const unready = await unreadiness(url);
    if (unready !== undefined) return all('fail', unready);
    if (token !== undefined && token !== '') return await checkApi(url, token);
    return await askInPod(kubectl, deployment, textAt(container, 'name'), port);
  } finally {
    forward.kill();
  }
}

function all(status: 'fail' | 'skip', detail: string): CheckResult[] {
  return API_QUESTIONS.map(({ id }) => ({ id, status, detail }));
}

async function unreadiness(url: URL): Promise<string | undefined> {
  try {
    const response = await fetch(new URL('readyz', url), { redirect: 'error', signal: AbortSignal.timeout(ANSWER_MS) });
    if (response.status === 200) return undefined;
    return `/readyz answered with status ${response.status}: ${(await response.text()).slice(0, 120)}`;
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { message?: string } };
    return `/readyz could not be asked: ${cause?.message ?? message}`;
  }
}

async function askInPod(kubectl: Kubectl, deployment: string, container: string, port: number): Promise<CheckResult[]> {
  const questions = JSON.stringify(API_QUESTIONS.map(({ path, key }) => [path, key]));
  const command = ['python', '-c', ASK_IN_POD, String(port), questions];
  const answer = await kubectl.answer(['exec', `deployment/${deployment}`, '--container', container, '--', ...command]);
  const other = `set ${TOKEN_VARIABLE} to the API key of an administrator`;
  if (answer.kind !== 'answered') return all('skip', `not checked: ${answer.reason}; or ${other}`);
  const found = parsed(answer.text);
  if (found === undefined)
    return all('skip', `not checked: the pod answered with something that is not JSON; ${other}`);
  if (at(found, 'error') !== undefined) return all('skip', `not checked: the API trusts no proxy; ${other}`);
  return API_QUESTIONS.map((question) => {
    const error = at(found, question.path, 'error');
    if (error === undefined) return judged(question, at(found, question.path, 'found') ?? undefined);
    return { id: question.id, status: 'fail', detail: `/${question.path} answered with ${String(error)}` };
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The port on this machine that kubectl chose, or why there is none. */
function localPort(forward: ChildProcess): Promise<number | string> {
  return new Promise((resolve) => {
    let complaint = '';
    const timer = setTimeout(
      () => resolve(`the port-forward did not begin within ${START_MS / 1000} seconds`),
      START_MS,
    );
    const finish = (result: number | string): void => {
      clearTimeout(timer);
      resolve(result);
    };
    forward.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      const port = /Forwarding from 127\.0\.0\.1:(\d+)/.exec(chunk)?.[1];
      if (port !== undefined) finish(Number(port));
    });
    forward.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      complaint += chunk;
    });
    forward.once('error', ({ message }) => finish(message));
    forward.once('close', () => finish(complaint.trim().split('\n').at(-1) || 'the port-forward ended'));
  });
}
