import { z } from 'zod';
import { CHART_VERSIONS, type HelmValue } from './chart';
import { tightestName } from './names';

/** What an environment file's key accepts, in the user's words: shown when a value breaks the rule, and by editors. */
export interface FieldRule {
  readonly description: string;
  readonly rule: string;
  readonly fix: string;
}

/** Rules by schema, kept beside zod's own registry so that the JSON Schema stays free of them. */
export const FIELD_RULES = z.registry<FieldRule>();

function field<Schema extends z.ZodType>(schema: Schema, description: string, rule: string, fix: string): Schema {
  const described = schema.describe(description) as Schema;
  FIELD_RULES.add(described, { description, rule, fix });
  return described;
}

function section<Shape extends z.ZodRawShape>(description: string, shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  return field(
    z.strictObject(shape),
    description,
    'a section of keys and values',
    'write its keys on lines below it, indented',
  );
}

function wholeNumber(minimum: number, maximum: number, unit: string, description: string, fix: string) {
  const rule = `a whole number of ${unit} from ${minimum} to ${maximum}`;
  return field(z.int().min(minimum).max(maximum), description, rule, fix);
}

function toggle(description: string) {
  return field(z.boolean(), description, 'true or false', 'write true or false, without quotes');
}

/** How many characters an environment's name may have, because of the names that are derived from it. */
export const NAME_LIMIT = tightestName().room;

const ENGINES = ['15', '16', '17', '18'] as const;

const name = field(
  z
    .string()
    .max(NAME_LIMIT)
    .regex(/^[a-z](?:-?[a-z0-9])*$/),
  'Name of the environment; the names of all its resources begin with it. Changing it replaces everything.',
  `lower-case letters, digits and single hyphens, beginning with a letter, at most ${NAME_LIMIT} characters ` +
    `(the ${tightestName().what} is the name plus \`${tightestName().suffix}\`)`,
  'choose a short name such as `prod` or `staging-eu`',
);

const region = field(
  z.string().regex(/^[a-z]{2,3}(?:-[a-z]+){1,3}-\d{1,2}$/),
  'AWS region of the cluster and of the database.',
  'an AWS region',
  'write the code of the region that the cluster runs in, such as `eu-west-1`',
);

const cluster = section('The existing EKS cluster that the control plane runs on.', {
  name: field(
    z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/),
    'Name of the EKS cluster. Its VPC, security group and OIDC provider are looked up.',
    'the name of an EKS cluster: letters, digits, hyphens and underscores, at most 100 characters',
    'write a name that `aws eks list-clusters` shows',
  ),
});

const subnetIds = field(
  z
    .array(
      field(
        z.string().regex(/^subnet-(?:[0-9a-f]{8}|[0-9a-f]{17})$/),
        'Id of a private subnet.',
        'the id of a subnet: `subnet-` and 8 or 17 hexadecimal digits',
        'write an id that `aws ec2 describe-subnets` shows',
      ),
    )
    .min(2)
    .refine((ids) => new Set(ids).size === ids.length),
  'Private subnets for the database, in at least two availability zones. One that the database is in cannot be taken away.',
  'at least two different subnets, in at least two availability zones',
  'list the ids of two or more private subnets of the cluster’s VPC',
);

const database = section('The RDS for PostgreSQL instance.', {
  subnetIds,
  engine: field(
    z.union([z.enum(ENGINES), z.literal(ENGINES.map(Number))]).transform(String),
    'Major version of PostgreSQL; RDS applies minor versions by itself. A higher one is an upgrade in place.',
    `a supported major version of PostgreSQL: ${ENGINES.join(', ')}`,
    'write the major version alone, such as "16"',
  ).default('16'),
  instanceClass: field(
    z.string().regex(/^db\.[a-z][a-z0-9-]*\.[a-z0-9]+$/),
    'Instance class. Its memory decides how many connections the database holds. Changing it restarts the database.',
    'an RDS instance class',
    'write a class such as `db.t4g.medium` or `db.m7g.large`',
  ).default('db.t4g.medium'),
  storageGib: wholeNumber(
    20,
    65_536,
    'GiB',
    'Storage at the start, gp3, in GiB. It grows by itself and never shrinks.',
    'write 100 unless you know better',
  ).default(100),
  maximumStorageGib: wholeNumber(
    20,
    65_536,
    'GiB',
    'Limit up to which the storage grows by itself, in GiB; above `storageGib`.',
    'write at least 1.1 times `storageGib`',
  ).default(500),
  multiAz: toggle('Keep a standby in a second availability zone. Doubles the cost of the instance.').default(true),
  backupRetentionDays: wholeNumber(
    1,
    35,
    'days',
    'Days that automated backups are kept; point-in-time recovery reaches this far back. 0 would switch both off and is refused.',
    'write 14, or up to 35',
  ).default(14),
  deletionProtection: toggle('Refuse to delete the database until this is false and has been applied.').default(true),
  caBundleFile: field(
    z
      .string()
      .min(1)
      .regex(/^[^/\\]/),
    'PEM file with the RDS certificate authorities of the region, relative to this file. Needed only where the bundled ones lack the region.',
    'the path of a PEM file, relative to the environment file',
    'write a path such as `rds-ca-il-central-1.pem`, or leave the key out',
  ).optional(),
});

const secrets = section('Passwords: generated, kept in Secrets Manager, never in Terraform state.', {
  generation: wholeNumber(
    1,
    9999,
    'generations',
    'Generation of the passwords. Raising it by one writes new ones and rolls the pods over to them.',
    'write 1, and raise it by one to rotate',
  ).default(1),
  recoveryWindowDays: wholeNumber(
    7,
    30,
    'days',
    'Days that a deleted secret can be restored.',
    'write 30, or at least 7',
  ).default(30),
});

const namespace = field(
  z
    .string()
    .max(63)
    .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/),
  'Kubernetes namespace of the control plane; created, and deleted with the workload stack.',
  'a Kubernetes namespace: lower-case letters, digits and hyphens, at most 63 characters',
  'write a name such as `agent-bom`',
);

const release = section('The Helm release of the agent-bom chart.', {
  chartVersion: field(
    z.enum(CHART_VERSIONS),
    'Version of the chart and of its images.',
    `a supported version of the chart: ${CHART_VERSIONS.join(', ')}`,
    `write ${CHART_VERSIONS.at(-1)}`,
  ).default('0.102.0'),
  replicas: wholeNumber(
    1,
    50,
    'pods',
    'API pods. They share rate limits through Postgres.',
    'write 2 or more for a service without interruption',
  ).default(2),
  poolMinimum: wholeNumber(1, 100, 'connections', 'Connections that each API pod keeps open.', 'write 5').default(5),
  poolMaximum: wholeNumber(
    1,
    200,
    'connections',
    'Connections that each API pod may open; at least `poolMinimum`. Decides the connection limits of the database roles.',
    'write 20',
  ).default(20),
  trustedProxyIssuer: field(
    z.string().regex(/^[^\s"'`@]{1,255}$/),
    'Issuer that the authenticating proxy in front of the API states. The API does not start with two replicas without it.',
    'a name or URL without spaces, quotes and @, at most 255 characters',
    'write the issuer that your proxy sends, such as `https://auth.example.com`',
  ),
  values: field(
    z.record(
      z.string(),
      z.custom<HelmValue>((value) => value !== undefined),
    ),
    'More values for the chart. Keys that the contract owns and credentials are refused.',
    'a section with values of the chart',
    'write the chart’s values on lines below it, indented, or leave the key out',
  ).default({}),
});

/** Schema of an environment file: the source of its type, its rules and the JSON Schema for editors. */
export const environmentSchema = section('One environment: a database stack and a workload stack.', {
  name,
  region,
  cluster,
  database,
  secrets: secrets.prefault({}),
  namespace: namespace.default('agent-bom'),
  release,
})
  .refine(({ database }) => !(Number(database?.maximumStorageGib) <= Number(database?.storageGib)), {
    path: ['database', 'maximumStorageGib'],
    params: { rule: 'more than `storageGib`' },
    when: () => true,
  })
  .refine(({ release }) => !(Number(release?.poolMaximum) < Number(release?.poolMinimum)), {
    path: ['release', 'poolMaximum'],
    params: { rule: 'at least `poolMinimum`' },
    when: () => true,
  });

/** An environment as the stacks use it: parsed, complete and valid. */
export type Environment = z.output<typeof environmentSchema>;

/** JSON Schema of an environment file, for editors. The top-level key `$schema` is not part of it; YAML uses a comment. */
export function environmentJsonSchema(): object {
  return {
    ...z.toJSONSchema(environmentSchema, { io: 'input', unrepresentable: 'any' }),
    title: 'agent-bom Postgres environment',
  };
}
