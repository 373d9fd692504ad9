import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Stack } from '../stacks';

const PROCESSES = '/proc';
/** How Terraform starts a provider: by its path below the folder of the stack. */
const PROVIDER = /^(?:\.terraform\/|\/).*terraform-provider-/;

/**
 * Ends the providers that a killed Terraform has left in the folder of a stack: they do not notice that it is gone, and go
 * on with what it asked for, such as an upgrade of a release. Only for a moment at which nobody holds the lock of the
 * state and no Terraform runs in the folder. Does nothing on systems without /proc.
 *
 * @returns Names of the providers.
 */
export function endOrphanedProviders({ directory }: Stack): string[] {
  const folder = realpathSync(directory);
  return processes().flatMap((pid) => {
    try {
      if (readlinkSync(join(PROCESSES, pid, 'cwd')) !== folder) return [];
      const [program = ''] = readFileSync(join(PROCESSES, pid, 'cmdline'), 'utf8').split('\0');
      if (!PROVIDER.test(program)) return [];
      process.kill(Number(pid), 'SIGKILL');
      return [/terraform-provider-([\w-]+?)(?:_|$)/.exec(program)?.[1] ?? program];
    } catch {
      // It has ended by itself, or belongs to another user.
      return [];
    }
  });
}

function processes(): string[] {
  try {
    return readdirSync(PROCESSES).filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}
