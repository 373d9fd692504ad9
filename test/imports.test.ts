import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';

const PROJECT = join(__dirname, '..');
const BIOME = join(PROJECT, 'node_modules', '.bin', 'biome');

const REFUSED: [file: string, module: string][] = [
  ['contract/a.ts', 'cdktf'],
  ['contract/b.ts', '@cdktf/provider-aws/lib/db-instance'],
  ['contract/c.ts', 'node:fs'],
  ['contract/d.ts', '../constructs/terraform-literal'],
  ['constructs/aws/a.ts', '../../stacks/database-stack'],
  ['constructs/aws/b.ts', '../../commands/shared/environment-files'],
  ['constructs/aws/c.ts', '@cdktf/provider-aws'],
  ['stacks/a.ts', '../commands/shared/environment-files'],
  ['stacks/b.ts', '../main'],
  ['stacks/c.ts', '@cdktf/provider-helm'],
  ['commands/a.ts', '../stacks/database-stack'],
  ['commands/rehearse/a.ts', '../../constructs/terraform-literal'],
  ['test/a.ts', '@cdktf/provider-kubernetes'],
];
const ADMITTED: [file: string, module: string][] = [
  ['contract/e.ts', 'node:crypto'],
  ['contract/f.ts', './error'],
  ['constructs/aws/d.ts', '@cdktf/provider-aws/lib/db-instance'],
  ['constructs/aws/e.ts', '../../contract/error'],
  ['stacks/d.ts', '../constructs/aws/iam/eks-cluster'],
  ['commands/b.ts', '../contract/error'],
  ['main.ts', './commands/shared/environment-files'],
];

/** Files that the lint rules of this project refuse because of what they import. */
function refusedFiles(): string[] {
  const directory = mkdtempSync(join(tmpdir(), 'imports-'));
  try {
    copyFileSync(join(PROJECT, 'biome.json'), join(directory, 'biome.json'));
    for (const [file, module] of [...REFUSED, ...ADMITTED]) {
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

describe('imports', () => {
  it('go main -> stacks -> constructs -> contract and commands -> contract, and to single resources of providers', () => {
    expect(refusedFiles()).toEqual(REFUSED.map(([file]) => file).sort());
  });
});
