import { randomBytes } from 'node:crypto';
import { Pool } from 'pg';
import type { EmbeddedServer } from '../../../commands/embedded/server';
import type { ConnectionUrls } from '../../../commands/shared/postgres/contract-runner';
import { loginOfGeneration, RUNTIME_IDENTITIES } from '../../../contract/postgres/identities';
import { until } from '../until';

/** Connection URLs of a generation, with passwords of their own. */
export function urlsOfGeneration(server: EmbeddedServer, generation: number): ConnectionUrls {
  const urls = RUNTIME_IDENTITIES.map((identity) => {
    const login = { user: loginOfGeneration(identity, generation), password: randomBytes(24).toString('base64') };
    return [identity.name, server.urlFor(login)];
  });
  return { ...Object.fromEntries(urls), admin: server.urlFor(server.address.admin) } as ConnectionUrls;
}

/** A pod of the API: a full pool whose connections ask one question after another, until the pod is replaced. */
export class BusyPod {
  answered = 0;
  readonly failures: string[] = [];
  private readonly pool: Pool;
  private readonly workers: Promise<void>[];
  private running = true;

  constructor(
    url: string,
    private readonly connections: number,
  ) {
    this.pool = new Pool({ connectionString: url, max: connections });
    this.pool.on('error', ({ message }) => this.failures.push(message));
    this.workers = Array.from({ length: connections }, () => this.work());
  }

  /** Stops asking, lets what is asked be answered and closes the connections. */
  async drain(): Promise<void> {
    this.running = false;
    await Promise.all(this.workers);
    await this.pool.end();
  }

  /** Waits until every connection of the pool is open and in use. */
  async warmUp(): Promise<void> {
    const goal = this.answered + this.connections;
    const isWarm = () => this.pool.totalCount >= this.connections && this.answered >= goal;
    await until(() => this.failures.length > 0 || isWarm());
  }

  private async work(): Promise<void> {
    while (this.running) {
      try {
        await this.pool.query('select count(*), pg_sleep(0.01) from scan_jobs');
        this.answered += 1;
      } catch (error) {
        this.failures.push((error as Error).message);
        return;
      }
    }
  }
}
