import { z } from 'zod';
import { tightestName } from '../names';
import { alarms } from './alarms';
import { authentication } from './authentication';
import { backup } from './backup';
import { cluster } from './cluster';
import { database } from './database/database';
import { encryption } from './encryption';
import { AWS_REGION, field, section, toggle } from './field';
import { NAMESPACE_DEFAULTS, namespace, namespaceSettings } from './namespace';
import { podRoles } from './pod-roles';
import { release } from './release';
import { withCrossKeyRules } from './rules';
import { secrets } from './secrets';
import { state } from './state';

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

/** Whether Terraform and AWS may delete what holds data, where nothing else is said. */
export const RELEASE_PROTECTION_DEFAULT = false;

/** Schema of an environment file: the source of its type, its rules and the JSON Schema for editors. */
export const environmentSchema = withCrossKeyRules(
  section('One environment: a database stack and a workload stack.', {
    name,
    region,
    cluster,
    database: database.prefault({}),
    encryption: encryption.prefault({}),
    secrets: secrets.prefault({}),
    backup: backup.prefault({}),
    alarms: alarms.prefault({}),
    podRoles: podRoles.prefault({}),
    namespace: namespace.default(NAMESPACE_DEFAULTS.name),
    authentication: authentication.optional(),
    release,
    state: state.optional(),
    releaseProtection: toggle(
      'Let Terraform and AWS delete the database, its key, the dumps and the secrets. Deploy with it before `destroy`.',
    ).default(RELEASE_PROTECTION_DEFAULT),
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
