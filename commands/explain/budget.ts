import { databaseCapacity } from '../../contract/aws/capacity';
import type { Environment } from '../../contract/environment/environment';
import { connectionsNeeded, releasePools } from '../../contract/postgres/connection-budget';
import { RUNTIME_IDENTITIES, type RuntimeIdentityName } from '../../contract/postgres/identities';
import type { ReportedPool } from '../../contract/postgres/run-report';
import { list, object, releaseValues, type StackTemplate, text } from './stack-template';

/** How many connections there are, and who may hold them. */
export interface ConnectionBudget {
  /** Connections that each login may hold, by its identity. */
  readonly limits: Readonly<Record<RuntimeIdentityName, number>>;
  /** Connections for the administrator, and those that PostgreSQL and RDS keep for themselves. */
  readonly administration: number;
  readonly needed: number;
  /** Connections that the server accepts; null where they are not known. */
  readonly available: number | null;
  readonly instanceClass: string | null;
  /** Pools that each API pod of the version opens, with the connections that each may open, and those of all pods. */
  readonly pools: readonly ReportedPool[];
  /** API pods, and the connections that each may open; null where the release is not part of the stacks. */
  readonly replicas: number | null;
  readonly poolMaximum: number | null;
}

/** The connection budget that the stacks carry, or null where no workload is told one. */
export function connectionBudget(
  { database, release }: Environment,
  stacks: readonly StackTemplate[],
): ConnectionBudget | null {
  const options = JSON.stringify(stacks.flatMap(({ resources }) => resources.map(({ block }) => block)));
  const entries = RUNTIME_IDENTITIES.map(
    ({ name, limitSetting }) => [name, Number(new RegExp(`-c ${limitSetting}=(\\d+)`).exec(options)?.[1])] as const,
  );
  if (entries.some(([, limit]) => Number.isNaN(limit))) return null;
  const limits = Object.fromEntries(entries) as Record<RuntimeIdentityName, number>;
  const needed = connectionsNeeded(limits);
  const { app, maintenance, backup } = limits;
  const available = databaseCapacity(database).connections ?? null;
  const server = { available, instanceClass: instanceClassOf(stacks) };
  const administration = needed - app - maintenance - backup;
  return { limits, pools: releasePools(release), administration, needed, ...server, ...poolsOfRelease(stacks) };
}

/** Class of the instances, or null for an existing server. */
function instanceClassOf(stacks: readonly StackTemplate[]): string | null {
  const blocks = stacks.flatMap((stack) => stack.resources).map(({ block }) => block);
  return blocks.map((block) => text(block.instance_class)).find((found) => found !== undefined) ?? null;
}

function poolsOfRelease(stacks: readonly StackTemplate[]): Pick<ConnectionBudget, 'replicas' | 'poolMaximum'> {
  const api = releaseValues(stacks).map((values) => object(object(values.controlPlane).api))[0] ?? {};
  const pool = list(api.env)
    .map(object)
    .find(({ name }) => name === 'AGENT_BOM_POSTGRES_POOL_MAX_SIZE')?.value;
  const scaled = object(api.autoscaling);
  const replicas = scaled.enabled === true ? scaled.maxReplicas : api.replicas;
  return {
    replicas: typeof replicas === 'number' ? replicas : null,
    poolMaximum: pool === undefined ? null : Number(pool),
  };
}
