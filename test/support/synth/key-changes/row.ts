import { type App, type TerraformStack, Testing } from 'cdktf';
import type { Environment } from '../../../../contract/environment/environment';
import { DatabaseStack } from '../../../../stacks/database-stack';
import { existingEndpoint } from '../../../../stacks/environment-stacks';
import { WorkloadStack } from '../../../../stacks/workload-stack';
import { changes } from '../changes';
import { parsed } from '../environments';
import { Template, testingApp } from '../template';
import { over, VARIETIES, type Variety } from '../varieties';

/** A file, a key that gets another value, what Terraform does to the stack, and what is in the file before. */
export type Row = [variety: Variety, key: string, value: unknown, changes: string, beside?: object];

const STACKS = {
  database: (app: App, environment: Environment): TerraformStack => new DatabaseStack(app, environment),
  workload: (app: App, environment: Environment): TerraformStack => {
    const { existing } = environment.database;
    const endpoint = existing ? existingEndpoint(environment) : new DatabaseStack(app, environment).endpoint;
    return new WorkloadStack(app, { environment, endpoint });
  },
};
const synthesized = new Map<string, Template>();

/** What changes in one of the two stacks, each kind once, without the name of the resource. */
export function changesOf([variety, key, value, , beside = {}]: Row, which: keyof typeof STACKS): string {
  const before = over(VARIETIES[variety], beside);
  const change = key.split('.').reduceRight<unknown>((inner, part) => ({ [part]: inner }), value);
  const all = changes(stackOf(before, which), stackOf(over(before, change as object), which));
  return [...new Set(all.map((text) => text.replace(/\..*$/, '')))].sort().join('; ');
}

/** The stack of a file, made once. */
function stackOf(content: object, which: keyof typeof STACKS): Template {
  const key = `${which}${JSON.stringify(content)}`;
  const template = synthesized.get(key) ?? new Template(Testing.synth(STACKS[which](testingApp(), parsed(content))));
  synthesized.set(key, template);
  return template;
}
