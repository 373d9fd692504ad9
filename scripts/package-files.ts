// Completes `dist/`, which then is the package: its own package.json, and all files that are no code.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { decode, encode, type SourceMapSegment } from '@jridgewell/sourcemap-codec';
import manifest from '../package/manifest.json';
import { dependencies, engines, peerDependencies } from '../package.json';

const PROJECT = join(__dirname, '..');
const DIST = join(PROJECT, 'dist');
/** Folders whose files are read when the compiled program runs. */
const FOLDERS = ['migrations', 'backup', 'commands'];
const COPIED = [
  'bin/agent-bom-postgres.js',
  'ci',
  'environments/byo-postgres.yaml',
  'environments/example.yaml',
  'environments/environment.schema.json',
  'CHANGELOG.md',
  'LICENSE',
];

/** Paths of the files in `dist/`, from there. */
function files(pattern: RegExp): string[] {
  const entries = readdirSync(DIST, { recursive: true, encoding: 'utf8' });
  return entries.filter((path) => pattern.test(path) && statSync(join(DIST, path)).isFile()).sort();
}

function rewrite(path: string, change: (text: string) => string): void {
  const file = join(DIST, path);
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}

function copyFiles(): void {
  for (const folder of FOLDERS) {
    cpSync(join(PROJECT, folder), join(DIST, folder), {
      recursive: true,
      filter: (source) => statSync(source).isDirectory() || !source.endsWith('.ts'),
    });
  }
  for (const path of COPIED) cpSync(join(PROJECT, path), join(DIST, path), { recursive: true });
  cpSync(join(PROJECT, 'package', 'README.md'), join(DIST, 'README.md'));
  chmodSync(join(DIST, 'bin', 'agent-bom-postgres.js'), 0o755);
}

/** Declarations that no entry point leads to are of no use to anybody. */
function removeUnusedDeclarations(): void {
  const used = new Set<string>();
  const follow = (path: string): void => {
    if (used.has(path)) return;
    used.add(path);
    for (const [, target = ''] of readFileSync(join(DIST, path), 'utf8').matchAll(
      /(?:from |import\()['"](\.[^'"]+)/g,
    )) {
      follow(`${join(dirname(path), target)}.d.ts`);
    }
  };
  for (const { types } of [manifest.exports['.'], manifest.exports['./contract']]) follow(join(types));
  for (const path of files(/\.d\.ts$/)) if (!used.has(path)) rmSync(join(DIST, path));
}

/**
 * A trace of the stack needs the line of a source, and shows neither its column nor its text: without these the maps take
 * a tenth. Each names its source as if that were in the same folder.
 */
function shortenSourceMaps(): void {
  for (const path of files(/\.js\.map$/)) {
    rewrite(path, (text) => {
      const { version, file, sources, mappings } = JSON.parse(text);
      const lines = decode(mappings).map(([first]) => first?.slice(0, 4) as SourceMapSegment | undefined);
      const short = encode(lines.map((first) => (first === undefined ? [] : [first])));
      return JSON.stringify({ version, file, sources: sources.map((one: string) => basename(one)), mappings: short });
    });
  }
}

/** The pages of the documentation that the program, its files and its README send readers to. */
function copyPages(): void {
  const texts = files(/\.(?:js|ya?ml|sql|sh|md)$/).map((path) => readFileSync(join(DIST, path), 'utf8'));
  const named = texts.flatMap((text) => text.match(/\bdocs\/[\w/-]+\.md\b/g) ?? []);
  const pages = [...new Set(named)].filter((page) => existsSync(join(PROJECT, page)));
  for (const page of pages) {
    cpSync(join(PROJECT, page), join(DIST, page));
    rewrite(page, (text) =>
      text.replace(/\[([^\]]+)\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g, (link, label: string, target: string) =>
        [...pages, 'CHANGELOG.md'].includes(relative(PROJECT, join(PROJECT, dirname(page), target))) ? link : label,
      ),
    );
  }
}

/** Provenance is refused unless the package names the repository whose workflow publishes it. */
function repository(): { readonly type: string; readonly url: string } | undefined {
  const { GITHUB_SERVER_URL = 'https://github.com', GITHUB_REPOSITORY } = process.env;
  if (GITHUB_REPOSITORY !== undefined) return { type: 'git', url: `git+${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}.git` };
  const { stdout } = spawnSync('git', ['config', '--get', 'remote.origin.url'], { cwd: PROJECT, encoding: 'utf8' });
  const [, host, path] = /^(?:https:\/\/|(?:ssh:\/\/)?git@)([\w.-]+)[/:]([\w./-]+?)(?:\.git)?\s*$/.exec(stdout) ?? [];
  return host === undefined ? undefined : { type: 'git', url: `git+https://${host}/${path}.git` };
}

copyFiles();
removeUnusedDeclarations();
shortenSourceMaps();
// Indented for those who review them; the program reads them as well without.
for (const path of files(/^contract\/.*\.json$/)) rewrite(path, (text) => JSON.stringify(JSON.parse(text)));
copyPages();
const whole = { ...manifest, repository: repository(), engines, dependencies, peerDependencies };
writeFileSync(join(DIST, 'package.json'), `${JSON.stringify(whole, null, 2)}\n`);
