/** Workloads that hold connections to the database. */
export type Workload = 'migration' | 'verification' | 'revocation' | 'api' | 'backup' | 'restore';

/** Who connects: one identity is one purpose, one Secret and one environment variable. */
export interface Identity {
  /** Name of the identity, as reports have it. */
  readonly name: IdentityName;
  /** What the identity is for, in one line of a report. */
  readonly purpose: string;
  /** Environment variable that carries its connection URL, and the key of the Secret that holds it. */
  readonly environmentVariable: string;
  /** The only workloads that may hold its Secret. */
  readonly workloads: readonly Workload[];
}

/** An identity whose logins the contract creates, limits and gives a password. */
export interface RuntimeIdentity extends Identity {
  /** Name of the identity, as reports have it. */
  readonly name: RuntimeIdentityName;
  /** Database role that holds the privileges; also its first login. */
  readonly role: string;
  /**
   * Logins that alternate by secret generation. With two, running pods keep a valid password until they have been
   * replaced; backups have one, because nothing holds their connection open between two runs.
   */
  readonly logins: readonly string[];
  /** Startup option through which the SQL in `migrations/` receives the connection URL. */
  readonly urlSetting: string;
  /** Startup option through which the SQL receives the connection limit of each login. */
  readonly limitSetting: string;
}

/** Names of the identities whose logins the contract creates. */
export type RuntimeIdentityName = 'app' | 'maintenance' | 'backup';
/** Names of all identities. */
export type IdentityName = RuntimeIdentityName | 'admin';

/** NOLOGIN role that owns the database and everything in it; migrations run as this role. */
export const OWNER_ROLE = 'agent_bom_owner';
/** NOLOGIN role whose members may cross tenants; created by the packaged migrations. */
export const MARKER_ROLE = 'agent_bom_rls_maintenance';

/** The identities whose logins the contract creates. */
export const RUNTIME_IDENTITIES: readonly RuntimeIdentity[] = [
  {
    name: 'app',
    purpose: 'reads and writes the rows of one tenant at a time',
    role: 'agent_bom_app',
    logins: ['agent_bom_app', 'agent_bom_app_b'],
    environmentVariable: 'AGENT_BOM_POSTGRES_URL',
    urlSetting: 'agent_bom.app_url',
    limitSetting: 'agent_bom.app_connection_limit',
    workloads: ['migration', 'verification', 'revocation', 'api', 'restore'],
  },
  {
    name: 'maintenance',
    purpose: "does the API's work across tenants",
    role: 'agent_bom_maintenance',
    logins: ['agent_bom_maintenance', 'agent_bom_maintenance_b'],
    environmentVariable: 'AGENT_BOM_POSTGRES_MAINTENANCE_URL',
    urlSetting: 'agent_bom.maintenance_url',
    limitSetting: 'agent_bom.maintenance_connection_limit',
    workloads: ['migration', 'verification', 'revocation', 'api', 'restore'],
  },
  {
    name: 'backup',
    purpose: 'reads every row and writes nothing',
    role: 'agent_bom_backup',
    logins: ['agent_bom_backup'],
    environmentVariable: 'AGENT_BOM_POSTGRES_BACKUP_URL',
    urlSetting: 'agent_bom.backup_url',
    limitSetting: 'agent_bom.backup_connection_limit',
    workloads: ['migration', 'verification', 'backup', 'restore'],
  },
];

/** The administrator of the instance: not a superuser on RDS, and held only by the Jobs that change the schema or verify it. */
export const ADMIN_IDENTITY: Identity = {
  name: 'admin',
  purpose: 'creates the roles and runs the migrations',
  environmentVariable: 'ALEMBIC_DATABASE_URL',
  workloads: ['migration', 'verification', 'revocation', 'restore'],
};

/**
 * The login that carries the given generation of an identity's secret.
 *
 * @param generation Whole number from 1 upwards; odd and even generations alternate between two logins.
 */
export function loginOfGeneration(identity: RuntimeIdentity, generation: number): string {
  const login = identity.logins[(generation - 1) % identity.logins.length];
  if (login === undefined || generation < 1) {
    throw new RangeError(`generation ${generation} is not a whole number from 1 upwards`);
  }
  return login;
}

/** One of something for each runtime identity, by its name. */
export function perRuntimeIdentity<Value>(
  make: (identity: RuntimeIdentity) => Value,
): Readonly<Record<RuntimeIdentityName, Value>> {
  const entries = RUNTIME_IDENTITIES.map((identity) => [identity.name, make(identity)] as const);
  return Object.fromEntries(entries) as Record<RuntimeIdentityName, Value>;
}
