import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import compare from 'semver/functions/compare';
import prerelease from 'semver/functions/prerelease';
import valid from 'semver/functions/valid';
import { ContractError } from '../../contract/error';
import { isAtLeast, PRODUCT_FLOOR } from '../../contract/product/facts';

const PACKAGE = 'agent-bom';
const SCRIPT = join(__dirname, 'published.py');
/** The list of all versions, and whatever a tool says when it fails. */
const OUTPUT_LIMIT_BYTES = 16 * 2 ** 20;

/** A version as the package index lists it. */
export interface Published {
  readonly version: string;
  /** When the source archive was uploaded, in UTC and whole seconds. */
  readonly uploaded: string;
  /** Of the source archive. */
  readonly sha256: string;
}

/** The published versions from the floor on, in ascending order, without those that are not final. */
export function publishedVersions(): Published[] {
  const rows = JSON.parse(run('python3', [SCRIPT, 'list', PACKAGE])) as Published[];
  return rows
    .filter(({ version }) => valid(version) === version && prerelease(version) === null)
    .filter(({ version }) => isAtLeast(version, PRODUCT_FLOOR))
    .map(({ version, uploaded, sha256 }) => ({ version, uploaded: `${uploaded.slice(0, 19)}Z`, sha256 }))
    .sort((one, other) => compare(one.version, other.version));
}

/** Fetches the source archive of a version, unpacks it, and removes both after `use`. */
export function withSources<Result>(version: string, use: (directory: string) => Result): Result {
  const directory = mkdtempSync(join(tmpdir(), 'product-'));
  try {
    const archive = join(directory, 'archive.tar.gz');
    run('python3', [SCRIPT, 'fetch', PACKAGE, version, archive]);
    run('tar', ['-xzf', archive, '-C', directory, '--strip-components=1', '--no-same-owner']);
    return use(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function run(command: string, options: readonly string[]): string {
  const { status, error, stdout, stderr } = spawnSync(command, options, {
    encoding: 'utf8',
    maxBuffer: OUTPUT_LIMIT_BYTES,
  });
  if (status === 0) return stdout;
  throw new ContractError({
    path: command,
    got: error?.message ?? stderr.trim().split('\n').at(-1) ?? '',
    rule: 'the package index answers',
    fix: 'see that Python 3 with pip is on the PATH, and that pip reaches its index: `pip index versions agent-bom`',
  });
}
