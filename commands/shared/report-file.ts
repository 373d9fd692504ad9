import { closeSync, existsSync, openSync, unlinkSync, writeFileSync } from 'node:fs';
import { UsageError } from './exit-code';

/** Refuses a file that cannot be written before any work is done for it; a file that exists stays as it is. */
export function refuseUnwritable(option: string, file: string): void {
  const existed = existsSync(file);
  try {
    closeSync(openSync(file, 'a'));
    if (!existed) unlinkSync(file);
  } catch {
    throw new UsageError({
      path: option,
      got: file,
      rule: 'a file that can be written',
      fix: 'name a file in a folder that exists and that you may write to',
    });
  }
}

/**
 * Writes a report for machines. Its first key says which shape it has.
 *
 * @param target File, or true for standard output.
 */
export function writeReport(target: string | true, content: object): void {
  const text = `${JSON.stringify({ schemaVersion: 1, ...content }, undefined, 2)}\n`;
  if (target === true) process.stdout.write(text);
  else writeFileSync(target, text);
}
