import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, TerraformStack, Testing } from 'cdktf';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
// biome-ignore lint/suspicious/noExplicitAny: assertions reach into blocks of every shape; expect() checks what is there
export type Block = any;
type BlocksOfType = Readonly<Record<string, Readonly<Record<string, Block>>>>;

/** Addresses in an expression: `type.name`, `data.type.name`, `ephemeral.type.name`. */
const ADDRESS = /(?<![\w.-])(?:(?:data|ephemeral)\.\w+\.[\w-]+|(?:aws|helm|kubernetes|random)_\w+\.[\w-]+)/g;

/** An app that writes nothing; without a directory of its own cdktf creates one, and leaves it. */
export function testingApp(): App {
  return Testing.app({ outdir: tmpdir() });
}

/** The synthesized JSON of one stack, and questions to ask about it. */
export class Template {
  readonly json: Block;
  readonly text: string;

  constructor(text: string) {
    this.text = text;
    this.json = JSON.parse(text);
  }

  /** What constructs become in a stack of their own. */
  static of(build: (stack: TerraformStack) => void): Template {
    const stack = new TerraformStack(testingApp(), 'test');
    build(stack);
    return new Template(Testing.synth(stack));
  }

  /** A stack in the output directory of an app. */
  static read(outputDirectory: string, stack: string): Template {
    return new Template(readFileSync(join(outputDirectory, 'stacks', stack, 'cdk.tf.json'), 'utf8'));
  }

  /** All resources of a type, in the order of their addresses. */
  resources(type: string): Block[] {
    return Object.values(this.json.resource?.[type] ?? {});
  }

  /** The one resource of a type, or the one for which `matches` holds. */
  resource(type: string, matches: (block: Block) => boolean = () => true): Block {
    return only(type, this.resources(type).filter(matches));
  }

  /** The one data source of a type, or the one for which `matches` holds. */
  data(type: string, matches: (block: Block) => boolean = () => true): Block {
    return only(type, Object.values<Block>(this.json.data?.[type] ?? {}).filter(matches));
  }

  /** The ExternalSecrets and other objects that are written as manifests, by kind. */
  manifests(kind: string): Block[] {
    return this.resources('kubernetes_manifest').filter(({ manifest }) => manifest.kind === kind);
  }

  /** Types of all resources, sorted, one entry for each resource. */
  inventory(): string[] {
    return this.addresses()
      .filter((address) => !/^(?:data|ephemeral)\./.test(address))
      .map((address) => address.split('.')[0] ?? '');
  }

  /** Addresses of all resources, data sources and ephemeral resources, sorted. */
  addresses(): string[] {
    return [...this.blocks().keys()].sort();
  }

  /** References, in expressions and in `depends_on`, to something that this stack does not have. */
  unresolvedReferences(): string[] {
    const known = new Set(this.addresses());
    return [...new Set(references(this.json))].filter((address) => !known.has(address)).sort();
  }

  /** Addresses that Terraform finishes before it begins with this one. */
  prerequisites(address: string, seen = new Set<string>()): Set<string> {
    for (const next of references(this.blocks().get(address))) {
      if (next === address || seen.has(next)) continue;
      seen.add(next);
      this.prerequisites(next, seen);
    }
    return seen;
  }

  private blocks(): Map<string, Block> {
    const sections: [string, BlocksOfType | undefined][] = [
      ['', this.json.resource],
      ['data.', this.json.data],
      ['ephemeral.', this.json.ephemeral],
    ];
    return new Map(
      sections.flatMap(([prefix, types]) =>
        Object.entries(types ?? {}).flatMap(([type, blocks]) =>
          Object.entries(blocks).map(([name, block]): [string, Block] => [`${prefix}${type}.${name}`, block]),
        ),
      ),
    );
  }
}

/** All strings of a JSON value, without the comments that cdktf adds. */
export function strings(value: Json | undefined): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => (key === '//' ? [] : strings(item)));
}

function references(block: Json | undefined): string[] {
  const expressions = strings(block)
    .filter((text) => /(?<!\$)\$\{/.test(text))
    .map((text) => text.replace(/"[^"]*"/g, ''));
  return [...expressions, ...dependsOn(block)].flatMap((text) => text.match(ADDRESS) ?? []);
}

function dependsOn(value: Json | undefined): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => (key === 'depends_on' ? strings(item) : dependsOn(item)));
}

function only(type: string, blocks: readonly Block[]): Block {
  if (blocks.length !== 1) throw new Error(`expected one ${type}, found ${blocks.length}`);
  return blocks[0];
}
