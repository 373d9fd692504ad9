import { listAt, textAt } from '../shared/program-runner';

/** What a plan does to a resource. */
export type Action = 'create' | 'update' | 'replace' | 'delete' | 'forget' | 'import';

export interface Change {
  readonly address: string;
  readonly action: Action;
  /** Why it is lost, where it is. */
  readonly reason?: string;
}

/** A resource in a plan, as `terraform show -json` writes it. */
export interface ResourceChange {
  readonly address: string;
  readonly type?: string;
  readonly action_reason?: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before?: unknown;
    readonly after?: unknown;
    readonly replace_paths?: readonly (readonly (string | number)[])[];
    readonly importing?: unknown;
  };
}

/** The parts that are read of `terraform show -json` with a plan. */
export interface PlanFile {
  readonly resource_changes?: readonly ResourceChange[];
  readonly prior_state?: { readonly values?: unknown };
}

/** A resource in a state, as `terraform show -json` writes it. */
export interface StateResource {
  readonly address: string;
  readonly mode: string;
  readonly type: string;
  /** Whether its creation failed. */
  readonly tainted?: boolean;
  readonly values: unknown;
}

/** Everything in a state: of `terraform show -json`, or what a plan found before its changes. */
export function stateResources(values: unknown): readonly StateResource[] {
  return listAt(values, 'root_module', 'resources') as readonly StateResource[];
}

/** What a plan changes: an import that changes nothing is one too. */
export function changesOf({ resource_changes = [] }: PlanFile): Change[] {
  return resource_changes.flatMap((resource) => {
    const action = actionOf(resource);
    if (action === undefined) return [];
    const reason = action === 'replace' || action === 'delete' ? reasonOf(resource) : undefined;
    return [{ address: resource.address, action, ...(reason === undefined ? {} : { reason }) }];
  });
}

function actionOf({ change: { actions, importing } }: ResourceChange): Action | undefined {
  if (actions.includes('create') && actions.includes('delete')) return 'replace';
  if (importing !== undefined && importing !== null) return 'import';
  return (['create', 'update', 'delete', 'forget'] as const).find((action) => actions.includes(action));
}

const REASONS: Readonly<Record<string, string>> = {
  replace_because_tainted: 'its creation did not end well',
  replace_by_request: 'asked for',
  delete_because_no_resource_config: 'no longer in the environment',
};

/** Values are not read: only the names of the attributes that ask for another resource. */
function reasonOf({ action_reason = '', change: { replace_paths = [] } }: ResourceChange): string | undefined {
  const paths = replace_paths.map((path) => path.filter((part) => typeof part === 'string').join('.'));
  if (paths.length > 0) return `another ${[...new Set(paths)].join(', ')}`;
  return REASONS[action_reason];
}

/** The provider reads the version of the installed chart from the cluster for every plan. */
export function upgradeIn({
  resource_changes = [],
}: PlanFile): { readonly from: string; readonly to: string } | undefined {
  const release = resource_changes.find(({ type }) => type === 'helm_release')?.change;
  const [from, to] = [textAt(release?.before, 'version'), textAt(release?.after, 'version')];
  return from === '' || to === '' || from === to ? undefined : { from, to };
}
