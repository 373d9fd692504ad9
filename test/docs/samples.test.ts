import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

jest.setTimeout(240_000);

const PROJECT = join(__dirname, '..', '..');
const pageText = (page: string): string => readFileSync(join(PROJECT, 'docs', 'start', page), 'utf8');
const PRODUCTION = pageText('production-file.md').match(/^```yaml\n([\s\S]*?)^```$/m)?.[1] ?? '';

/** Commands of a page that are followed by what they print. */
function samples(page: string): (readonly [command: string, output: string])[] {
  return [...pageText(page).matchAll(/^```sh\n((?:(?!```).*\n)+)```\n\n```text\n((?:(?!```).*\n)+)```$/gm)].map(
    ([, command = '', output = '']) => [command.replace(/\\\n\s*/g, ' ').trim(), output],
  );
}

/** Without what differs from run to run and from change to change: times, sizes of tables, hashes. */
function settled(text: string): string {
  return text
    .replace(/\b\d+(?:\.\d+)? (m?s|min)\b/g, '<time>')
    .replace(/-[0-9a-f]{10}\b/g, '-<hash>')
    .replace(/[\w/.-]*environments\/prod\.yaml/g, 'environments/prod.yaml');
}

/** Lines of a sample that are not in the output, in their order; `...` is any number of lines. */
function missing(sample: string, output: string): string[] {
  const printed = settled(output).split('\n');
  let next = 0;
  let free = true;
  return settled(sample.trimEnd())
    .split('\n')
    .filter((line) => {
      if (line === '...') {
        free = true;
        return false;
      }
      const found = printed.indexOf(line, next);
      const wrong = found < 0 || !(free || found === next);
      if (!wrong) next = found + 1;
      free = wrong;
      return wrong;
    });
}

describe('what the pages show', () => {
  let folder: string;
  let environments: string;
  let bin: string;

  const run = (command: string): string => {
    const program = command
      .replace(/^npx agent-bom-postgres/, 'node bin/agent-bom-postgres.js')
      .replace(/^npm run rehearse/, 'node bin/agent-bom-postgres.js rehearse');
    const { stdout, stderr } = spawnSync('bash', ['-c', program], {
      cwd: PROJECT,
      encoding: 'utf8',
      env: {
        PATH: `${bin}${delimiter}${process.env.PATH}`,
        HOME: folder,
        TMPDIR: folder,
        CHECKPOINT_DISABLE: '1',
        ENVIRONMENTS_DIR: environments,
        CDKTF_OUTDIR: join(folder, 'out'),
        KUBECONFIG: join(folder, 'no-cluster'),
      },
    });
    return stdout + stderr;
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'samples-'));
    environments = join(folder, 'environments');
    bin = join(folder, 'bin');
    mkdirSync(environments);
    mkdirSync(bin);
    copyFileSync(join(PROJECT, 'test', 'support', 'commands', 'fake-terraform.sh'), join(bin, 'terraform'));
    chmodSync(join(bin, 'terraform'), 0o755);
    writeFileSync(join(bin, 'kubectl'), KUBECTL, { mode: 0o755 });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is printed in the quick start', () => {
    const shown = samples('quick-start.md');
    expect(shown.map(([command]) => command.split(' ').slice(0, 3).join(' '))).toEqual([
      'npm run rehearse',
      'npx agent-bom-postgres init',
      'npx agent-bom-postgres explain',
    ]);
    // What a rehearsal proves depends on the client programs of the machine.
    for (const [command, output] of shown.filter(([of]) => of !== 'npm run rehearse'))
      expect({ command, missing: missing(output, run(command)) }).toEqual({ command, missing: [] });
  });

  it('is printed for the production file, with Terraform as a stand-in', () => {
    writeFileSync(join(environments, 'prod.yaml'), PRODUCTION);
    const shown = samples('sample-output.md');
    expect(shown.map(([command]) => command.replace(/^npx agent-bom-postgres /, '').split(' ')[0])).toEqual([
      'npm',
      'explain',
      'plan',
      'deploy',
      'status',
      'doctor',
    ]);
    for (const [command, output] of shown.filter(([of]) => !/rehearse|doctor/.test(of))) {
      terraformAnswers(command);
      expect({ command, missing: missing(output, run(command)) }).toEqual({ command, missing: [] });
    }
  });

  /** The state of the account before the command: nothing for the plan, the database's outputs during a deployment. */
  function terraformAnswers(command: string): void {
    if (command.includes(' explain')) return;
    if (command.includes(' plan')) expect(run('node bin/from-source.js main.ts')).not.toContain('Error');
    for (const stack of ['prod-database', 'prod-workload']) {
      const text = readFileSync(join(folder, 'out', 'stacks', stack, 'cdk.tf.json'), 'utf8');
      const resources = resourcesOf(text);
      const events = resources.flatMap(({ address }) =>
        ['apply_start', 'apply_complete'].map((type) =>
          JSON.stringify({ type, hook: { resource: { addr: address }, action: 'create', elapsed_seconds: 3 } }),
        ),
      );
      const write = (kind: string, content: string) => writeFileSync(join(bin, `${stack}.${kind}`), content);
      write('plan', '2');
      write('changes', JSON.stringify({ resource_changes: resources }));
      write('apply', `${events.join('\n')}\n`);
      const outputs = [...text.matchAll(/outputs\.(cross-stack-output-[\w-]+)/g)].map(([, name]) => [name, {}]);
      write('state', JSON.stringify({ values: { root_module: { resources: [...stateOf(resources), CLUSTER] } } }));
      if (stack === 'prod-workload' && !command.includes(' plan'))
        writeFileSync(join(bin, 'prod-database.outputs'), JSON.stringify(Object.fromEntries(outputs)));
    }
  }
});

const CLUSTER = {
  mode: 'data',
  type: 'aws_eks_cluster',
  values: { name: 'platform', endpoint: 'https://127.0.0.1:1' },
};

/** The cluster in which prod runs: three pods of the API, two of the user interface, and the Jobs of the deployment. */
const KUBECTL = `#!/bin/sh
case "$*" in
  *'get jobs'*) echo '${items(['agent-bom-migrate-be6a64c8e2-1a2b3c', 'agent-bom-revoke-5b3a47ad67'], { type: 'Complete' })}';;
  *'get pods'*) echo '${items(['api-1', 'api-2', 'api-3', 'ui-1', 'ui-2'], { type: 'Ready' })}';;
  *) exit 1;;
esac
`;

function items(names: readonly string[], { type }: { readonly type: string }): string {
  const status = { phase: 'Running', conditions: [{ type, status: 'True' }] };
  return JSON.stringify({ items: names.map((name) => ({ metadata: { name }, status })) });
}

/** The same resources when they are created, with what AWS and Helm know of them then. */
function stateOf(resources: ReturnType<typeof resourcesOf>): readonly object[] {
  const known: Readonly<Record<string, object>> = {
    aws_db_instance: { engine_version_actual: '17.6', status: 'available' },
    helm_release: { status: 'deployed', metadata: [{ revision: 1 }] },
  };
  return resources.map(({ address, type, change }) => ({
    address,
    type,
    mode: 'managed',
    values: { ...change.after, ...known[type] },
  }));
}

/** Every resource of a stack, as it is in a plan that creates it. */
function resourcesOf(stack: string) {
  const { resource } = JSON.parse(stack) as { resource: Record<string, Record<string, Record<string, unknown>>> };
  return Object.entries(resource).flatMap(([type, named]) =>
    Object.entries(named).map(([name, after]) => ({
      address: `${type}.${name}`,
      type,
      change: { actions: ['create'], before: null, after },
    })),
  );
}

it('the production file has what production needs', () => {
  for (const key of ['authentication', 'alarms', 'state', 'tags', 'requiredTags'])
    expect(PRODUCTION).toMatch(new RegExp(`^${key}:`, 'm'));
  expect(PRODUCTION).toMatch(/^ {2}ingress:$/m);
});

it('a sample that differs is noticed, and what is left out is not', () => {
  const output = 'one\ntwo\nthree in 4 s\nfour\n';
  expect(missing('one\n...\nthree in 5 s\nfour', output)).toEqual([]);
  expect(missing('one\nthree in 4 s', output)).toEqual(['three in <time>']);
  expect(missing('...\nfour\none', output)).toEqual(['one']);
});
