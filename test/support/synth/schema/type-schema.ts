/** What a provider does with the attributes of one type of resource that our stacks write. */
export interface TypeSchema {
  /**
   * Where it was read: a file of the provider's source with its commit, or the page of its documentation. The schema that a
   * provider tells Terraform has `kept`, and neither `replaces` nor `defaults`.
   */
  readonly read: string;
  /** Attributes whose change replaces the resource (ForceNew). A nested attribute is written with dots. */
  readonly replaces: readonly string[];
  /**
   * Attributes that keep their value when they are left out (Optional and Computed). Those of RDS were compared with a
   * published schema of version 6 of the provider as well.
   */
  readonly kept?: readonly string[];
  /** What an attribute has that is left out. */
  readonly defaults?: Readonly<Record<string, string | number | boolean>>;
  /** Whether the provider is made with Terraform's framework, whose defaults are Optional and Computed. */
  readonly framework?: boolean;
}

/** A file of the provider's source at a commit. */
export const source = (file: string, commit: string) => `internal/service/${file} at ${commit}`;
/** What its documentation says. */
export const page = (type: string) => `documentation of ${type}: "forces new resource"`;
