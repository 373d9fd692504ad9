import { askAws, at, listAt, textAt } from '../../shared/program-runner';
import type { ResourceChange } from '../plan-file';
import { type AwsImport, isNew, TAG } from './aws-objects';

/** What a plan creates, as far as it is known before. */
interface Created {
  readonly address: string;
  readonly after: unknown;
  readonly region: string;
}

/** Finds what Terraform would import for a resource that exists, or nothing. */
type Lookup = (created: Created, environment: string, all: readonly ResourceChange[]) => Promise<string | undefined>;

/** The kinds whose ARNs do not have their names: AWS is asked for each. */
const LOOKUPS: Readonly<Record<string, Lookup>> = {
  aws_db_event_subscription: eventSubscription,
  aws_eks_pod_identity_association: podIdentity,
  aws_kms_alias: alias,
  aws_kms_key: key,
  aws_security_group: securityGroup,
  aws_vpc_security_group_egress_rule: rule,
  aws_vpc_security_group_ingress_rule: rule,
};

/** What a plan creates although it exists, of the kinds that AWS is asked for one by one. */
export async function lookedUpImports(
  changes: readonly ResourceChange[],
  environment: string,
  region: string,
): Promise<AwsImport[]> {
  const found = changes
    .filter(({ type = '', change }) => Object.hasOwn(LOOKUPS, type) && isNew(change.actions))
    .map(async ({ address, type = '', change }) => {
      const created = { address, after: change.after, region: regionOf(change.after, region) };
      const importId = await LOOKUPS[type]?.(created, environment, changes);
      return importId === undefined ? [] : [{ address, importId }];
    });
  return (await Promise.all(found)).flat();
}

function regionOf(after: unknown, region: string): string {
  return textAt(after, 'region') || region;
}

/** An alias of a key of the environment; an alias has no tags. */
async function alias({ after, region }: Created, environment: string): Promise<string | undefined> {
  const name = textAt(after, 'name');
  return (await ownKey(name, environment, region)) === undefined ? undefined : name;
}

/** The key behind the alias that the plan creates with it. A key has no name: without an alias it is not found. */
async function key(
  { after, region }: Created,
  environment: string,
  all: readonly ResourceChange[],
): Promise<string | undefined> {
  const names = all
    .filter(({ type, change }) => type === 'aws_kms_alias' && isNew(change.actions))
    .filter(({ change }) => regionOf(change.after, region) === regionOf(after, region))
    .map(({ change }) => textAt(change.after, 'name'));
  const [name] = names;
  return name === undefined || names.length > 1 ? undefined : ownKey(name, environment, region);
}

async function ownKey(name: string, environment: string, region: string): Promise<string | undefined> {
  if (name === '') return undefined;
  const described = await askAws(region, 'kms', 'describe-key', '--key-id', name);
  if (described.kind !== 'answered' || textAt(described.content, 'KeyMetadata', 'KeyState') !== 'Enabled')
    return undefined;
  const id = textAt(described.content, 'KeyMetadata', 'KeyId');
  const tags = await askAws(region, 'kms', 'list-resource-tags', '--key-id', id);
  if (tags.kind !== 'answered') return undefined;
  return isTagged(listAt(tags.content, 'Tags'), environment, 'TagKey', 'TagValue') ? id : undefined;
}

async function securityGroup({ after, region }: Created, environment: string): Promise<string | undefined> {
  const filters = {
    'group-name': textAt(after, 'name'),
    'vpc-id': textAt(after, 'vpc_id'),
    [`tag:${TAG}`]: environment,
  };
  if (Object.values(filters).includes('')) return undefined;
  const answer = await askAws(region, 'ec2', 'describe-security-groups', '--filters', ...filterWords(filters));
  return answer.kind === 'answered' ? textAt(answer.content, 'SecurityGroups', 0, 'GroupId') || undefined : undefined;
}

/** A rule of a group that is known already: EC2 refuses a second one like it. */
async function rule({ address, after, region }: Created): Promise<string | undefined> {
  const group = textAt(after, 'security_group_id');
  if (group === '') return undefined;
  const filters = filterWords({ 'group-id': group });
  const answer = await askAws(region, 'ec2', 'describe-security-group-rules', '--filters', ...filters);
  const rules = answer.kind === 'answered' ? listAt(answer.content, 'SecurityGroupRules') : [];
  const wanted = [
    address.startsWith('aws_vpc_security_group_egress_rule.'),
    ...['ip_protocol', 'from_port', 'to_port', 'cidr_ipv4', 'referenced_security_group_id'].map((name) =>
      at(after, name),
    ),
  ];
  const found = rules.find((candidate) => {
    const values = [
      ...['IsEgress', 'IpProtocol', 'FromPort', 'ToPort', 'CidrIpv4'].map((name) => at(candidate, name)),
      at(candidate, 'ReferencedGroupInfo', 'GroupId'),
    ];
    return values.every((value, index) => (value ?? null) === (wanted[index] ?? null));
  });
  return textAt(found, 'SecurityGroupRuleId') || undefined;
}

/** RDS refuses a second one of the name. */
async function eventSubscription({ after, region }: Created, environment: string): Promise<string | undefined> {
  const name = textAt(after, 'name');
  if (name === '') return undefined;
  const found = await askAws(region, 'rds', 'describe-event-subscriptions', '--subscription-name', name);
  const [one] = found.kind === 'answered' ? listAt(found.content, 'EventSubscriptionsList') : [];
  const arn = textAt(one, 'EventSubscriptionArn');
  if (arn === '') return undefined;
  const tags = await askAws(region, 'rds', 'list-tags-for-resource', '--resource-name', arn);
  const ours = tags.kind === 'answered' && isTagged(listAt(tags.content, 'TagList'), environment, 'Key', 'Value');
  return ours ? name : undefined;
}

async function podIdentity({ after, region }: Created, environment: string): Promise<string | undefined> {
  const [cluster, namespace, account] = ['cluster_name', 'namespace', 'service_account'].map((name) =>
    textAt(after, name),
  );
  if (!cluster || !namespace || !account) return undefined;
  const place = ['--cluster-name', cluster];
  const chosen = ['--namespace', namespace, '--service-account', account];
  const listed = await askAws(region, 'eks', 'list-pod-identity-associations', ...place, ...chosen);
  const id = listed.kind === 'answered' ? textAt(listed.content, 'associations', 0, 'associationId') : '';
  if (id === '') return undefined;
  const one = await askAws(region, 'eks', 'describe-pod-identity-association', ...place, '--association-id', id);
  const ours = one.kind === 'answered' && textAt(one.content, 'association', 'tags', TAG) === environment;
  return ours ? `${cluster},${id}` : undefined;
}

function filterWords(filters: Readonly<Record<string, string>>): string[] {
  return Object.entries(filters).map(([name, value]) => `Name=${name},Values=${value}`);
}

function isTagged(tags: readonly unknown[], environment: string, keyName: string, valueName: string): boolean {
  return tags.some((tag) => textAt(tag, keyName) === TAG && textAt(tag, valueName) === environment);
}
