import { z } from 'zod';
import { DATABASE_NAME, DATABASE_PORT } from '../../names';
import { type FieldRule, field, section } from '../field';

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
/** Ports at which connection poolers listen unless told otherwise: PgBouncer and Odyssey, Supavisor, PgCat, Pgpool. */
const POOLER_PORTS = [6432, 6543, 9999];

const DIRECT: Pick<FieldRule, 'fix'> = {
  fix: 'write the host and port of the PostgreSQL server itself, as its administrator reaches it',
};

/** What keeps the contract from holding at a host, as far as its name shows. */
function unfitHost(host: string): Pick<FieldRule, 'rule' | 'fix'> | undefined {
  if (IP_ADDRESS.test(host)) {
    return {
      rule: 'a host name, not an address: every connection compares it with the name in the server’s certificate',
      fix: 'write the name that the certificate carries; give the address a record in the cluster’s DNS if it has none',
    };
  }
  if (!HOST_NAME.test(host) || host === 'localhost') return HOST_RULE;
  if (/\.proxy-[a-z0-9]+\./.test(host) && RDS_HOST.test(host)) {
    return {
      rule: 'not an RDS Proxy: the product keeps locks and settings in its sessions, which pins every one of them',
      fix: 'write the endpoint of the instance, or the writer endpoint of the cluster',
    };
  }
  if (/\.cluster-ro-[a-z0-9]+\./.test(host) && RDS_HOST.test(host)) {
    return {
      rule: 'a server that can be written to: this is the reader endpoint of the cluster',
      fix: 'write the writer endpoint, which has `cluster-` where this one has `cluster-ro-`',
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
export const existing = section('A PostgreSQL server that is there already; there is no database stack then.', {
  host: field(
    z.string().superRefine((host, { addIssue }) => {
      const unfit = unfitHost(host);
      if (unfit !== undefined) addIssue({ code: 'custom', params: unfit });
    }),
    'Host name of the server; its certificate carries it. An environment has its server for itself: roles belong to the server.',
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
    `a port from 1 to 65535, and not one at which connection poolers listen (${POOLER_PORTS.join(', ')}): ` +
      'the product keeps locks and settings in its sessions',
    'write the port of the PostgreSQL server itself, such as 5432',
  ).default(EXISTING_DEFAULTS.port),
  database: field(
    z
      .string()
      .regex(/^[a-z_][a-z0-9_-]{0,62}$/)
      .refine((database) => !RESERVED_DATABASES.includes(database)),
    'Database of the control plane, which owns it alone. It exists, is empty, and has the encoding UTF8.',
    `a database of its own: lower-case letters, digits, \`_\` and \`-\`, at most 63 characters, none of ` +
      RESERVED_DATABASES.join(', '),
    'create a database such as `agent_bom` and write its name',
  ).default(EXISTING_DEFAULTS.database),
});

/**
 * Region whose RDS certificate authorities sign the certificate of a host, or nothing for a host that is not an endpoint
 * of RDS. A certificate of RDS names the endpoint and no alias of it, so that the name says which authorities are meant.
 */
export function rdsRegion(host: string): string | undefined {
  return RDS_HOST.exec(host)?.[1];
}

const SECRET_ARN = /^arn:aws(?:-[a-z]+)*:secretsmanager:([a-z0-9-]+):\d{12}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}$/;

/** Region of the secret that an ARN names. */
export function secretRegion(arn: string): string | undefined {
  return SECRET_ARN.exec(arn)?.[1];
}

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
  'Secrets in Secrets Manager that are there already, for `database.existing`. A JSON object each.',
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
  z.string().regex(/^arn:aws(?:-[a-z]+)*:iam::\d{12}:role\/(?:[\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/),
  'IAM role that may read `secrets.existing`; it trusts the ServiceAccount `agent-bom-secret-reader` of the namespace.',
  'the ARN of an IAM role: `arn:aws:iam::<account>:role/<name>`',
  'write the `Arn` that `aws iam get-role` shows',
);
