import { CHECKS, type CheckResult } from '../../../contract/postgres/checks';
import { RUNTIME_IDENTITIES } from '../../../contract/postgres/identities';
import { readiness } from '../../../contract/postgres/readiness';
import type { RunReport, ServerFacts } from '../../../contract/postgres/run-report';
import { GUARDED_TABLES, privilegesOf, roleOf, STORES } from '../../../contract/postgres/stores';

export const FACTS: ServerFacts = {
  version: '16.14',
  connections: 450,
  reserved: 3,
  logins: [
    { login: 'agent_bom_app', limit: 62 },
    { login: 'agent_bom_app_b', limit: 62 },
    { login: 'agent_bom_maintenance', limit: 14 },
    { login: 'agent_bom_maintenance_b', limit: 14 },
    { login: 'agent_bom_backup', limit: 2 },
  ],
  privileges: [...STORES, ...GUARDED_TABLES].flatMap((store) =>
    (['admin', ...RUNTIME_IDENTITIES.map(({ name }) => name)] as const).flatMap((identity) =>
      store.tables.map((table) => ({ role: roleOf(identity), table, privileges: privilegesOf(identity, store) })),
    ),
  ),
};

/** A report in which every check has passed, but for what is given. */
export function runReport(differing: readonly CheckResult[] = [], more: Partial<RunReport> = {}): RunReport {
  const given = new Map(differing.map((result) => [result.id, result]));
  const results = CHECKS.map(({ id }) => given.get(id) ?? { id, status: 'pass' as const, detail: 'as it should be' });
  const summary = readiness(results);
  return {
    command: 'rehearse',
    startedAt: '2026-01-02T03:04:05Z',
    versions: [{ what: 'PostgreSQL', version: '16.14' }],
    target: 'embedded PostgreSQL 16.14',
    passed: summary.passed,
    readiness: summary,
    steps: ['before', 'packaged', 'after', 'restore', 'verify'].map((name) => ({
      name,
      status: 'done' as const,
      milliseconds: 12,
    })),
    mistakes: [],
    pools: [],
    facts: FACTS,
    ...more,
  };
}
