import { type IdentityName, OWNER_ROLE, RUNTIME_IDENTITIES } from './identities';

/** What the control plane keeps in the database, and the tables that stand for it. */
export interface Store {
  /** What people call it. */
  readonly name: string;
  /** Tables that have to be there. */
  readonly tables: readonly string[];
}

/** The privileges on a table that a row can be touched with. */
export const ROW_PRIVILEGES = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] as const;
/** One of the privileges above. */
export type RowPrivilege = (typeof ROW_PRIVILEGES)[number];

/** The nine stores, as `stores.present` knows them. */
export const STORES: readonly Store[] = [
  { name: 'scan jobs', tables: ['scan_jobs'] },
  { name: 'fleet state', tables: ['fleet_agents'] },
  { name: 'gateway policy state', tables: ['gateway_policies'] },
  { name: 'audit log', tables: ['audit_log'] },
  { name: 'API key store', tables: ['api_keys'] },
  { name: 'exceptions', tables: ['exceptions'] },
  { name: 'schedules', tables: ['scan_schedules'] },
  { name: 'graph state', tables: ['graph_nodes', 'graph_edges', 'graph_snapshots'] },
  { name: 'trend history', tables: ['trend_history'] },
];

/** What says how far the schema is, and what proves who a tenant is: the application may not write either. */
export const GUARDED_TABLES: readonly Store[] = [
  { name: 'schema revision', tables: ['alembic_version'] },
  { name: 'tenant binding keys', tables: ['agent_bom_tenant_binding_keys'] },
];

/** Whose privileges are looked at for an identity: the administrator acts as the owner. */
export function roleOf(identity: IdentityName): string {
  return RUNTIME_IDENTITIES.find(({ name }) => name === identity)?.role ?? OWNER_ROLE;
}

/** Whose rows an identity sees. */
export const SCOPE: Readonly<Record<IdentityName, string>> = {
  admin: 'all tenants, when its session requests it',
  app: 'one tenant at a time, the one that its session names',
  maintenance: 'all tenants, when its session requests it',
  backup: 'all tenants',
};

/** What an identity may do with the rows of a store by the contract. */
export function privilegesOf(identity: IdentityName, { tables }: Store): readonly RowPrivilege[] {
  if (identity === 'admin') return ROW_PRIVILEGES;
  if (identity === 'backup') return ['SELECT'];
  if (tables.includes('agent_bom_tenant_binding_keys')) return [];
  if (tables.includes('alembic_version')) return ['SELECT'];
  return ROW_PRIVILEGES;
}
