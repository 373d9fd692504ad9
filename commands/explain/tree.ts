import type { PlannedResource } from './stack-template';

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
