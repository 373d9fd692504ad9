import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { API, healthyCluster } from './healthy-cluster';
import { StandIns } from './stand-ins';

/** A kubectl for a cluster in which all is well, and whose API has as many pods as it was last scaled to: two at first. */
export class ScalableCluster {
  readonly programs = new StandIns();

  private constructor(private readonly api: Server) {
    const { directory } = this.programs;
    this.programs.write('kubectl-answers', healthyCluster((api.address() as AddressInfo).port));
    writeFileSync(join(directory, 'replicas'), '2');
    const [spec, status] = [
      { ...API.spec, replicas: '@' },
      { replicas: '@', availableReplicas: '@' },
    ];
    writeFileSync(join(directory, 'deployment'), JSON.stringify({ ...API, spec, status }).replaceAll('"@"', '@'));
    const script = `#!/bin/sh
      here='${directory}'
      case "$*" in
        '--namespace agent-bom scale deployment agent-bom-prod-api --replicas '*) printf '%s' "\${*##* }" >"$here/replicas" ;;
        '--namespace agent-bom get deployment agent-bom-prod-api'*) sed "s/@/$(cat "$here/replicas")/g" "$here/deployment" ;;
        *) exec "$here/kubectl-answers" "$@" ;;
      esac\n`;
    writeFileSync(join(directory, 'kubectl'), script, { mode: 0o755 });
  }

  static async start(): Promise<ScalableCluster> {
    const api = createServer((_request, response) => response.writeHead(200).end('{"status":"ready"}'));
    await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
    return new ScalableCluster(api);
  }

  replicas(): string {
    return readFileSync(join(this.programs.directory, 'replicas'), 'utf8');
  }

  async stop(): Promise<void> {
    this.programs.remove();
    this.api.closeAllConnections();
    await new Promise((resolve) => this.api.close(resolve));
  }
}
