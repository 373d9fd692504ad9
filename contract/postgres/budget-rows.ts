import { ADMINISTRATION } from './connection-budget';
import { RUNTIME_IDENTITIES } from './identities';
import type { ServerFacts } from './run-report';

/** One user of the server's connections. */
export interface BudgetRow {
  /** Login, or what else takes connections. */
  readonly who: string;
  /** Nothing where there is no limit. */
  readonly connections?: number;
  /** Whether it counts towards the whole: the second of two logins that take turns does not. */
  readonly counts: boolean;
  /** What the connections are for. */
  readonly kind: 'login' | 'administration' | 'reserve' | 'free';
}

/** Who may hold the connections of a server, one row each, and what is left: together all that it accepts. */
export function budgetRows({ connections, reserved, logins }: ServerFacts): BudgetRow[] {
  const rows: BudgetRow[] = RUNTIME_IDENTITIES.flatMap((identity) =>
    logins
      .filter(({ login }) => identity.logins.includes(login))
      .map(({ login, limit }, index) => ({
        who: login,
        connections: limit,
        counts: index === 0,
        kind: 'login' as const,
      })),
  );
  rows.push({ who: 'administration', connections: ADMINISTRATION, counts: true, kind: 'administration' });
  rows.push({ who: 'kept by the server', connections: reserved, counts: true, kind: 'reserve' });
  const used = rows.reduce((sum, row) => sum + (row.counts ? (row.connections ?? connections) : 0), 0);
  rows.push({ who: 'free', connections: Math.max(0, connections - used), counts: true, kind: 'free' });
  return rows;
}
