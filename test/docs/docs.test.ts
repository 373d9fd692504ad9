import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { program } from '../../commands/program';
import { environmentJsonSchema } from '../../contract/environment/environment';
import { environmentReference } from '../../scripts/environment-reference';
import { productVersions } from '../../scripts/product-versions';
import { keysOfSchema, type Schema } from '../support/synth/schema-values';

const PROJECT = join(__dirname, '..', '..');
const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...markdownIn('docs'),
  ...markdownIn('examples'),
  ...markdownIn('ci'),
];

/** Folders and files that commands write, or that users have. */
const WRITTEN = /^(?:cdktf\.out|dist|docs\/api|node_modules|environments\/prod\.yaml)/;

function markdownIn(folder: string): string[] {
  if (!existsSync(join(PROJECT, folder))) return [];
  return readdirSync(join(PROJECT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md') && !/node_modules|^api\/|^\.vitepress/.test(file))
    .map((file) => join(folder, file))
    .sort();
}

function textOf(page: string): string {
  return readFileSync(join(PROJECT, page), 'utf8');
}

/** Blocks of a page that are written for a shell. */
function shellBlocks(page: string): string[] {
  return [...textOf(page).matchAll(/^ *```(?:sh|bash)\n([\s\S]*?)^ *```$/gm)].map(([, block = '']) => block);
}

/** Commands of the shell blocks, one a line; what continues on the next line belongs to the one before. */
function commands(page: string): string[] {
  return shellBlocks(page)
    .flatMap((block) => block.replace(/\\\n\s*/g, ' ').split('\n'))
    .flatMap((line) => line.split(/ && | \| /))
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

function wordsOf(command: string): string[] {
  return (command.match(/'[^']*'|"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^(['"])(.*)\1$/, '$2'));
}

/** Ids that a page gives to its headings, as the usual viewers make them. */
function anchors(page: string): string[] {
  const headings =
    textOf(page)
      .replace(/```[\s\S]*?```/g, '')
      .match(/^#+ .*$/gm) ?? [];
  return headings.map((heading) =>
    heading
      .replace(/^#+ /, '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe.each(PAGES)('%s', (page) => {
  it('links to pages, files and headings that are there', () => {
    const broken = [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^(?:https?|mailto):/.test(target))
      .filter((target) => {
        const [file = '', anchor] = target.split('#');
        const linked = file === '' ? page : relative(PROJECT, join(PROJECT, dirname(page), file));
        if (!existsSync(join(PROJECT, linked))) return true;
        return anchor !== undefined && linked.endsWith('.md') && !anchors(linked).includes(anchor);
      });
    expect(broken).toEqual([]);
  });

  it('names files of the project that exist', () => {
    const named = [...textOf(page).matchAll(/`((?:[a-z-]+\/)+[\w.-]*)`/g)].map(([, path = '']) => path);
    const ours = named.filter((path) => existsSync(join(PROJECT, path.split('/')[0] ?? '')) && !WRITTEN.test(path));
    expect(ours.filter((path) => !existsSync(join(PROJECT, path)))).toEqual([]);
  });

  it('shows commands that a shell can read', () => {
    for (const block of shellBlocks(page)) {
      const { status, stderr } = spawnSync('bash', ['-n'], { input: block, encoding: 'utf8' });
      expect({ block, status, stderr }).toEqual({ block, status: 0, stderr: '' });
    }
  });

  it('names scripts of the package, and commands and options of the program, that exist', () => {
    const { scripts } = JSON.parse(textOf('package.json'));
    const unknown = commands(page).filter((command) => {
      const words = wordsOf(command);
      const [tool, verb = '', name = ''] = words;
      if (tool === 'npm')
        return verb === 'run' ? !Object.hasOwn(scripts, name) : !['ci', 'test', 'install', 'pack'].includes(verb);
      if (tool === 'npx' && verb === 'agent-bom-postgres') return !isCommand(words.slice(2));
      if (tool === 'npx' && verb === 'cdktf')
        return !['synth', 'deploy', 'diff', 'destroy', 'list', 'output'].includes(name);
      return false;
    });
    expect(unknown).toEqual([]);
  });

  it('speaks of keys of the environment file that exist', () => {
    const keys = keysOfSchema(environmentJsonSchema() as Schema).map(({ path }) => path.join('.'));
    const sections = keys.filter((key) => keys.some((other) => other.startsWith(`${key}.`)));
    const named = [...textOf(page).matchAll(/`([a-z][A-Za-z]+(?:\.[a-z][A-Za-z]+)+)(?:: [^`]*)?`/g)].map(
      ([, key = '']) => key,
    );
    const claimed = named.filter((key) => sections.includes(key.split('.')[0] ?? ''));
    expect(claimed.filter((key) => !keys.includes(key) && !key.startsWith('release.values.'))).toEqual([]);
  });
});

/** Whether the program has a command with these arguments, options included. */
function isCommand([name = '', ...rest]: readonly string[]): boolean {
  if (name.startsWith('--')) return ['--help', '--version'].includes(name);
  const command = program().commands.find((candidate) => candidate.name() === name);
  const known = command?.options.flatMap(({ long, short }) => [long, short]) ?? [];
  const options = rest.filter((word) => word.startsWith('-')).map((word) => word.split('=')[0]);
  return command !== undefined && options.every((option) => option === '--help' || known.includes(option));
}

it('docs/README.md lists every page once, which is what the sidebar has', () => {
  const linked = [...textOf('docs/README.md').matchAll(/\]\(([^)]+)\)/g)]
    .map(([, page = '']) => join('docs', page))
    .sort();
  const pages = PAGES.filter(
    (page) => page.startsWith('docs/') && !/^docs\/(?:README|decisions\/.*\d{3}-.*)/.test(page),
  );
  expect(linked.filter((page) => /^docs\/[^#]*$/.test(page))).toEqual(pages);
});

it('the reference names the defaults that a key has, and no value of an example', () => {
  const rows = [...textOf('docs/reference/environment-file.md').matchAll(/^\| `(\w+)` \|.* \| ([^|]*) \|$/gm)];
  const defaultsOf = (key: string) => rows.filter(([, name]) => name === key).map(([, , value]) => value);
  expect(defaultsOf('subnetIds')).toEqual(['']);
  expect(defaultsOf('trustedProxyIssuer')).toEqual(['']);
  expect(defaultsOf('engine')).toEqual(['`16`']);
  expect(defaultsOf('port')).toEqual(['`5432`']);
  expect(defaultsOf('allowDefaultTenant')).toEqual(['`false`', '`false`']);
  expect(defaultsOf('trustedProxies')).toEqual(['']);
});

it('the reference of the environment file is what the schema says', () => {
  expect(textOf('docs/reference/environment-file.md')).toBe(environmentReference());
  expect(textOf('docs/reference/product-versions.md')).toBe(productVersions());
});

describe('the page of reports', () => {
  it('names tests that exist', () => {
    const rows = [...textOf('docs/about/reports.md').matchAll(/^\| (.+) \| `(test\/\S+)` \|$/gm)];
    expect(rows.length).toBeGreaterThanOrEqual(10);
    for (const [, title = '', file = ''] of rows) {
      expect([file, readFileSync(join(PROJECT, file), 'utf8').includes(title)]).toEqual([file, true]);
    }
  });
});
