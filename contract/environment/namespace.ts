import { z } from 'zod';
import { field, section, toggle } from './field';

/** The namespace where nothing else is said. */
export const NAMESPACE_DEFAULTS = { name: 'agent-bom', create: true } as const;

const FIX = 'write a name such as `agent-bom`';

const name = field(
  z
    .string()
    .max(63)
    .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/)
    .refine((text) => !/^kube-/.test(text) && text !== 'default'),
  'Kubernetes namespace of the control plane.',
  'a separate Kubernetes namespace: lower-case letters, digits and hyphens, at most 63 characters, not `default` or `kube-…`',
  FIX,
);

/** The key `namespace`: a name, or a section that says whether it exists. */
export const namespace = field(
  z.union([
    name,
    section('An existing namespace, or one that is created.', {
      name,
      create: toggle(
        'Create the namespace, and delete it with the workload stack. With false, it has to exist.',
      ).default(NAMESPACE_DEFAULTS.create),
    }),
  ]),
  'Kubernetes namespace of the control plane; created, and deleted with the workload stack, unless `create` is false.',
  'a Kubernetes namespace (lower-case letters, digits and hyphens, at most 63 characters, not `default` or `kube-…`), ' +
    'or a section with `name` and `create`',
  `${FIX}, or \`namespace: { name: agent-bom, create: false }\` for an existing one`,
);

/** How the stacks see it: the name, and whether it is ours. */
export interface NamespaceSettings {
  /** Name of the namespace. */
  readonly namespace: string;
  /** Whether the workload stack creates the namespace, and deletes it. */
  readonly createNamespace: boolean;
}

/** What the section says, whichever of its two forms it has. */
export function namespaceSettings(written: z.output<typeof namespace>): NamespaceSettings {
  if (typeof written === 'string') return { namespace: written, createNamespace: true };
  return { namespace: written.name, createNamespace: written.create };
}
