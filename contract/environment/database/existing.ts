import { z } from 'zod';
import { iamArn, regionalArn } from '../../aws/arn';
import { DATABASE_NAME, DATABASE_PORT } from '../../names';
import { type FieldRule, field, section } from '../field';
import { type FileViews, inRegion, type Rule } from '../rule';
import { SECRET_REGION_FIX } from '../secret-reference';

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;
const IP_ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[?[0-9a-f]*:[0-9a-f:.]*\]?)$/i;
const RDS_HOST = /\.([a-z]{2,4}(?:-[a-z]+){1,3}-\d{1,2})\.rds\.amazonaws\.com(?:\.cn)?$/;

/** Databases that a server or a provider keeps for itself. */
const RESERVED_DATABASES = [
  'postgres',
  'template0',
  'template1',
  'rdsadmin',
  'cloudsqladmin',
  'azure_maintenance',
  'azure_sys',
  'defaultdb',
];
/** Default ports of connection poolers: PgBouncer and Odyssey, Supavisor, PgCat, Pgpool. */
const POOLER_PORTS = [6432, 6543, 9999];

const DIRECT: Pick<FieldRule, 'fix'> = {
  fix: 'write the host and port of the PostgreSQL server itself, as its administrator reaches it',
};

/** Why the contract cannot hold on a host, as far as its name shows. */
function unfitHost(host: string): Pick<FieldRule, 'rule' | 'fix'> | undefined {
  if (IP_ADDRESS.test(host)) {
    return {
      rule: 'a host name, not an address: every connection compares it with the name in the server’s certificate',
      fix: 'write the name in the certificate; give the address a record in the cluster’s DNS if it has none',
    };
  }
  if (!HOST_NAME.test(host) || host === 'localhost') return HOST_RULE;
  if (/\.proxy-[a-z0-9]+\./.test(host) && RDS_HOST.test(host)) {
    return {
      rule: 'not an RDS Proxy: the product keeps locks and settings in its sessions, which pins every session',
      fix: 'write the endpoint of the instance, or the writer endpoint of the cluster',
    };
  }
  if (/\.cluster-ro-[a-z0-9]+\./.test(host) && RDS_HOST.test(host)) {
    return {
      rule: 'a writable server: this is the reader endpoint of the cluster',
      fix: 'write the writer endpoint, which has `cluster-` instead of `cluster-ro-`',
    };
  }
  if (/(?:^|[.-])(?:pgbouncer|pooler|pgcat|pgpool|odyssey|supavisor)(?:[.-]|$)/.test(host)) {
    return { rule: 'not a connection pooler: the product keeps locks and settings in its sessions', ...DIRECT };
  }
  return undefined;
}

const HOST_RULE = {
  rule: 'the host name of the server in lower case, as its certificate names it and the pods resolve it',
  fix: 'write a name such as `postgres.example.com`, without scheme, port or path',
};

/** Where the database of an existing server is unless its file says so. */
export const EXISTING_DEFAULTS = { port: DATABASE_PORT, database: DATABASE_NAME } as const;

/** The key `database.existing`. */
export const existing = section('An existing PostgreSQL server; then there is no database stack.', {
  host: field(
    z.string().superRefine((host, { addIssue }) => {
      const unfit = unfitHost(host);
      if (unfit !== undefined) addIssue({ code: 'custom', params: unfit });
    }),
    'Host name of the server, as in its certificate. Environments cannot share a server, because roles belong to the server.',
    HOST_RULE.rule,
    HOST_RULE.fix,
  ),
  port: field(
    z
      .int()
      .min(1)
      .max(65_535)
      .refine((port) => !POOLER_PORTS.includes(port)),
    'TCP port of the server.',
    `a port from 1 to 65535, but not a port of a connection pooler (${POOLER_PORTS.join(', ')}): ` +
      'the product keeps locks and settings in its sessions',
    'write the port of the PostgreSQL server itself, such as 5432',
  ).default(EXISTING_DEFAULTS.port),
  database: field(
    z
      .string()
      .regex(/^[a-z_][a-z0-9_-]{0,62}$/)
      .refine((database) => !RESERVED_DATABASES.includes(database)),
    'Database that only the control plane uses. It has to exist, be empty, and have the encoding UTF8.',
    `a separate database: lower-case letters, digits, \`_\` and \`-\`, at most 63 characters, none of ` +
      RESERVED_DATABASES.join(', '),
    'create a database such as `agent_bom` and write its name',
  ).default(EXISTING_DEFAULTS.database),
});

/**
 * Region whose RDS certificate authorities sign the certificate of a host, or nothing for a host that is not an endpoint
 * of RDS. A certificate of RDS names the endpoint and no alias of it, so that the name shows which authorities apply.
 */
export function rdsRegion(host: string): string | undefined {
  return RDS_HOST.exec(host)?.[1];
}

const SECRET_ARN = regionalArn('secretsmanager', 'secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}');

function storedSecret(description: string) {
  return section(description, {
    arn: field(
      z.string().regex(SECRET_ARN),
      'ARN of the secret in Secrets Manager, in the region of the environment.',
      'the whole ARN of a secret: `arn:aws:secretsmanager:<region>:<account>:secret:<name>-<six characters>`',
      'write the `ARN` that `aws secretsmanager describe-secret` shows',
    ),
  });
}

/** The key `secrets.existing`. */
export const existingSecrets = section(
  'Existing secrets in Secrets Manager for `database.existing`. Each is a JSON object.',
  {
    admin: storedSecret('`username` and `password` of the administrator.'),
    app: storedSecret('`username` (agent_bom_app, or agent_bom_app_b) and `password` of the application.'),
    maintenance: storedSecret(
      '`username` (agent_bom_maintenance, or agent_bom_maintenance_b) and `password` of the maintenance identity.',
    ),
    backup: storedSecret('`username` (agent_bom_backup) and `password` of the backup.'),
    controlPlane: storedSecret('The keys of the control plane, each a property named like its environment variable.'),
  },
);

/** The key `secrets.readerRoleArn`. */
export const readerRoleArn = field(
  z.string().regex(iamArn('role/(?:[\\w+=,.@-]+/)*[\\w+=,.@-]{1,64}')),
  'IAM role that may read `secrets.existing`; it trusts the ServiceAccount `agent-bom-secret-reader` of the namespace.',
  'the ARN of an IAM role: `arn:aws:iam::<account>:role/<name>`',
  'write the `Arn` that `aws iam get-role` shows',
);

/** The keys of `database` that a file may have besides `existing`. */
const BESIDE_EXISTING = ['engine', 'maxConnections', 'caBundleFile'];
/** Keys about what the database stack creates, with the reason why there is nothing to say about them. */
const KEYS_OF_THE_STACK: readonly (readonly [path: string, reason: string])[] = [
  ['encryption', 'whoever runs the server decides about encryption at rest'],
  ['backup', 'whoever runs the server backs it up; the login agent_bom_backup exists for dumps'],
  ['releaseProtection', 'nothing of this environment holds data'],
  ['alarms', 'whoever runs the server monitors it'],
  ['podRoles', 'without a database stack this environment has no IAM roles'],
  ['secrets.recoveryWindowDays', 'whoever created the secrets decides how long they can be restored'],
];

const CA_FILE = 'database.caBundleFile';
const SECRETS = 'secrets.existing';
const READER = 'secrets.readerRoleArn';
const SECRET_NAMES = Object.keys(existingSecrets.shape);

/**
 * Rules between `database.existing` and the rest of a file. They read what is written: a default is no mistake.
 *
 * @param databaseKeys All keys of `database`.
 */
export function existingRules(databaseKeys: readonly string[]): readonly Rule[] {
  const refused = databaseKeys.filter((key) => key !== 'existing' && !BESIDE_EXISTING.includes(key));
  const rules: readonly Rule[] = [
    ...refused.map((key) => ({
      path: `database.${key}`,
      broken: given(
        `database.${key}`,
        `left out with \`existing\`: for an existing server a file has only ${BESIDE_EXISTING.join(', ')}`,
      ),
      fix: 'remove the key, or remove `existing` to let the environment create an instance',
    })),
    ...KEYS_OF_THE_STACK.map(([path, reason]) => ({
      path,
      broken: given(path, `left out with \`database.existing\`: ${reason}`),
      fix: 'remove the key',
    })),
    ...RULES_WITH_EXISTING,
  ];
  return [
    ...[SECRETS, READER].map((path) => ({
      path,
      broken: ({ written }: FileViews) =>
        written.given(path) && !written.given('database.existing')
          ? 'left out, unless `database.existing` names a server: the database stack creates the secrets and the role that reads them'
          : undefined,
      fix: 'remove it, or write `database.existing`',
    })),
    ...rules.map(({ path, broken, fix }) => ({
      path,
      broken: (file: FileViews) => (file.written.given('database.existing') ? broken(file) : undefined),
      fix,
    })),
  ];
}

const RULES_WITH_EXISTING: readonly Rule[] = [
  {
    path: 'database.engine',
    broken: missing('database.engine', 'the major version of the existing server'),
    fix: 'write what `show server_version` begins with',
  },
  {
    path: 'database.maxConnections',
    broken: missing('database.maxConnections', 'the connections that the existing server accepts'),
    fix: 'write what `show max_connections` says',
  },
  {
    path: CA_FILE,
    broken: ({ written }) =>
      !written.given(CA_FILE) && rdsRegion(written.text('database.existing.host') ?? '') === undefined
        ? 'required for every server that is not an RDS endpoint: clients cannot verify the server without its certificate authorities'
        : undefined,
    fix: 'write the PEM file of the authorities that sign the server’s certificate, relative to this file',
  },
  {
    path: SECRETS,
    broken: (file) =>
      file.whole.text('secrets.delivery') === 'existing'
        ? undefined
        : missing(SECRETS, `the secrets of the existing server: ${SECRET_NAMES.join(', ')}`)(file),
    fix: 'write the ARN of each; docs/set-up/bring-your-own-postgres.md says what they hold',
  },
  {
    path: 'secrets.controlPlane',
    broken: ({ written }) =>
      written.given(SECRETS) && written.given('secrets.controlPlane')
        ? 'left out with `secrets.existing`, which already names the secret with the keys of the control plane'
        : undefined,
    fix: 'remove it, and put the keys into the secret that `secrets.existing.controlPlane` names',
  },
  {
    path: READER,
    broken: ({ written, whole }) =>
      whole.text('secrets.delivery') === 'external-secrets' && !written.given('secrets.store') && !written.given(READER)
        ? 'the IAM role with which External Secrets reads `secrets.existing`'
        : undefined,
    fix: 'create the role as docs/set-up/bring-your-own-postgres.md says, and write its ARN',
  },
  ...SECRET_NAMES.map((name) => inRegion(`${SECRETS}.${name}.arn`, SECRET_ARN, 'a secret', SECRET_REGION_FIX)),
  ...SECRET_NAMES.map((name, index) => ({
    path: `${SECRETS}.${name}.arn`,
    broken: ({ written }: FileViews) => {
      const arns = SECRET_NAMES.map((other) => written.text(`${SECRETS}.${other}.arn`));
      const shared = arns[index] !== undefined && arns.indexOf(arns[index]) < index;
      return shared ? 'a separate secret: the product refuses identities that share a login' : undefined;
    },
    fix: 'create a separate secret for each identity',
  })),
];

function given(path: string, rule: string): Rule['broken'] {
  return ({ written }) => (written.given(path) ? rule : undefined);
}

function missing(path: string, rule: string): Rule['broken'] {
  return ({ written }) => (written.given(path) ? undefined : rule);
}
