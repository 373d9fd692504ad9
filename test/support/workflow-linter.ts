import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PROJECT = join(__dirname, '..', '..');
const LINTER = join(PROJECT, 'node_modules', '@tktco', 'node-actionlint', 'bin', 'node-actionlint.js');

/**
 * Which of these files, by their names, the linter of GitHub's workflows refuses. It starts in seconds, so that a test
 * gives it what is right and what is wrong at once.
 */
export function refusedWorkflows(contents: Readonly<Record<string, string>>): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'workflows-'));
  try {
    for (const [name, text] of Object.entries(contents)) writeFileSync(join(folder, name), text);
    const { status, stdout, stderr } = spawnSync(process.execPath, [LINTER, '*.yml'], {
      cwd: folder,
      encoding: 'utf8',
    });
    const said = `${stdout}${stderr}`;
    const refused = [...said.matchAll(/^([\w.-]+\.yml):\d+:\d+ /gm)].map(([, name = '']) => name);
    const wasRead = said.includes(`${Object.keys(contents).length} workflow file(s)`);
    if (!wasRead || (status === 0) !== (refused.length === 0))
      throw new Error(`the linter ended with ${status}: ${said}`);
    return [...new Set(refused)].sort();
  } finally {
    rmSync(folder, { recursive: true });
  }
}
