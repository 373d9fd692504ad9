import type { ConnectionLimits } from './connection-budget';
import { RUNTIME_IDENTITIES } from './identities';

/** What the SQL in `migrations/` gets in addition to the connection URLs. None of it is secret. */
export interface ContractSettings {
  /**
   * Connections that each login may hold.
   * @default - not compared
   */
  readonly limits?: ConnectionLimits;
  /**
   * Alembic revision that the packaged migrations end at, where the image itself does not say it.
   * @default - not compared
   */
  readonly alembicHead?: string;
  /** What the database was restored from. The SQL has no use for it; another value makes the migration Job run again. */
  readonly restoredFrom?: string;
}

/** The settings as PostgreSQL parameters, by the name under which the SQL reads them. */
export function contractParameters({ limits, alembicHead, restoredFrom }: ContractSettings): Record<string, string> {
  const entries = limits && RUNTIME_IDENTITIES.map(({ name, limitSetting }) => [limitSetting, String(limits[name])]);
  const restored: Record<string, string> =
    restoredFrom === undefined ? {} : { 'agent_bom.restored_from': restoredFrom };
  const head: Record<string, string> = alembicHead === undefined ? {} : { 'agent_bom.alembic_head': alembicHead };
  return { ...Object.fromEntries(entries ?? []), ...head, ...restored };
}

/**
 * Parameters in the form of the startup message (`PGOPTIONS`, `options=`), where a space ends a value unless it
 * is escaped with a backslash. Startup options appear in no log, whatever `log_statement` says.
 *
 * @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-OPTIONS
 */
export function startupOptions(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `-c ${name}=${value.replace(/[\\\s]/g, (character) => `\\${character}`)}`)
    .join(' ');
}
