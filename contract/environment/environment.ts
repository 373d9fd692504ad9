import { z } from 'zod';
import { tightestName } from '../names';
import { releaseMistakes } from '../product/release-values';
import { state } from './account/state';
import { requiredTags, TAG_RULES, tagMistakes, tags } from './account/tags';
import { ALARM_RULES, alarms } from './alarms';
import { API_RULES } from './api/api';
import { GATEWAY_RULES } from './api/gateway';
import { REPORT_RULES, reports } from './api/reports';
import { AUTHENTICATION_RULES, authentication } from './authentication';
import { BACKUP_RULES, backup } from './backup';
import { CLUSTER_RULES, cluster, podRoles } from './cluster';
import { DATABASE_RULES, database } from './database/database';
import { ENCRYPTION_RULES, encryption } from './encryption';
import { awsRegion, field, section, toggle } from './field';
import { NAMESPACE_DEFAULTS, type NamespaceSettings, namespace, namespaceSettings } from './namespace';
import { podMistakes, pods } from './pods';
import { RELEASE_RULES, release } from './release';
import { brokenRules, Keys, knownRegion, type Rule } from './rule';
import { SECRETS_RULES, secrets } from './secrets';
import { verification } from './verification';

/** How many characters an environment's name may have, because of the names that derive from it. */
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

const region = awsRegion(
  'AWS region of the cluster and of the database.',
  'write the code of the region that the cluster runs in, such as `eu-west-1`',
);

/** Whether Terraform and AWS may delete what holds data, where nothing else is said. */
export const RELEASE_PROTECTION_DEFAULT = false;

/** Sections by name: their types in full, three times over, would be a third of all declarations of the package. */
interface Settings {
  name: string;
  region: string;
  cluster: z.output<typeof cluster>;
  database: z.output<typeof database>;
  encryption: z.output<typeof encryption>;
  secrets: z.output<typeof secrets>;
  backup: z.output<typeof backup>;
  alarms: z.output<typeof alarms>;
  podRoles: z.output<typeof podRoles>;
  namespace: z.output<typeof namespace>;
  pods: z.output<typeof pods>;
  authentication?: z.output<typeof authentication>;
  release: z.output<typeof release>;
  reports: z.output<typeof reports>;
  verification: z.output<typeof verification>;
  state?: z.output<typeof state>;
  tags: z.output<typeof tags>;
  requiredTags: z.output<typeof requiredTags>;
  releaseProtection: boolean;
}

/** An environment as the stacks use it: parsed, complete and valid. */
export interface Environment extends Omit<Settings, 'namespace'>, NamespaceSettings {}

/** All keys of an environment file: what each of them accepts by itself, and its default. */
export const environmentFile: z.ZodType<Settings> = section('One environment: a database stack and a workload stack.', {
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
  pods: pods.prefault({}),
  authentication: authentication.optional(),
  release,
  reports: reports.prefault({}),
  verification: verification.prefault({}),
  state: state.optional(),
  tags,
  requiredTags,
  releaseProtection: toggle(
    'Let Terraform and AWS delete the database, its key, the dumps and the secrets. Deploy with it before `destroy`.',
  ).default(RELEASE_PROTECTION_DEFAULT),
});

/** Keys that have another name now, by their previous one. */
export const RENAMED_KEYS: Readonly<Record<string, string>> = { 'database.admit': 'database.access' };

const RULES: readonly Rule[] = [
  ...['region', 'state.region', 'database.replication.region', 'reports.region'].map(knownRegion),
  ...DATABASE_RULES,
  ...ENCRYPTION_RULES,
  ...RELEASE_RULES,
  ...API_RULES,
  ...GATEWAY_RULES,
  ...REPORT_RULES,
  ...BACKUP_RULES,
  ...ALARM_RULES,
  ...CLUSTER_RULES,
  ...SECRETS_RULES,
  ...AUTHENTICATION_RULES,
  ...TAG_RULES,
];

/** Checks all rules, also while single keys are wrong: all mistakes show at once. Their paths begin with `whole`. */
const checkedFile = z
  .object({ written: z.unknown(), whole: environmentFile })
  .superRefine(
    ({ written, whole }, { addIssue, issues }) => {
      const wrong = new Set(issues.map(({ path }) => path?.slice(1).join('.') ?? ''));
      const broken = brokenRules(RULES, { written: new Keys(written, wrong), whole: new Keys(whole, wrong) });
      const keys = new Keys(written);
      const others = [
        ...podMistakes(keys.at('pods')),
        ...releaseMistakes(keys.at('release')),
        ...tagMistakes(keys.at('tags')),
      ];
      for (const { path, got, rule, fix } of [...broken, ...others]) {
        addIssue({ code: 'custom', path: ['whole', ...path], params: { got, rule, fix } });
      }
    },
    { when: () => true },
  )
  .transform(({ whole }) => ({ ...whole, ...namespaceSettings(whole.namespace) }));

/** Reads the content of an environment file. The paths of its issues begin with `whole`. */
export const environmentSchema: z.ZodType<Environment> = z.preprocess(
  (content) => ({ written: content, whole: content }),
  checkedFile,
);

/** JSON Schema of an environment file, for editors. The top-level key `$schema` is not part of it; YAML uses a comment. */
export function environmentJsonSchema(): object {
  return {
    ...z.toJSONSchema(environmentFile, { io: 'input', unrepresentable: 'any' }),
    title: 'agent-bom Postgres environment',
  };
}
