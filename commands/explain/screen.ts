import type { PodPool } from '../../contract/postgres/connection-budget';
import { counted } from '../shared/output/check-table';
import type { Terminal } from '../shared/output/terminal';
import type { ConnectionBudget } from './budget';
import { showCost } from './cost/show';
import type { Explanation } from './explanation';
import type { PlannedResource } from './stack-template';

/** Shows an explanation to people. */
export function show(explanation: Explanation, terminal: Terminal, asTree: boolean): void {
  const { environment, region, cluster, namespace } = explanation;
  const title = terminal.styled('bold', environment);
  terminal.line(`${title}: region ${region}, cluster ${cluster}, namespace ${namespace}`);
  for (const { path, text } of explanation.warnings) terminal.line(`${terminal.styled('yellow', path)}: ${text}`);
  for (const stack of explanation.stacks) showStack(stack, terminal, asTree);
  showBudget(explanation.budget, terminal);
  showCost(explanation.cost, environment, terminal);
  showIdentities(explanation.identities, terminal);
  showNetwork(explanation.network, terminal);
  showRoles(explanation.roles, terminal);
}

function showStack(
  { name, resources, lookups }: Explanation['stacks'][number],
  terminal: Terminal,
  asTree: boolean,
): void {
  const found = lookups === 0 ? '' : `; looks up ${lookups}`;
  terminal.line(`\n${terminal.styled('bold', name)} creates ${counted(resources.length, 'resource')}${found}`);
  if (asTree) terminal.line(resourceTree(resources));
  else
    terminal.table(
      ['construct', 'resource', 'name'],
      resources.map(({ path, type, name: own }) => [path, type, own ?? '']),
    );
}

function showBudget(budget: ConnectionBudget | null, terminal: Terminal): void {
  terminal.line(`\n${terminal.styled('bold', 'Connections')}`);
  if (budget === null) {
    terminal.line('The workloads of the stacks have no budget.');
    return;
  }
  const { limits, administration, needed, available, instanceClass, replicas } = budget;
  const { app, maintenance, backup } = limits;
  const server = instanceClass === null ? 'the server' : instanceClass;
  const pods = replicas === null ? 'the API pods' : counted(replicas, 'API pod');
  terminal.table(
    ['who', 'connections', 'why'],
    [
      ['app', app, `${pods}, and those of a rollout as well`],
      ...poolRows(budget, 'app'),
      ['maintenance', maintenance, 'the same pods, for work across tenants'],
      ...poolRows(budget, 'maintenance'),
      ['backup', backup, 'a dump, and a check at the same time'],
      ['administration', administration, 'migration Job, an administrator, and what PostgreSQL and RDS reserve'],
      [terminal.styled('bold', 'needed'), needed, ''],
      ['available', available ?? 'not known', available === null ? '' : `${server}; ${available - needed} are spare`],
    ],
  );
}

/** The pools that a limit adds up; what is left of it is for a verification and an operator. */
function poolRows({ pools }: ConnectionBudget, identity: PodPool['identity']): (string | number)[][] {
  const own = pools.filter((pool) => pool.identity === identity);
  return own.map(({ name, connections, allPods }) => [`  ${name} pool`, allPods, `up to ${connections} a pod`]);
}

function showIdentities(identities: Explanation['identities'], terminal: Terminal): void {
  terminal.line(`\n${terminal.styled('bold', 'Identities of the database')}`);
  terminal.table(
    ['identity', 'purpose', 'Secret', 'held by'],
    identities.map(({ identity, purpose, secret, heldBy }) => [
      identity,
      purpose,
      secret ?? '',
      heldBy.length === 0 ? 'nobody' : heldBy.join('\n'),
    ]),
  );
}

function showNetwork(network: Explanation['network'], terminal: Terminal): void {
  if (network.length === 0) return;
  terminal.line(`\n${terminal.styled('bold', 'Network access to the database')}`);
  terminal.table(
    ['from', 'port', 'for'],
    network.map(({ source, port, purpose }) => [source ?? 'a security group, by reference', port, purpose]),
  );
}

function showRoles(roles: Explanation['roles'], terminal: Terminal): void {
  if (roles.length === 0) return;
  terminal.line(`\n${terminal.styled('bold', 'Roles of AWS')}`);
  terminal.table(
    ['role', 'ServiceAccount', 'may'],
    roles.map(({ name, serviceAccounts, actions, policies }) => [
      name,
      serviceAccounts.length === 0 ? 'a service of AWS' : serviceAccounts.join('\n'),
      [...actions, ...policies.map((policy) => `what ${policy} allows`)].join(', ') || 'nothing',
    ]),
  );
}

type Resource = Omit<PlannedResource, 'block'>;

interface Branch {
  readonly branches: Map<string, Branch>;
  resource?: Resource;
}

/** Resources as a tree of the constructs that they belong to. */
export function resourceTree(resources: readonly Resource[]): string {
  const root: Branch = { branches: new Map() };
  for (const resource of resources) {
    let branch = root;
    for (const part of resource.path.split('/')) {
      const next: Branch = branch.branches.get(part) ?? { branches: new Map() };
      branch.branches.set(part, next);
      branch = next;
    }
    branch.resource = resource;
  }
  return lines(root, '').join('\n');
}

function lines({ branches }: Branch, indent: string): string[] {
  const entries = [...branches];
  return entries.flatMap(([part, branch], index) => {
    const last = index === entries.length - 1;
    const line = `${indent}${last ? '└─' : '├─'} ${part}${label(branch.resource)}`;
    return [line, ...lines(branch, `${indent}${last ? '   ' : '│  '}`)];
  });
}

function label(resource: Resource | undefined): string {
  if (resource === undefined) return '';
  return `: ${resource.type}${resource.name === null ? '' : ` "${resource.name}"`}`;
}
