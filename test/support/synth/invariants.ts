import { parseAllDocuments } from 'yaml';
import { type Block, strings, type Template } from './template';

/** The stacks of one environment; without a database of ours there is no database stack. */
export interface Stacks {
  readonly database?: Template;
  readonly workload: Template;
  /** Texts of the files beside the stacks, by their paths. */
  readonly files: Readonly<Record<string, string>>;
}

/** Attribute of a type of resource that names it, and what AWS or Kubernetes accepts for it. */
const NAMES: readonly [type: string, attribute: string, accepted: RegExp][] = [
  ['aws_db_instance', 'identifier', /^[a-z](?:-?[a-z0-9]){0,62}$/],
  ['aws_rds_cluster', 'cluster_identifier', /^[a-z](?:-?[a-z0-9]){0,62}$/],
  ['aws_rds_cluster_instance', 'identifier', /^[a-z](?:-?[a-z0-9]){0,62}$/],
  ['aws_db_subnet_group', 'name', /^[a-z0-9 ._-]{1,255}$/],
  // AWS adds 26 characters to a prefix.
  ['aws_db_parameter_group', 'name_prefix', /^[a-z][a-z0-9-]{0,228}$/],
  ['aws_rds_cluster_parameter_group', 'name_prefix', /^[a-z][a-z0-9-]{0,228}$/],
  ['aws_security_group', 'name', /^(?!sg-)[\w .:/()#,@[\]+=&;{}!$*-]{1,255}$/],
  ['aws_iam_role', 'name', /^[\w+=,.@-]{1,64}$/],
  ['aws_kms_alias', 'name', /^alias\/(?!aws\/)[\w/-]{1,250}$/],
  // The account id is known to Terraform alone; it has twelve digits.
  ['aws_s3_bucket', 'bucket', /^[a-z0-9](?:[a-z0-9-]){1,61}[a-z0-9]$/],
  ['aws_secretsmanager_secret', 'name', /^[\w/+=.@-]{1,512}$/],
  ['aws_cloudwatch_log_group', 'name', /^[\w./#-]{1,512}$/],
  ['aws_cloudwatch_metric_alarm', 'alarm_name', /^[\x20-\x7e]{1,255}$/],
  ['aws_sns_topic', 'name', /^[\w-]{1,256}$/],
  ['aws_db_event_subscription', 'name', /^[a-z][a-z0-9-]{0,254}$/],
  ['aws_cloudwatch_event_rule', 'name', /^[\w.-]{1,64}$/],
  ['aws_cloudwatch_log_metric_filter', 'name', /^[^:*]{1,512}$/],
  ['aws_sqs_queue', 'name', /^[\w-]{1,80}$/],
  ['aws_eks_pod_identity_association', 'service_account', /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/],
  ['aws_eks_pod_identity_association', 'namespace', /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/],
  ['aws_iam_role_policy', 'name', /^[\w+=,.@-]{1,128}$/],
];

/** What every environment has to hold, whatever its file says; one line for each that it does not. */
export function brokenInvariants({ database, workload, files }: Stacks): string[] {
  const stacks = database === undefined ? [workload] : [database, workload];
  return [
    ...stacks.flatMap(textMistakes),
    ...stacks.flatMap((stack) => stack.unresolvedReferences()),
    ...stacks.flatMap(nameMistakes),
    ...kubernetesNameMistakes(workload),
    ...namespaceMistakes(workload),
    ...waitMistakes(workload),
    ...crossStackMistakes(database, workload),
    ...(database === undefined ? [] : databaseMistakes(database)),
    ...stacks.flatMap(permissionMistakes),
    ...stacks.flatMap(providerMistakes),
    ...podMistakes(workload),
    ...Object.entries(files).flatMap(([path, text]) => fileMistakes(path, text)),
    ...workload.resources('helm_release').flatMap(({ values }) => values.flatMap(valueMistakes)),
  ];
}

function textMistakes({ text }: Template): string[] {
  const found = text.match(/\[object Object\]|\bundefined\b(?!\s+in)|\bNaN\b|TfToken|#\{Token|-1\.\d+e\+?\d+/g) ?? [];
  return found.map((what) => `the output holds ${what}`);
}

function nameMistakes(template: Template): string[] {
  return NAMES.flatMap(([type, attribute, accepted]) =>
    template.resources(type).flatMap((block) => {
      const name = String(block[attribute] ?? '').replace(/\$\{data\.aws_caller_identity[^}]*\}/g, '1'.repeat(12));
      return accepted.test(name) ? [] : [`${type} cannot be called ${name}`];
    }),
  );
}

function kubernetesNameMistakes(workload: Template): string[] {
  const limits: Readonly<Record<string, number>> = { kubernetes_cron_job_v1: 52, kubernetes_job_v1: 63 };
  const types = Object.keys(workload.json.resource).filter((type) => type.startsWith('kubernetes_'));
  return types.flatMap((type) =>
    workload.resources(type).flatMap((block: Block) => {
      const { name: given, generate_name: generated } =
        (block.manifest ?? block).metadata?.[0] ?? (block.manifest ?? block).metadata ?? {};
      // Kubernetes adds five letters to the beginning of a generated name.
      const written = given ?? (generated === undefined ? '' : `${generated}abcde`);
      // Digits of a hash that Terraform makes.
      const name = String(written).replace(/\$\{substr\(.*, 0, (\d)\)\}/g, (_, digits) => '0'.repeat(digits));
      const fits = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/.test(name) && name.length <= (limits[type] ?? 63);
      return fits ? [] : [`${type} cannot be called ${name}`];
    }),
  );
}

/** Objects that Terraform might create before their namespace: it is in their metadata as text, and no reference. */
function namespaceMistakes(workload: Template): string[] {
  const [namespace] = workload.addresses().filter((address) => address.startsWith('kubernetes_namespace_v1.'));
  if (namespace === undefined) return [];
  const others = workload.addresses().filter((one) => /^(?:kubernetes|helm)_/.test(one) && one !== namespace);
  return others
    .filter((address) => !workload.prerequisites(address).has(namespace))
    .map((address) => `${address} does not wait for the namespace`);
}

/** Jobs that Terraform might create before the Secrets, files and accounts that their pods name. */
function waitMistakes(workload: Template): string[] {
  const addresses = workload.addresses().filter((one) => one.startsWith('kubernetes_'));
  const blockAt = (address: string): Block => address.split('.').reduce((at, key) => at[key], workload.json.resource);
  const others = addresses.filter((one) => !/^kubernetes_(?:\w*job|role\w*)_v1\./.test(one));
  return addresses
    .filter((one) => /^kubernetes_\w*job_v1\./.test(one))
    .flatMap((job) => {
      const texts = new Set(strings(blockAt(job).spec));
      const named = others.filter((one) => texts.has((blockAt(one).manifest ?? blockAt(one)).metadata.name));
      const finished = workload.prerequisites(job);
      return named.filter((one) => !finished.has(one)).map((one) => `${job} does not wait for ${one}`);
    });
}

function crossStackMistakes(database: Template | undefined, workload: Template): string[] {
  const outputs = Object.keys(database?.json.output ?? {});
  const taken = strings(workload.json).flatMap((text) =>
    [...text.matchAll(/outputs\.([\w-]+)/g)].map(([, name = '']) => name),
  );
  return taken.filter((name) => !outputs.includes(name)).map((name) => `the database stack has no output ${name}`);
}

function databaseMistakes(database: Template): string[] {
  const servers = [...database.resources('aws_db_instance'), ...database.resources('aws_rds_cluster')];
  const attached = [...database.resources('aws_db_instance'), ...database.resources('aws_rds_cluster_instance')];
  const groups = [
    ...database.resources('aws_db_parameter_group'),
    ...database.resources('aws_rds_cluster_parameter_group'),
  ];
  const parameters = groups.flatMap((group) => group.parameter ?? []);
  const has = (name: string, value: string) =>
    parameters.some((parameter: Block) => parameter.name === name && parameter.value === value);
  const rules: [boolean, string][] = [
    [servers.length === 1, 'there is not exactly one database'],
    [servers.every((server) => server.storage_encrypted === true && server.kms_key_id), 'the storage is not encrypted'],
    [servers.every((server) => server.manage_master_user_password === true), 'RDS does not manage the password'],
    [servers.every((server) => server.backup_retention_period >= 1), 'there are no automated backups'],
    [servers.every((server) => server.skip_final_snapshot === false), 'there is no final snapshot'],
    [servers.every((server) => server.copy_tags_to_snapshot === true), 'snapshots have no tags'],
    [attached.length > 0 && attached.every((server) => server.publicly_accessible === false), 'the database is public'],
    [has('rds.force_ssl', '1'), 'TLS is not forced'],
    [
      database.resources('aws_vpc_security_group_egress_rule').every(leavesOnlyPods),
      'the database may connect elsewhere',
    ],
    [
      !/"(?:0\.0\.0\.0\/0|::\/0)"/.test(JSON.stringify(database.resources('aws_vpc_security_group_ingress_rule'))),
      'the network is open',
    ],
  ];
  return rules.filter(([holds]) => !holds).map(([, what]) => what);
}

/** Egress belongs to the pods' own group alone, never to the database's. */
function leavesOnlyPods(rule: Block): boolean {
  return !/network_firewall/.test(String(rule.security_group_id));
}

/** Statements that allow every action, or every resource where it is not the policy of a key. */
function permissionMistakes(template: Template): string[] {
  return Object.entries<Block>(template.json.data?.aws_iam_policy_document ?? {}).flatMap(([name, { statement }]) =>
    statement
      .filter(({ effect }: Block) => effect !== 'Deny')
      .flatMap(({ actions = [], resources = [] }: Block) => [
        ...actions
          .filter((action: string) => /^\*$|:\*$/.test(action))
          .map((action: string) => `${name} allows ${action}`),
        ...resources
          .filter((resource: string) => resource === '*' && !/(?:^|_)encryption_policy/.test(name))
          .map(() => `${name} allows it on *`),
      ]),
  );
}

/** Aliases of providers that no provider of the stack has. */
function providerMistakes({ json }: Template): string[] {
  const known = Object.entries<Block>(json.provider).flatMap(([name, configurations]) =>
    configurations.map(({ alias }: Block) => (alias === undefined ? name : `${name}.${alias}`)),
  );
  const blocks = [json.resource, json.data, json.ephemeral].flatMap((section) =>
    Object.values<Block>(section ?? {}).flatMap((type) => Object.values<Block>(type)),
  );
  return blocks
    .filter(({ provider }) => provider !== undefined && !known.includes(provider))
    .map(({ provider }) => `there is no provider ${provider}`);
}

/** Pods that Pod Security would not admit as restricted. */
function podMistakes(workload: Template): string[] {
  const jobs = workload
    .resources('kubernetes_job_v1')
    .map(({ metadata, spec }) => [metadata.generate_name, spec.template.spec]);
  const cronJobs = workload
    .resources('kubernetes_cron_job_v1')
    .map(({ metadata, spec }) => [metadata.name, spec.job_template.spec.template.spec]);
  return [...jobs, ...cronJobs].flatMap(([name, { security_context, container, init_container = [], volume = [] }]) => {
    const restricted = [...container, ...init_container].every(
      ({ security_context: { allow_privilege_escalation, capabilities } }) =>
        allow_privilege_escalation === false && capabilities.drop.includes('ALL'),
    );
    const confined =
      security_context.run_as_non_root === true && security_context.seccomp_profile.type === 'RuntimeDefault';
    const host = volume.some((source: Block) => source.host_path !== undefined);
    return restricted && confined && !host ? [] : [`the pods of ${name} are not restricted`];
  });
}

/** A file beside the stacks that is no YAML, or tells a secret. */
function fileMistakes(path: string, text: string): string[] {
  const documents = parseAllDocuments(text);
  const unreadable = [...documents].flatMap(({ errors }) => errors.map(({ message }) => `${path}: ${message}`));
  const unresolved = /\$\{|TfToken|undefined|\[object Object\]/.test(text)
    ? [`${path} holds what only Terraform knows`]
    : [];
  return [...unreadable, ...unresolved, ...valueMistakes(text)];
}

/** Values of the chart with a credential in them. */
function valueMistakes(text: string): string[] {
  return /postgres(?:ql)?:\/\/[^\s]*@|password: *[^\s{]/i.test(text) ? ['the values hold a credential'] : [];
}
