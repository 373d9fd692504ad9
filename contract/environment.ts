import { z } from 'zod';
import { CHART_VERSIONS, type HelmValue } from './chart';
import { database } from './environment-database';
import { encryption } from './environment-encryption';
import { existingSecrets, readerRoleArn } from './environment-existing';
import { AWS_REGION, field, section, toggle, wholeNumber } from './environment-fields';
import { namespace, namespaceSettings } from './environment-namespace';
import { withCrossKeyRules } from './environment-rules';
import { state } from './environment-state';
import { tightestName } from './names';

/** How many characters an environment's name may have, because of the names that are derived from it. */
export const NAME_LIMIT = tightestName().room;

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
  z.string().regex(AWS_REGION),
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
  existing: existingSecrets.optional(),
  readerRoleArn: readerRoleArn.optional(),
});

const backup = section('Dumps of the database in a bucket, beside the backups that RDS takes by itself.', {
  dumpRetentionDays: wholeNumber(
    1,
    3650,
    'days',
    'Days that a dump stays in the bucket.',
    'write 35, or what your rules ask for',
  ).default(35),
});

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
export const environmentSchema = withCrossKeyRules(
  section('One environment: a database stack and a workload stack.', {
    name,
    region,
    cluster,
    database,
    encryption: encryption.prefault({}),
    secrets: secrets.prefault({}),
    backup: backup.prefault({}),
    namespace: namespace.default('agent-bom'),
    release,
    state: state.optional(),
    releaseProtection: toggle(
      'Let Terraform and AWS delete the database, its key, the dumps and the secrets. Deploy with it before `destroy`.',
    ).default(false),
  }),
).transform((written) => ({ ...written, ...namespaceSettings(written.namespace) }));

/** An environment as the stacks use it: parsed, complete and valid. */
export type Environment = z.output<typeof environmentSchema>;

/** JSON Schema of an environment file, for editors. The top-level key `$schema` is not part of it; YAML uses a comment. */
export function environmentJsonSchema(): object {
  return {
    ...z.toJSONSchema(environmentSchema, { io: 'input', unrepresentable: 'any' }),
    title: 'agent-bom Postgres environment',
  };
}
