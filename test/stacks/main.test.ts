import { spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { locatedEnvironment, readEnvironments } from '../../commands/shared/environment/environment-files';
import { regionAuthorities } from '../../contract/aws/certificate-authorities';
import { ContractError, type Mistake } from '../../contract/error';
import { minimal } from '../support/synth/environments';

const PROJECT = join(__dirname, '..', '..');
const FROM_SOURCE = join(PROJECT, 'bin', 'from-source.js');

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'environments-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Runs main.ts as `cdktf synth` does, in a directory of its own. */
async function main(environments: string, workingDirectory: string): Promise<{ code: number | null; stderr: string }> {
  const app = spawn(process.execPath, [FROM_SOURCE, 'main.ts'], {
    cwd: workingDirectory,
    // Otherwise cdktf asks a host on the network for its newest version, and may wait for it.
    env: {
      ...process.env,
      CHECKPOINT_DISABLE: '1',
      ENVIRONMENTS_DIR: environments,
      CDKTF_OUTDIR: 'out',
      NODE_OPTIONS: '',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  app.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const code = await new Promise<number | null>((resolve) => app.on('close', resolve));
  return { code, stderr };
}

function write(files: Readonly<Record<string, string | object>>): void {
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(directory, name), typeof content === 'string' ? content : stringify(content));
  }
}

function mistakes(): readonly Mistake[] {
  try {
    readEnvironments(directory);
    return [];
  } catch (error) {
    if (error instanceof ContractError) return error.mistakes;
    throw error;
  }
}

function localState(...names: string[]): string {
  const rest = 'is a file on this machine; name a bucket in `state` of its environment file';
  return names.map((name) => `warning: the Terraform state of ${name} ${rest}\n`).join('');
}

function contentOf(root: string): Record<string, string> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return [file.slice(root.length + 1), readFileSync(file, 'utf8')];
    }),
  );
}

// Each run is a program of its own that loads the providers.
jest.setTimeout(30_000);

describe('main', () => {
  it('makes two stacks of each environment, the same bytes wherever it runs', async () => {
    const staging = {
      ...minimal(),
      name: 'staging',
      namespace: 'staging',
      secrets: { delivery: 'existing' },
      release: { ...minimal().release, managedBy: 'gitops' },
    };
    write({ 'b.yml': staging, 'a.yaml': minimal(), 'notes.txt': 'no environment' });
    const elsewhere = join(directory, 'elsewhere');
    mkdirSync(join(elsewhere, 'deeper'), { recursive: true });
    cpSync(join(directory, 'a.yaml'), join(elsewhere, 'environments', 'a.yaml'));
    cpSync(join(directory, 'b.yml'), join(elsewhere, 'environments', 'b.yml'));

    const runs = await Promise.all([main('.', directory), main('../environments', join(elsewhere, 'deeper'))]);

    expect(runs).toEqual([
      { code: 0, stderr: localState('prod', 'staging') },
      { code: 0, stderr: localState('prod', 'staging') },
    ]);
    const first = contentOf(join(directory, 'out'));
    expect(Object.keys(first).sort()).toEqual([
      'manifest.json',
      'stacks/prod-database/cdk.tf.json',
      'stacks/prod-workload/cdk.tf.json',
      'stacks/staging-database/cdk.tf.json',
      'stacks/staging-workload/cdk.tf.json',
      'staging/argocd-application.yaml',
      'staging/flux-helm-release.yaml',
      // Secrets that somebody else creates.
      'staging/secrets.yaml',
      'staging/values.yaml',
    ]);
    expect(first['staging/secrets.yaml']).toContain('name: agent-bom-app-g1');
    expect(contentOf(join(elsewhere, 'deeper', 'out'))).toEqual(first);
    const { stacks } = JSON.parse(first['manifest.json'] ?? '');
    expect(Object.keys(stacks)).toEqual(['prod-database', 'prod-workload', 'staging-database', 'staging-workload']);
    expect(stacks['prod-workload'].dependencies).toEqual(['prod-database']);
  });

  it('warns of a state on this machine, unless it is the example or somewhere else, and replaces its own files', async () => {
    const stack = join(directory, 'out', 'stacks', 'prod-database');
    mkdirSync(join(stack, '.terraform'), { recursive: true });
    write({ 'out/stacks/prod-database/.terraform/environment': 'default', 'out/manifest.json': 'of before' });
    // Of a run that was killed, and of one that is at work.
    const [killed, running] = [spawnSync('true').pid, process.pid].map((pid) => `unfinished-${pid}-x`);
    for (const name of [killed, running]) mkdirSync(join(directory, 'out', name ?? ''));
    const state = { bucket: 'state', region: 'eu-west-1' };
    write({ 'a.yaml': { ...minimal(), name: 'example', namespace: 'example' }, 'b.yaml': { ...minimal(), state } });
    expect(await main('.', directory)).toEqual({ code: 0, stderr: '' });
    expect(readdirSync(join(directory, 'out')).sort()).toEqual(['manifest.json', 'stacks', running]);
    expect(readdirSync(stack).sort()).toEqual(['.terraform', 'cdk.tf.json']);
    expect(contentOf(stack)['.terraform/environment']).toBe('default');
    expect(contentOf(join(directory, 'out'))['manifest.json']).toContain('"name": "prod-database"');
  });

  it('makes one stack of an environment whose database is there already, and of the examples three', async () => {
    expect(await main(join(PROJECT, 'environments'), directory)).toEqual({ code: 0, stderr: '' });
    const stacks = readdirSync(join(directory, 'out', 'stacks')).sort();
    expect(stacks).toEqual(['example-byo-workload', 'example-database', 'example-workload']);
  });

  it('reports every mistake of every file, and touches nothing', async () => {
    const { region, ...withoutRegion } = minimal();
    write({
      'a.yaml': { ...withoutRegion, database: { ...minimal().database, backupRetentionDays: 0 } },
      'b.yaml': { ...minimal(), name: 'staging', release: { ...minimal().release, chartVersion: '0.93.0' } },
    });
    const { code, stderr } = await main('.', directory);
    expect(code).toBe(1);
    expect(stderr).toContain('a.yaml region\n  got:  nothing: the key is missing\n');
    expect(stderr).toMatch(/^a\.yaml:\d+:3 database\.backupRetentionDays\n {2}got: {2}0\n/m);
    expect(stderr).toMatch(/^b\.yaml:\d+:3 release\.chartVersion\n {2}got: {2}"0\.93\.0"\n/m);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(region).toBe('eu-west-1');
    expect(existsSync(join(directory, 'out'))).toBe(false);
  });

  it('reports what a construct refuses in the same way, and writes none of the environments', async () => {
    write({
      'a.yaml': minimal(),
      'b.yaml': { ...minimal(), name: 'staging', namespace: 'staging', region: 'il-central-1' },
    });
    const { code, stderr } = await main('.', directory);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^\nstaging-workload\/trust\n {2}got: {2}region il-central-1\n/);
    expect(stderr).toContain(
      'il-central-1-bundle.pem next to the environment file and name it there as database.caBundleFile',
    );
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(readdirSync(join(directory, 'out'))).toEqual([]);
  });
});

describe('the directory of environments', () => {
  it('is read in the order of the names', () => {
    write({ 'b.yml': minimal(), 'a.yaml': { ...minimal(), name: 'staging', namespace: 'staging' } });
    expect(readEnvironments(directory).map(({ file, environment }) => [file, environment.name])).toEqual([
      [join(directory, 'a.yaml'), 'staging'],
      [join(directory, 'b.yml'), 'prod'],
    ]);
  });

  it('must hold a file', () => {
    write({ 'notes.txt': '' });
    expect(mistakes()).toMatchObject([{ file: directory, got: 'no file that ends in .yaml or .yml' }]);
  });

  it('must be there', () => {
    expect(() => readEnvironments(join(directory, 'nowhere'))).toThrow(ContractError);
  });

  it('may not hold a name twice', () => {
    write({ 'a.yaml': minimal(), 'b.yaml': { ...minimal(), namespace: 'elsewhere' } });
    expect(mistakes()).toMatchObject([
      { file: `${join(directory, 'a.yaml')}, ${join(directory, 'b.yaml')}`, path: 'name', got: 'prod' },
    ]);
  });

  it('may not hold two environments in one namespace', () => {
    write({ 'a.yaml': minimal(), 'b.yaml': { ...minimal(), name: 'staging' } });
    expect(mistakes()).toMatchObject([
      { file: `${join(directory, 'a.yaml')}, ${join(directory, 'b.yaml')}`, path: 'namespace' },
    ]);
  });

  it('may not hold what cannot be read', () => {
    mkdirSync(join(directory, 'a.yaml'));
    symlinkSync('b.yaml', join(directory, 'b.yaml'));
    spawnSync('mkfifo', [join(directory, 'c.yaml')]);
    expect(mistakes()).toMatchObject(
      [
        ['a.yaml', 'a directory'],
        ['b.yaml', expect.stringContaining('ELOOP')],
        ['c.yaml', 'a pipe, a socket or a device'],
      ].map(([name = '', got]) => ({ file: join(directory, name as string), got, rule: 'a file that can be read' })),
    );
  });

  it.each([
    ['a.yaml', 'a directory'],
    ['b.yaml', 'ELOOP'],
    ['c.yaml', 'c.yaml, which does not exist'],
  ])('is read for the file %s alone, if that is none: %s', (name, got) => {
    mkdirSync(join(directory, 'a.yaml'));
    symlinkSync('b.yaml', join(directory, 'b.yaml'));
    const elsewhere = join(directory, 'environments');
    expect(() => locatedEnvironment(join(directory, name), elsewhere)).toThrow(got);
    expect(() => locatedEnvironment(join(directory, name), elsewhere)).not.toThrow('scandir');
  });
});

describe('the bundle of certificate authorities', () => {
  const withBundle = { ...minimal(), database: { ...minimal().database, caBundleFile: 'ca/region.pem' } };

  it('is read beside its environment', () => {
    mkdirSync(join(directory, 'ca'));
    const authorities = regionAuthorities('eu-west-1') ?? '';
    write({ 'a.yaml': withBundle, 'ca/region.pem': authorities });
    expect(readEnvironments(directory)[0]?.caBundle).toBe(authorities);
    write({ 'a.yaml': minimal() });
    expect(readEnvironments(directory)[0]).not.toHaveProperty('caBundle');
  });

  it('must be there, and hold certificates', () => {
    write({ 'a.yaml': withBundle });
    const place = { file: join(directory, 'a.yaml'), path: 'database.caBundleFile' };
    expect(mistakes()).toMatchObject([{ ...place, got: expect.stringContaining('ENOENT') }]);
    mkdirSync(join(directory, 'ca'));
    write({ 'ca/region.pem': '<html>Access Denied</html>' });
    expect(mistakes()).toMatchObject([{ ...place, rule: 'a PEM file with certificates' }]);
  });
});
