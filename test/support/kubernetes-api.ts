import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createServerCertificates } from '../../commands/embedded/certificates';

/** What the stand-in knows of the Deployment. `pods` are names of pods that run; `ended` of those that have failed or succeeded. */
export interface DeploymentState {
  replicas: number;
  pods: string[];
  ended: string[];
  available: number;
  updated: number;
  generation: number;
  observed: number;
  /** Whether somebody has deleted it; its pods end one by one. */
  deleted?: boolean;
}

interface Answer {
  readonly code: number;
  readonly body: object;
}

/**
 * An API server of Kubernetes as far as a script of ours asks it: the Deployment, its scale, and its pods, for whoever
 * shows the token. `onQuestion` is the cluster: it may change the state before each answer.
 */
export class KubernetesApi {
  readonly token = 'a-token';
  readonly questions: string[] = [];
  /** Absent: there is no such Deployment. */
  deployment: DeploymentState | undefined;
  onQuestion: (question: string, deployment: DeploymentState) => void = () => {};

  private constructor(
    private readonly server: Server,
    /** Certificate authority of the server, as PEM. */
    readonly authority: string,
    private readonly path: string,
  ) {}

  static async start(namespace: string, name: string): Promise<KubernetesApi> {
    const { authority, certificate, privateKey } = await createServerCertificates();
    const server = createServer({ cert: certificate, key: privateKey });
    const api = new KubernetesApi(server, authority, `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`);
    server.on('request', (request, response) => {
      let text = '';
      request.on('data', (chunk) => {
        text += chunk;
      });
      request.on('end', () => {
        const { code, body } = api.answer(`${request.method} ${request.url}`, text, request.headers);
        response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return api;
  }

  /** How a pod learns where the API server is. */
  get environment(): Record<string, string> {
    const { port } = this.server.address() as AddressInfo;
    return { KUBERNETES_SERVICE_HOST: 'localhost', KUBERNETES_SERVICE_PORT: String(port) };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(question: string, text: string, headers: NodeJS.Dict<string | string[]>): Answer {
    this.questions.push(question);
    if (headers.authorization !== `Bearer ${this.token}`) return { code: 401, body: { message: 'Unauthorized' } };
    const { deployment } = this;
    if (deployment === undefined) return { code: 404, body: { message: 'not found' } };
    this.onQuestion(question, deployment);
    if (question === `GET ${this.path}`) {
      if (deployment.deleted) return { code: 404, body: { message: 'not found' } };
      return { code: 200, body: deploymentObject(deployment) };
    }
    if (question === `PATCH ${this.path}/scale` && headers['content-type'] === 'application/merge-patch+json') {
      deployment.replicas = JSON.parse(text).spec.replicas;
      deployment.generation += 1;
      return { code: 200, body: {} };
    }
    if (
      question ===
      `GET ${this.path.replace(/^\/apis\/apps\/v1(.*)\/deployments.*$/, '/api/v1$1/pods')}?labelSelector=${SELECTOR}`
    )
      return { code: 200, body: { items: podObjects(deployment) } };
    return { code: 403, body: { message: 'forbidden' } };
  }
}

const SELECTOR = encodeURIComponent('app.kubernetes.io/name=agent-bom,component=api').replaceAll('%2F', '/');

function deploymentObject({ replicas, generation, observed, updated, available }: DeploymentState): object {
  return {
    metadata: { generation },
    spec: { replicas, selector: { matchLabels: { 'app.kubernetes.io/name': 'agent-bom', component: 'api' } } },
    status: { observedGeneration: observed, updatedReplicas: updated, availableReplicas: available },
  };
}

function podObjects({ pods, ended }: DeploymentState): object[] {
  const object = (name: string, phase: string) => ({ metadata: { name }, status: { phase } });
  const running = pods.map((name) => object(name, 'Running'));
  return [...running, ...ended.map((name, index) => object(name, index === 0 ? 'Failed' : 'Succeeded'))];
}
