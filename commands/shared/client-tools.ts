import { spawnSync } from 'node:child_process';

const TOOLS = ['psql', 'pg_dump', 'pg_restore', 'bash'] as const;

/**
 * Why dumps cannot be made or restored on this machine, or nothing where they can.
 *
 * @param serverMajor Major version of the server; older tools cannot read its catalog.
 */
export function missingClientTools(serverMajor: number): string | undefined {
  const missing = TOOLS.filter((tool) => (tool === 'bash' ? versionOf(tool) === 0 : versionOf(tool) < serverMajor));
  if (missing.length === 0) return undefined;
  return (
    `${missing.join(', ')} of PostgreSQL ${serverMajor} or later not found; install its client, ` +
    `on Debian \`apt-get install postgresql-client-${serverMajor}\`, on macOS \`brew install postgresql@${serverMajor}\``
  );
}

/** Major version of a tool, 0 where it is not installed. */
function versionOf(tool: string): number {
  const { status, stdout } = spawnSync(tool, ['--version'], { encoding: 'utf8' });
  return status === 0 ? Number(/\d+/.exec(stdout)?.[0] ?? 0) : 0;
}
