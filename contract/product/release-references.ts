import type { KeyMistake } from '../error';
import {
  authenticationSecretName,
  BACKUP_SERVICE_ACCOUNT,
  controlPlaneSecretName,
  SECRET_READER,
  syncedSecretName,
} from '../names';
import { CA_DIRECTORY } from '../postgres/connection-url';
import { RUNTIME_IDENTITIES } from '../postgres/identities';
import { variablesOfKeys } from './api-settings';
import { AUTHENTICATION_VARIABLES } from './authentication';
import { factsOf } from './facts';
import {
  type HelmValue,
  type HelmValues,
  isValues,
  itemName,
  textOf,
  type ValuePath,
  valueAt,
  visitValues,
} from './helm-values';

/** Connection URLs. Each reaches only the workloads that need it, from a separate Secret. */
const CONNECTIONS: Readonly<Record<string, string>> = {
  AGENT_BOM_POSTGRES_URL: 'the connection reaches the API from its own Secret',
  AGENT_BOM_POSTGRES_MAINTENANCE_URL: 'the connection reaches the API from its own Secret',
  AGENT_BOM_POSTGRES_BACKUP_URL: 'only the backup may hold this identity',
  ALEMBIC_DATABASE_URL: 'only the migration Job may hold the administrator',
};

/** Variables that no workload of the chart may be given, each with the reason. */
export const REFUSED_VARIABLES: Readonly<Record<string, string>> = {
  ...CONNECTIONS,
  AGENT_BOM_DB: 'the stores are only in Postgres',
};

/** Variables that would break or bypass the contract if a user set them on the API, each with the reason. */
export const REFUSED_API_VARIABLES: Readonly<Record<string, string>> = {
  ...REFUSED_VARIABLES,
  AGENT_BOM_POSTGRES_PROVIDER: 'the contract says where the database runs',
  AGENT_BOM_POSTGRES_AUTH_MODE: 'the logins of the contract have passwords, and none uses an IAM token',
  AGENT_BOM_POSTGRES_PASSWORD_FILE: 'the password is a part of the connection URL',
  AGENT_BOM_POSTGRES_MAINTENANCE_PASSWORD_FILE: 'the password is a part of the connection URL',
  AGENT_BOM_CONTROL_PLANE_REPLICAS: 'the chart sets it from the number of pods',
  AGENT_BOM_API_KEY: 'with more than one replica every request is answered with status 500',
  AGENT_BOM_ALLOW_SUPERUSER_DB: 'it switches the check of the database role off',
  AGENT_BOM_ALLOW_EPHEMERAL_AUDIT_HMAC: 'it makes the audit log unverifiable after a restart',
  AGENT_BOM_GRAPH_BACKEND: 'it moves the stores out of Postgres',
  AGENT_BOM_GRAPH_BUILD_WORKSPACE:
    'it opens connections outside the pools, which the connection limits have no room for',
  SNOWFLAKE_ACCOUNT: 'it moves the stores out of Postgres',
  ...Object.fromEntries(
    AUTHENTICATION_VARIABLES.map((name) => [name, 'it is set by `authentication` of the environment file']),
  ),
};

const API_ENVIRONMENT = ['controlPlane', 'api', 'env'];
const API_ARGUMENTS = ['controlPlane', 'api', 'args'];
const API_MOUNTS = ['controlPlane', 'api', 'extraVolumeMounts'];

const DIGITS = '[0-9a-f]{10}';
/** Names of the Secrets of every identity and generation, and of the API's own, as a pattern. */
const IDENTITY_SECRETS = new RegExp(
  `^(?:${[
    ...RUNTIME_IDENTITIES.map(({ name }) => syncedSecretName(name, 1).replace(/\d+$/, '\\d+')),
    syncedSecretName('admin', 1),
    `${controlPlaneSecretName()}(?:-${DIGITS})?`,
    authenticationSecretName([]).replace(new RegExp(`${DIGITS}$`), DIGITS),
  ].join('|')})$`,
);
/** ServiceAccounts whose IAM roles reach all secrets, or the dumps. */
const PRIVILEGED_ACCOUNTS: readonly string[] = [SECRET_READER, BACKUP_SERVICE_ACCOUNT];

/** Variables, of whichever workload, that carry a connection or break the contract, or that the chart of a version refuses. */
export function refusedVariables(values: HelmValues, version: string): KeyMistake[] {
  const ofVersion = { ...REFUSED_API_VARIABLES, ...factsOf(version).refusedVariables, ...variablesOfKeys(version) };
  return visitValues(values, (item, path) => {
    const name = itemName(item)?.trim() ?? '';
    const refused = isWithin(path, API_ENVIRONMENT) ? ofVersion : REFUSED_VARIABLES;
    if (!Object.hasOwn(refused, name)) return [];
    return [{ path, got: name, rule: `${name} may not be set: ${refused[name]}`, fix: 'remove the item' }];
  });
}

/** Arguments of the API that open more connections than the limits of the logins leave room for. */
export function refusedArguments(values: HelmValues): KeyMistake[] {
  const given = valueAt(values, API_ARGUMENTS);
  if (!Array.isArray(given)) return [];
  return given.flatMap((argument, index) => {
    if (!/^\s*--workers\b/.test(textOf(argument))) return [];
    const rule = 'one process a pod: each opens its own pools, and the connection limits count pods';
    return [{ path: [...API_ARGUMENTS, index], got: textOf(argument), rule, fix: 'raise `release.replicas` instead' }];
  });
}

/** Mounts that would replace or hide the CA certificates of the server. */
export function refusedMounts(values: HelmValues): KeyMistake[] {
  const given = valueAt(values, API_MOUNTS);
  if (!Array.isArray(given)) return [];
  return given.flatMap((mount, index) => {
    const place = isValues(mount) ? `${mount.mountPath}/`.replace(/\/+/g, '/') : '';
    const authorities = `${CA_DIRECTORY}/`;
    if (place === '' || !(authorities.startsWith(place) || place.startsWith(authorities))) return [];
    const rule = `${CA_DIRECTORY} holds the CA certificates of the database`;
    return [{ path: [...API_MOUNTS, index, 'mountPath'], got: place, rule, fix: 'mount the volume somewhere else' }];
  });
}

/** Names of Secrets and ServiceAccounts that belong to other workloads than those of the chart, where such a name is expected. */
export function referenceMistakes(values: HelmValues): KeyMistake[] {
  const kinds = new Map(visitValues(values, (value, path) => kindAt(value, path)));
  return visitValues(values, (value, path) => {
    if (typeof value !== 'string') return [];
    const name = value.trim();
    const [isSecret, isAccount] = [IDENTITY_SECRETS.test(name), PRIVILEGED_ACCOUNTS.includes(name)];
    if (!isSecret && !isAccount) return [];
    const named = [...path, kinds.get(path.slice(0, -1).join('/')), kinds.get(path.slice(0, -2).join('/'))];
    if (isSecret && namesAny(named, SECRET_PLACE)) return [referenceMistake(path, name, 'Secret')];
    return isAccount && namesAny(named, ACCOUNT_PLACE) ? [referenceMistake(path, name, 'ServiceAccount')] : [];
  });
}

/** Other objects may have the same name: a PriorityClass, a pool of nodes. */
const SECRET_PLACE = /secret|credential/i;
const ACCOUNT_PLACE = /service-?account/i;
/** How far above a name the key may be that says what it names: `sources[].secret.name`. */
const LEVELS = 4;

function namesAny(parts: readonly (string | number | undefined)[], place: RegExp): boolean {
  return parts.slice(-LEVELS).some((part) => typeof part === 'string' && place.test(part));
}

/** The kind of an object, for the names in it. */
function kindAt(value: HelmValue, path: ValuePath): readonly (readonly [place: string, kind: string])[] {
  return isValues(value) && typeof value.kind === 'string' ? [[path.join('/'), value.kind]] : [];
}

function referenceMistake(path: ValuePath, name: string, kind: 'Secret' | 'ServiceAccount'): KeyMistake {
  const rule = `the ${kind} ${name} reaches the workloads that need it, and no others`;
  return { path, got: name, rule, fix: `remove the reference, or name a ${kind} of your own` };
}

function isWithin(path: ValuePath, outer: readonly string[]): boolean {
  return outer.every((key, index) => path[index] === key);
}
