import { AUTHENTICATION_VARIABLES } from './authentication';

/** Connection URLs. Each reaches the workloads that it is meant for from a Secret of its own, and no other workload. */
const CONNECTIONS: Readonly<Record<string, string>> = {
  AGENT_BOM_POSTGRES_URL: 'the connection reaches the API from its own Secret',
  AGENT_BOM_POSTGRES_MAINTENANCE_URL: 'the connection reaches the API from its own Secret',
  AGENT_BOM_POSTGRES_BACKUP_URL: 'only the backup may hold this identity',
  ALEMBIC_DATABASE_URL: 'only the migration Job may hold the administrator',
};

/** Variables that no workload of the chart may be given, each with the reason. */
export const REFUSED_VARIABLES: Readonly<Record<string, string>> = {
  ...CONNECTIONS,
  AGENT_BOM_DB: 'the stores are in Postgres alone',
};

/** Variables that would break or bypass the contract if a user set them on the API, each with the reason. */
export const REFUSED_API_VARIABLES: Readonly<Record<string, string>> = {
  ...REFUSED_VARIABLES,
  AGENT_BOM_POSTGRES_PROVIDER: 'the contract says where the database runs',
  AGENT_BOM_POSTGRES_AUTH_MODE: 'the logins of the contract have passwords, and none takes a token of IAM',
  AGENT_BOM_POSTGRES_PASSWORD_FILE: 'the password is a part of the connection URL',
  AGENT_BOM_POSTGRES_MAINTENANCE_PASSWORD_FILE: 'the password is a part of the connection URL',
  AGENT_BOM_CONTROL_PLANE_REPLICAS: 'the chart sets it from the number of pods',
  AGENT_BOM_API_KEY: 'with more than one replica every request is answered with status 500',
  AGENT_BOM_ALLOW_SUPERUSER_DB: 'it switches the check of the database role off',
  AGENT_BOM_ALLOW_EPHEMERAL_AUDIT_HMAC: 'it makes the audit log unverifiable after a restart',
  AGENT_BOM_GRAPH_BACKEND: 'it moves the stores out of Postgres',
  AGENT_BOM_GRAPH_BUILD_WORKSPACE:
    'it opens connections beside the pools, which the connection limits leave no room for',
  SNOWFLAKE_ACCOUNT: 'it moves the stores out of Postgres',
  ...Object.fromEntries(
    AUTHENTICATION_VARIABLES.map((name) => [name, 'it is set by `authentication` of the environment file']),
  ),
};
