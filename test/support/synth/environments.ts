import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Testing } from 'cdktf';
import { stringify } from 'yaml';
import type { Environment } from '../../../contract/environment/environment';
import { parseEnvironment } from '../../../contract/environment/parse';
import type { Mistake } from '../../../contract/error';
import { DatabaseStack } from '../../../stacks/database-stack';
import { type EnvironmentStacksProps, environmentStacks } from '../../../stacks/environment-stacks';
import { Template, testingApp } from './template';

/** The shortest environment file that is valid, as an object to change. */
export function minimal() {
  return {
    name: 'prod',
    region: 'eu-west-1',
    cluster: { name: 'platform' },
    database: { subnetIds: ['subnet-0a1b2c3d', 'subnet-1a2b3c4d'] },
    release: { trustedProxyIssuer: 'https://auth.example.com' },
  };
}

const SECRETS = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:platform';

/** The shortest environment file with a server that is there already, as an object to change. */
export function minimalExisting() {
  const { database, ...rest } = minimal();
  return {
    ...rest,
    database: {
      existing: { host: 'platform.c0a1b2c3d4e5.eu-west-1.rds.amazonaws.com' },
      engine: '16',
      maxConnections: 400,
    },
    secrets: {
      existing: {
        admin: { arn: `${SECRETS}/admin-a1b2c3` },
        app: { arn: `${SECRETS}/app-d4e5f6` },
        maintenance: { arn: `${SECRETS}/maintenance-0a1b2c` },
        backup: { arn: `${SECRETS}/backup-3d4e5f` },
        controlPlane: { arn: `${SECRETS}/keys-60718a` },
      },
      readerRoleArn: 'arn:aws:iam::111122223333:role/reader',
    },
  };
}

export function parsed(content: object): Environment {
  const result = parseEnvironment('prod.yaml', stringify(content));
  if ('mistakes' in result) throw new Error(JSON.stringify(result.mistakes));
  return result.environment;
}

export function mistakesIn(text: string): readonly Mistake[] {
  const result = parseEnvironment('prod.yaml', text);
  return 'mistakes' in result ? result.mistakes : [];
}

/** The workload stack of an environment whose database is there already, as `cdktf synth` writes it. */
export function synthesizeWorkload(environment: Environment, caBundle?: string): Template {
  return synthesizeStacks({ environment, caBundle }, ['workload']).workload;
}

/** Both stacks of an environment as `cdktf synth` writes them, and the files beside them. */
export function synthesize(environment: Environment, caBundle?: string): Synthesized<'database' | 'workload'> {
  return synthesizeStacks({ environment, caBundle }, ['database', 'workload']);
}

/** The stacks of an environment of any kind; there is no database stack where the database is there already. */
export function synthesizeAll(
  environment: Environment,
  caBundle?: string,
): { readonly database?: Template; readonly workload: Template; readonly files: Readonly<Record<string, string>> } {
  return environment.database.existing === undefined
    ? synthesize(environment, caBundle)
    : synthesizeStacks({ environment, caBundle }, ['workload']);
}

/** The database stack by itself, in a fifth of the time: without the outputs that the workload stack reads. */
export function synthesizeDatabase(environment: Environment): Template {
  return new Template(Testing.synth(new DatabaseStack(testingApp(), environment)));
}

type Files = Readonly<Record<string, string>>;
type Synthesized<Name extends string> = Record<Name, Template> & { readonly files: Files };

/** What was written for an environment: another test file of the worker may have asked for the same one. */
type Kept = Map<string, { readonly files: Files; readonly texts: readonly string[] }>;
const { synthesizedOnce } = globalThis as { readonly synthesizedOnce?: () => Kept };
const synthesized: Kept = synthesizedOnce?.() ?? new Map();
/** Those of generated files, of which there may be thousands, are asked for once. */
const MOST_KEPT = 200;

function synthesizeStacks<Name extends string>(
  props: EnvironmentStacksProps,
  names: readonly Name[],
): Synthesized<Name> {
  const key = JSON.stringify([names, props]);
  const { files, texts } = synthesized.get(key) ?? writeStacks(props, names);
  if (synthesized.size < MOST_KEPT) synthesized.set(key, { files, texts });
  const templates = names.map((name, index) => [name, new Template(texts[index] ?? '')]);
  return { ...(Object.fromEntries(templates) as Record<Name, Template>), files: { ...files } };
}

function writeStacks({ environment, caBundle }: EnvironmentStacksProps, names: readonly string[]) {
  const outdir = mkdtempSync(join(tmpdir(), 'synth-'));
  try {
    const app = new App({ outdir });
    const files = writesNothingRefused(outdir, () => environmentStacks(app, { environment, caBundle }));
    app.synth();
    const stacks = names.map((name) => `${environment.name}-${name}`);
    expect(readdirSync(join(outdir, 'stacks')).sort()).toEqual([...stacks].sort());
    return { files, texts: stacks.map((stack) => Template.read(outdir, stack).text) };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** What is refused leaves no file behind, not even of the stacks that were made before. */
function writesNothingRefused<Result>(outdir: string, construct: () => Result): Result {
  try {
    return construct();
  } finally {
    const written = readdirSync(outdir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(written.map(({ name }) => name)).toEqual([]);
  }
}

export const SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:platform/agent-bom-a1b2c3';
export const VERSION_ID = '0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9';

/** Ways to authenticate whose secrets are in Secrets Manager. */
export const STORED_AUTHENTICATION = {
  apiKeys: { secretArn: SECRET_ARN, property: 'api-keys' },
  scim: { bearerToken: { secretArn: SECRET_ARN, property: 'scim', versionId: VERSION_ID } },
};

/** Both stacks of the shortest environment file with these keys of `secrets` and these other keys. */
export function withSecrets(secrets: object, more: object = {}): { database: Template; workload: Template } {
  return synthesize(parsed({ ...minimal(), secrets, ...more }));
}

/** The text of the shortest environment file with these keys changed. */
export function fileWith(more: object): string {
  return stringify({ ...minimal(), ...more });
}
