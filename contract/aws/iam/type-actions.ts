/**
 * What Terraform's AWS provider asks of AWS for one type of resource. ARNs are written as `service|resource`, where
 * `{attribute}` is an attribute of the resource, and a star where its value is not known before Terraform runs.
 */
export interface TypeActions {
  /** Resources that `read` and `write` are limited to; left out for types whose ids AWS chooses, see `tagged`. */
  readonly on?: readonly string[];
  /** Resources that have an id instead of a name: the tag of the environment limits `write` to them, in place of a name. */
  readonly tagged?: string;
  /** What a plan asks. */
  readonly read?: readonly string[];
  /** What a plan asks and AWS limits to no resource. */
  readonly readAny?: readonly string[];
  /** What creating, changing and deleting it asks in addition. */
  readonly write?: readonly string[];
  /** What a deployment asks and AWS limits to no resource. */
  readonly writeAny?: readonly string[];
  /** Actions that create something with the tag of the environment, on resources that are named here. */
  readonly create?: readonly string[];
  /** ARNs that these actions are limited to. */
  readonly createOn?: readonly string[];
  /** Actions on other resources that belong to the same change. */
  readonly also?: readonly { readonly actions: readonly string[]; readonly on: readonly string[] }[];
  /** Types whose resources the actions name too. */
  readonly names?: { readonly actions: readonly string[]; readonly types: readonly string[] };
  /** Attribute with the ARN of a role, and the service that it is passed to. */
  readonly passes?: { readonly role: string; readonly to: string };
  /** Some of `write` only where this key of the condition has the value that an attribute of the resource has. */
  readonly limit?: { readonly key: string; readonly attribute: string; readonly actions: readonly string[] };
  /** Encrypts with the key of the environment, through this service. */
  readonly encrypts?: string;
  /** Where AWS documents the actions. */
  readonly source: string;
}

const REFERENCE = 'https://docs.aws.amazon.com/service-authorization/latest/reference/';

/** Page of AWS's reference that lists the actions of a service, with the resources that each can be limited to. */
export function reference(page: string): string {
  return `${REFERENCE}list_${page}.html`;
}
