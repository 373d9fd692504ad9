import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FROM_SOURCE, PROGRAM_ROOT } from '../../program-root';

const CACHE = join(PROGRAM_ROOT, 'node_modules', '.cache', 'agent-bom-postgres');

/** Copies a directory with its owners and modes. */
export type CopyDirectory = (from: string, to: string) => Promise<void>;

/**
 * What initdb has made, for the next server of the same version: it takes longer than all the rest of a server's start.
 * Kept next to the compiled sources, so only where the program runs from its sources.
 */
export class KeptDataDirectory {
  private readonly directory: string;

  /** @param version Of the server, whole, such as `16.14.0`. */
  constructor(version: string, uid: number | undefined) {
    this.directory = join(CACHE, `initdb-${version}-${uid ?? process.getuid?.() ?? ''}`);
  }

  /** Copies the directory, and returns the password of its superuser; undefined where there is none to be copied. */
  async take(dataDirectory: string, copy: CopyDirectory): Promise<string | undefined> {
    if (!FROM_SOURCE) return undefined;
    try {
      const password = readFileSync(join(this.directory, 'password'), 'utf8');
      await copy(join(this.directory, 'data'), dataDirectory);
      return password;
    } catch {
      rmSync(dataDirectory, { recursive: true, force: true });
      return undefined;
    }
  }

  /** Keeps a directory in which no server has run yet; where nothing can be kept, each server begins with initdb. */
  async keep(dataDirectory: string, password: string, copy: CopyDirectory): Promise<void> {
    if (!FROM_SOURCE) return;
    const unfinished = `${this.directory}.${process.pid}`;
    try {
      mkdirSync(unfinished, { recursive: true });
    } catch {
      return;
    }
    try {
      writeFileSync(join(unfinished, 'password'), password, { mode: 0o600 });
      await copy(dataDirectory, join(unfinished, 'data'));
      renameSync(unfinished, this.directory);
    } catch {
      // Another server was faster, or the disk is full.
      rmSync(unfinished, { recursive: true, force: true });
    }
  }
}
