import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';

const PROJECT = join(__dirname, '..');
const BIOME = join(PROJECT, 'node_modules', '.bin', 'biome');

const REFUSED: [file: string, module: string][] = [
  ['contract/a.ts', 'cdktf'],
  ['contract/b.ts', '@cdktf/provider-aws/lib/db-instance'],
  ['contract/c.ts', 'node:fs'],
  ['contract/d.ts', '../constructs/terraform-literal'],
  ['constructs/aws/a.ts', '../../stacks/database-stack'],
  ['constructs/aws/b.ts', '../../commands/shared/environment/environment-files'],
  ['constructs/aws/c.ts', '@cdktf/provider-aws'],
  ['stacks/a.ts', '../commands/shared/environment/environment-files'],
  ['stacks/b.ts', '../main'],
  ['stacks/c.ts', '@cdktf/provider-helm'],
  ['commands/a.ts', '../stacks/database-stack'],
  ['commands/rehearse/a.ts', '../../constructs/terraform-literal'],
  ['test/a.ts', '@cdktf/provider-kubernetes'],
];
const ALLOWED: [file: string, module: string][] = [
  ['contract/e.ts', 'node:crypto'],
  ['contract/f.ts', './error'],
  ['constructs/aws/d.ts', '@cdktf/provider-aws/lib/db-instance'],
  ['constructs/aws/e.ts', '../../contract/error'],
  ['stacks/d.ts', '../constructs/aws/iam/eks-cluster'],
  ['commands/b.ts', '../contract/error'],
  ['main.ts', './commands/shared/environment/environment-files'],
];

/** Files that the lint rules of this project refuse because of what they import. */
function refusedFiles(): string[] {
  const directory = mkdtempSync(join(tmpdir(), 'imports-'));
  try {
    copyFileSync(join(PROJECT, 'biome.json'), join(directory, 'biome.json'));
    for (const [file, module] of [...REFUSED, ...ALLOWED]) {
      mkdirSync(dirname(join(directory, file)), { recursive: true });
      writeFileSync(join(directory, file), `import { probe } from '${module}';\nprobe();\n`);
    }
    const lint = ['lint', '--only=style/noRestrictedImports', '--vcs-enabled=false', '--reporter=github', '.'];
    const { stdout } = spawnSync(BIOME, lint, { cwd: directory, encoding: 'utf8' });
    const found = stdout.matchAll(/title=lint\/style\/noRestrictedImports,file=([^,]+)/g);
    const root = realpathSync(directory);
    return [...found].map(([, file = '']) => relative(root, resolve(root, file))).sort();
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Files of the project that a file imports or exports from, types included. Dynamic imports do not count. */
function imported(file: string): string[] {
  const statements = readFileSync(file, 'utf8').matchAll(
    /^(?:import|export)\s[^;'"]*?from '(\.[^']+)'|^import '(\.[^']+)'/gm,
  );
  return [...statements].flatMap(([, from, alone]) => {
    const path = resolve(dirname(file), from ?? alone ?? '');
    return [`${path}.ts`, join(path, 'index.ts')].filter((candidate) => existsSync(candidate)).slice(0, 1);
  });
}

/** Circles of files, each as a path that ends where it begins; of several through the same files at least one. */
function circles(files: readonly string[]): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]) => {
    const start = trail.indexOf(file);
    if (start >= 0) found.push([...trail.slice(start), file].map((step) => relative(PROJECT, step)).join(' > '));
    if (start >= 0 || done.has(file)) return;
    for (const next of imported(file)) visit(next, [...trail, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  return found;
}

function sources(folder: string): string[] {
  return readdirSync(join(PROJECT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(PROJECT, folder, file));
}

describe('imports', () => {
  it('go round in no circle', () => {
    const files = ['contract', 'constructs', 'stacks', 'commands', 'scripts', 'bench', 'test'].flatMap(sources);
    expect(files.length).toBeGreaterThan(200);
    expect(circles([...files, join(PROJECT, 'main.ts'), join(PROJECT, 'index.ts')])).toEqual([]);
  });

  it('of a circle are found, those of types too', () => {
    const directory = mkdtempSync(join(tmpdir(), 'circle-'));
    try {
      const file = (name: string, text: string) => writeFileSync(join(directory, `${name}.ts`), text);
      file('a', "import {\n  b,\n} from './b';\n");
      file('b', "export * from './c';\n");
      file('c', "import type { A } from './a';\n");
      file('d', "import './a';\n");
      const names = circles([join(directory, 'd.ts')]).map((circle) =>
        circle.split(' > ').map((step) => basename(step)),
      );
      expect(names).toEqual([['a.ts', 'b.ts', 'c.ts', 'a.ts']]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('go main -> stacks -> constructs -> contract and commands -> contract, and to single resources of providers', () => {
    expect(refusedFiles()).toEqual(REFUSED.map(([file]) => file).sort());
  });
});

it('nothing that is bundled asks where its own file is: a bundle is one file, elsewhere', () => {
  const top = readdirSync(PROJECT)
    .filter((file) => /\.ts$/.test(file))
    .map((file) => join(PROJECT, file));
  const files = [...top, ...['contract', 'constructs', 'stacks', 'commands'].flatMap(sources)];
  const bundled = files
    .filter((file) => /__dirname|__filename|import\.meta/.test(readFileSync(file, 'utf8')))
    .map((file) => relative(PROJECT, file));
  expect(bundled.filter((file) => !/\.config\.ts$/.test(file))).toEqual(['program-root.ts']);
});
