import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PROJECT = join(__dirname, '..', '..');
/** How environment files are read: their schema is exported whole. */
const INTERNAL = /^\.\/environment-/;

/** Modules of a folder, as its index writes them. */
function modulesIn(folder: string): string[] {
  return readdirSync(join(PROJECT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && file !== 'index.ts')
    .map((file) => `./${file.replace(/\.ts$/, '')}`)
    .sort();
}

function exportedBy(folder: string): string[] {
  const index = readFileSync(join(PROJECT, folder, 'index.ts'), 'utf8');
  return [...index.matchAll(/^export \* from '(.+)';$/gm)].map(([, module = '']) => module).sort();
}

describe('the exports', () => {
  it('have every construct', () => {
    const constructs = modulesIn('constructs').filter((module) =>
      /^export (?:abstract )?class /m.test(readFileSync(join(PROJECT, 'constructs', `${module}.ts`), 'utf8')),
    );
    expect(constructs.length).toBeGreaterThan(20);
    expect(constructs.filter((module) => !exportedBy('constructs').includes(module))).toEqual([]);
  });

  it('have the whole contract and the stacks', () => {
    expect(exportedBy('contract')).toEqual(modulesIn('contract').filter((module) => !INTERNAL.test(module)));
    expect(exportedBy('stacks')).toEqual(modulesIn('stacks'));
  });

  it('name only files that the build makes', () => {
    const { exports, typesVersions, bin } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
    const sources = ['index', 'constructs/index', 'contract/index', 'stacks/index'];
    const modules = Object.keys(exports).filter((name) => !/^\.\/(?:main|package\.json|.*\/\*)$/.test(name));
    expect(modules.map((name) => exports[name])).toEqual(
      sources.map((source) => ({ types: `./dist/${source}.d.ts`, default: `./dist/${source}.js` })),
    );
    expect(Object.values(typesVersions['*']).flat()).toEqual(sources.slice(1).map((source) => `dist/${source}.d.ts`));
    expect(bin).toEqual({ 'agent-bom-postgres': 'bin/agent-bom-postgres.js' });
  });
});
