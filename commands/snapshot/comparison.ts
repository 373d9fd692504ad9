import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../shared/output/exit-code';
import { difference } from './difference';
import type { SnapshotTexts } from './snapshot-texts';

/** A snapshot file next to what is synthesized now. */
export interface SnapshotComparison {
  /** Name of the file. */
  readonly file: string;
  /** `missing` has no file yet; `orphan` is a file of a stack that is not synthesized any more. */
  readonly status: 'same' | 'changed' | 'missing' | 'orphan';
  /** What changed, line by line; see `difference`. */
  readonly difference: readonly string[];
}

/** Names of the files that are written here. Any other file of the folder is left alone. */
const SNAPSHOT = /-(?:(?:database|workload)\.json|(?:secrets|values|argocd-application|flux-helm-release)\.yaml)$/;

/**
 * Snapshots that a folder holds.
 *
 * @throws UsageError when the folder cannot be read; one that does not exist is empty.
 */
export function readSnapshots(directory: string): SnapshotTexts {
  if (!existsSync(directory)) return new Map();
  return orUsageError(directory, () => {
    const files = readdirSync(directory).filter((file) => SNAPSHOT.test(file));
    return new Map(files.map((file) => [file, readFileSync(join(directory, file), 'utf8')]));
  });
}

/** Compares snapshots with what is synthesized now, in the order of the names of their files. */
export function compareSnapshots(committed: SnapshotTexts, current: SnapshotTexts): SnapshotComparison[] {
  const files = new Set([...committed.keys(), ...current.keys()]);
  return [...files].sort().map((file) => compare(file, committed.get(file), current.get(file)));
}

/**
 * Makes the files of a folder what is synthesized now: writes what differs, and deletes the orphans.
 *
 * @throws UsageError when the folder cannot be written.
 */
export function writeSnapshots(
  directory: string,
  current: SnapshotTexts,
  comparisons: readonly SnapshotComparison[],
): void {
  orUsageError(directory, () => {
    mkdirSync(directory, { recursive: true });
    for (const { file, status } of comparisons) {
      if (status === 'orphan') rmSync(join(directory, file));
      else if (status !== 'same') writeFileSync(join(directory, file), current.get(file) ?? '');
    }
  });
}

function compare(file: string, committed: string | undefined, current: string | undefined): SnapshotComparison {
  if (current === undefined) return { file, status: 'orphan', difference: [] };
  if (committed === undefined) return { file, status: 'missing', difference: [] };
  if (committed === current) return { file, status: 'same', difference: [] };
  return { file, status: 'changed', difference: difference(committed, current) };
}

function orUsageError<Result>(directory: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw new UsageError({
      path: '--snapshots',
      got: error instanceof Error ? error.message : String(error),
      rule: `${directory} is a folder for the snapshots alone, that can be read and written`,
      fix: 'name another folder with --snapshots',
    });
  }
}
