import { parse } from 'yaml';

/** A value of JSON. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** One resource that Terraform will create. */
export interface PlannedResource {
  /** Type of Terraform, such as `aws_db_instance`; an object that is written as a manifest says its kind too. */
  readonly type: string;
  /** Path of the construct, without the stack. */
  readonly path: string;
  /** Its name where it is decided before Terraform runs. */
  readonly name: string | null;
  readonly block: JsonObject;
}

/** Attributes that name a resource, the most telling first. */
const NAMES = ['identifier', 'bucket', 'name', 'alias', 'name_prefix'];

/** A stack as it was synthesized. */
export class StackTemplate {
  /** Resources in the order of their paths. */
  readonly resources: readonly PlannedResource[];
  /** Number of things that are looked up and not created. */
  readonly lookups: number;
  /** Providers by their name, each a list of configurations. */
  readonly providers: JsonObject;
  /** Where the state is: the name of the backend, and its configuration. */
  readonly backend: JsonObject;
  private readonly data: JsonObject;
  private readonly ephemeral: JsonObject;
  private readonly locals: JsonObject;
  private readonly outputs: JsonObject;
  private readonly resource: JsonObject;

  constructor(
    readonly name: string,
    template: Json,
  ) {
    const content = object(template);
    this.data = object(content.data);
    this.ephemeral = object(content.ephemeral);
    this.locals = object(content.locals);
    this.outputs = object(content.output);
    this.resource = object(content.resource);
    this.providers = object(content.provider);
    this.backend = object(object(content.terraform).backend);
    this.lookups = blocksOf(this.data).length;
    this.resources = blocksOf(this.resource)
      .map(({ type, id, block }) => planned(type, id, block, `${name}/`))
      .sort((one, other) => (one.path < other.path ? -1 : 1));
  }

  ofType(type: string): readonly PlannedResource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** Everything of one kind, with the type and the id that Terraform knows it by. */
  blocks(what: 'resources' | 'lookups' | 'ephemerals'): { type: string; id: string; block: JsonObject }[] {
    return blocksOf({ resources: this.resource, lookups: this.data, ephemerals: this.ephemeral }[what]);
  }

  /** A resource by its type and id, if this stack has it. */
  resourceBlock(type: string, id: string): JsonObject | undefined {
    const block = object(this.resource[type])[id];
    return block === undefined ? undefined : object(block);
  }

  /** What a local value or an output of this name is, if this stack has one. */
  named(what: 'locals' | 'outputs', name: string): Json | undefined {
    return what === 'locals' ? this.locals[name] : object(this.outputs[name]).value;
  }

  /** The data source that an expression such as `${data.aws_iam_policy_document.x.json}` refers to. */
  dataOf(expression: Json | undefined): JsonObject {
    const [, type = '', id = ''] = /^\$\{data\.([\w-]+)\.([\w-]+)\./.exec(text(expression) ?? '') ?? [];
    return object(object(this.data[type])[id]);
  }
}

/** The object that a value is, or an empty one. */
export function object(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

/** The list that a value is, or an empty one. */
export function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

/** The text that a value is, or nothing. */
export function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function blocksOf(types: JsonObject): { type: string; id: string; block: JsonObject }[] {
  return Object.entries(types).flatMap(([type, blocks]) =>
    Object.entries(object(blocks)).map(([id, block]) => ({ type, id, block: object(block) })),
  );
}

function planned(type: string, id: string, block: JsonObject, prefix: string): PlannedResource {
  const path = text(object(object(block['//']).metadata).path) ?? id;
  const manifest = object(block.manifest);
  const kind = text(manifest.kind);
  const metadata = object(list(block.metadata)[0] ?? block.metadata ?? manifest.metadata);
  const generated = text(metadata.generate_name)?.replace(/-$/, '');
  const name = [...NAMES.map((key) => block[key]), metadata.name, generated]
    .map(text)
    .map(decided)
    .find((known) => known);
  return {
    type: kind === undefined ? type : `${type} ${kind}`,
    path: path.startsWith(prefix) ? path.slice(prefix.length) : path,
    name: name ?? null,
    block,
  };
}

/** A name as far as it is known: a star replaces what Terraform does not know before it runs. */
function decided(name: string | undefined): string | undefined {
  const known = name?.replace(/(?<!\$)\$\{[\s\S]*\}/, '*');
  return known === '*' ? undefined : known;
}

/** Values of the Helm releases in the stacks. */
export function releaseValues(stacks: readonly StackTemplate[]): JsonObject[] {
  const releases = stacks.flatMap((stack) => stack.ofType('helm_release'));
  return releases.flatMap(({ block }) => list(block.values).map((values) => object(parse(String(values)))));
}
