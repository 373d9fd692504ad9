import { at, textAt } from '../shared/program-runner';

/** An error or a warning of Terraform. */
export interface Diagnostic {
  readonly severity: string;
  readonly summary: string;
  readonly detail: string;
  /** Address of the resource that it is about. */
  readonly address?: string;
}

/** What happens to a resource while Terraform applies. */
export interface ResourceEvent {
  readonly kind: 'start' | 'progress' | 'complete' | 'errored';
  readonly address: string;
  readonly action: string;
  readonly seconds: number;
}

export type TerraformEvent = ResourceEvent | { readonly kind: 'diagnostic'; readonly diagnostic: Diagnostic };

const KINDS = {
  apply_start: 'start',
  apply_progress: 'progress',
  apply_complete: 'complete',
  apply_errored: 'errored',
} as const;

/**
 * One line of `terraform apply -json` or `plan -json`; nothing for what nobody reads.
 *
 * @see https://developer.hashicorp.com/terraform/internals/machine-readable-ui
 */
export function eventOf(line: string): TerraformEvent | undefined {
  const message = parsed(line);
  const type = textAt(message, 'type');
  if (type === 'diagnostic') {
    const [severity, summary, detail, address] = ['severity', 'summary', 'detail', 'address'].map((key) =>
      textAt(message, 'diagnostic', key),
    );
    return {
      kind: 'diagnostic',
      diagnostic: {
        severity: severity ?? '',
        summary: summary ?? '',
        detail: detail ?? '',
        address: address || undefined,
      },
    };
  }
  if (!isApplied(type)) return undefined;
  const seconds = Number(at(message, 'hook', 'elapsed_seconds') ?? 0);
  const address = textAt(message, 'hook', 'resource', 'addr');
  // What is read and what is opened for the length of a run is no change.
  const action = textAt(message, 'hook', 'action');
  if (action === 'read' || address.startsWith('data.') || address.startsWith('ephemeral.')) return undefined;
  return { kind: KINDS[type], address, action, seconds };
}

function isApplied(type: string): type is keyof typeof KINDS {
  return Object.hasOwn(KINDS, type);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
