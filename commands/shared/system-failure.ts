import { tmpdir } from 'node:os';
import { ContractError } from '../../contract/error';

/** What the operating system's refusals mean for the user, by their code. */
const REASONS: Readonly<Record<string, readonly [rule: string, fix: string]>> = {
  ENOENT: ['the file or folder exists', 'create it, or name another one'],
  ENOTDIR: ['a folder, not a file', 'name a folder'],
  EISDIR: ['a file, not a folder', 'name a file'],
  EACCES: ['this user may read and write there', 'change the permissions, or name another place'],
  EPERM: ['this user may do that', 'change the permissions, or name another place'],
  EROFS: ['the file system can be written', 'name a place that can be written'],
  ENOSPC: ['the disk has room', 'free some space, or name a place on another disk'],
  EDQUOT: ['the quota of this user has room', 'free some space, or name another place'],
  EFBIG: ['the file may be as large as what is written', 'raise the limit with `ulimit -f`, or write less'],
  EMFILE: ['this user may open enough files', 'raise the limit with `ulimit -n`'],
};

/** There is no room for what is written. */
const FULL: readonly string[] = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/** A refusal of the operating system in the words of the user, or undefined if it is something else. */
export function systemFailure(error: unknown): ContractError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code = '', path } = error as NodeJS.ErrnoException;
  const reason = REASONS[code];
  // What is written to a file that is open already names no path.
  if (reason === undefined || (path === undefined && !FULL.includes(code))) return undefined;
  const [rule, fix] = reason;
  const temporary = path?.startsWith(tmpdir()) === true;
  return new ContractError({
    ...(temporary ? { path: 'TMPDIR' } : {}),
    got: `${path ?? error.message} (${code})`,
    rule,
    fix: temporary ? 'set TMPDIR to a folder that exists and that you may write to' : fix,
  });
}
