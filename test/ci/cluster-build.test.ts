import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../support/temporary-directory';

const SCRIPT = join(__dirname, '..', '..', 'scripts', 'cluster', 'build.sh');
const DEBIAN = existsSync('/etc/debian_version');
if (!DEBIAN) console.warn('NOT RUN: the build of a node, because this is no Debian');

/** Runs the build in a cache, without a package manager that works. */
function build(cache: string): { status: number | null; stderr: string } {
  const tools = temporaryDirectory('tools-');
  for (const tool of ['apt-get', 'go', 'openssl', 'python3'])
    writeFileSync(join(tools, tool), '#!/bin/sh\necho "$0 is not to be had" >&2\nexit 7\n', { mode: 0o755 });
  const env = { ...process.env, PATH: `${tools}:${process.env.PATH}`, CLUSTER_CACHE: cache };
  return spawnSync('bash', [SCRIPT], { encoding: 'utf8', env });
}

(DEBIAN ? test : test.skip)('what a build that was killed has left goes with the next, and finished ones stay', () => {
  const cache = temporaryDirectory('cluster-cache-');
  for (const killed of ['build.AAAAAA', 'build.BBBBBB']) {
    const folder = join(cache, killed, 'go', 'module');
    mkdirSync(folder, { recursive: true });
    // As Go leaves what it has downloaded.
    writeFileSync(join(folder, 'file'), '', { mode: 0o444 });
    spawnSync('chmod', ['-R', 'a-w', join(cache, killed)]);
  }
  mkdirSync(join(cache, '1.34.3-000000000000'));
  const { status, stderr } = build(cache);
  expect(stderr).toContain('apt-get is not to be had');
  expect(status).toBe(7);
  expect(readdirSync(cache).sort()).toEqual(['1.34.3-000000000000', 'lock']);
});

(DEBIAN ? test : test.skip)('a cache that is new has nothing to remove', () => {
  const cache = join(temporaryDirectory('cluster-cache-'), 'new');
  const { status, stderr } = build(cache);
  expect(stderr).not.toContain('build.');
  expect(status).toBe(7);
  expect(readdirSync(cache)).toEqual(['lock']);
});
