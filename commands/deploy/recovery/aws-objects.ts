import { askJson, listAt, textAt } from '../../shared/program-runner';
import type { ResourceChange } from '../plan-file';

/** What a plan creates in AWS although it exists. */
export interface AwsImport {
  readonly address: string;
  readonly importId: string;
}

/** Where the name of a resource is in the plan, what its ARN then ends in, and what Terraform imports it by. */
interface AwsKind {
  readonly attribute: string;
  readonly arn: (name: string) => RegExp;
  readonly importId: (name: string, arn: string) => string;
}

/** The tag that the provider gives to everything that it creates for an environment. */
export const TAG = 'agent-bom-environment';
const escaped = (name: string): string => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const byName = (name: string): string => name;
const byArn = (_name: string, arn: string): string => arn;

/** The kinds whose names are fixed, so that a second one cannot be created. */
const KINDS: Readonly<Record<string, AwsKind>> = {
  aws_cloudwatch_log_group: {
    attribute: 'name',
    arn: (name) => new RegExp(`:log-group:${escaped(name)}(?::\\*)?$`),
    importId: byName,
  },
  aws_db_instance: {
    attribute: 'identifier',
    arn: (name) => new RegExp(`:rds:[^:]+:\\d+:db:${escaped(name)}$`),
    importId: byName,
  },
  aws_db_subnet_group: {
    attribute: 'name',
    arn: (name) => new RegExp(`:subgrp:${escaped(name)}$`),
    importId: byName,
  },
  aws_rds_cluster: {
    attribute: 'cluster_identifier',
    arn: (name) => new RegExp(`:rds:[^:]+:\\d+:cluster:${escaped(name)}$`),
    importId: byName,
  },
  aws_rds_cluster_instance: {
    attribute: 'identifier',
    arn: (name) => new RegExp(`:rds:[^:]+:\\d+:db:${escaped(name)}$`),
    importId: byName,
  },
  aws_s3_bucket: { attribute: 'bucket', arn: (name) => new RegExp(`:s3:::${escaped(name)}$`), importId: byName },
  aws_secretsmanager_secret: {
    attribute: 'name',
    arn: (name) => new RegExp(`:secret:${escaped(name)}-[A-Za-z0-9]{6}$`),
    importId: byArn,
  },
  aws_sns_topic: { attribute: 'name', arn: (name) => new RegExp(`:sns:[^:]+:\\d+:${escaped(name)}$`), importId: byArn },
};

/** The planned resources whose ARNs are among those that carry the tag of the environment. */
export function awsImports(changes: readonly ResourceChange[], arns: readonly string[]): AwsImport[] {
  return changes.flatMap(({ address, type = '', change }) => {
    const kind = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
    if (kind === undefined || !isNew(change.actions)) return [];
    const name = textAt(change.after, kind.attribute);
    const arn = name === '' ? undefined : arns.find((candidate) => kind.arn(name).test(candidate));
    return arn === undefined ? [] : [{ address, importId: kind.importId(name, arn) }];
  });
}

/** Names of the roles that a plan creates: the tagging API does not list roles. */
export function createdRoles(changes: readonly ResourceChange[]): AwsImport[] {
  return changes
    .filter(({ type, change }) => type === 'aws_iam_role' && isNew(change.actions))
    .map(({ address, change }) => ({ address, importId: textAt(change.after, 'name') }))
    .filter(({ importId }) => importId !== '');
}

/** Asks AWS for what carries the tag of the environment, which the provider gives to everything that it creates. */
export async function findAwsImports(
  changes: readonly ResourceChange[],
  environment: string,
  region: string,
): Promise<AwsImport[]> {
  const roles = createdRoles(changes);
  const asked = changes.some(({ type = '', change }) => Object.hasOwn(KINDS, type) && isNew(change.actions));
  const tagged = asked
    ? await askJson('aws', [
        ...['resourcegroupstaggingapi', 'get-resources', '--region', region, '--output', 'json'],
        ...['--tag-filters', `Key=${TAG},Values=${environment}`],
      ])
    : undefined;
  const list = tagged?.kind === 'answered' ? listAt(tagged.content, 'ResourceTagMappingList') : [];
  const arns = list.map((item) => textAt(item, 'ResourceARN'));
  const existing = await Promise.all(roles.map(async (role) => ((await isOurRole(role, environment)) ? [role] : [])));
  return [...awsImports(changes, arns), ...existing.flat()];
}

async function isOurRole({ importId }: AwsImport, environment: string): Promise<boolean> {
  const answer = await askJson('aws', ['iam', 'get-role', '--role-name', importId, '--output', 'json']);
  if (answer.kind !== 'answered') return false;
  return listAt(answer.content, 'Role', 'Tags').some(
    (tag) => textAt(tag, 'Key') === TAG && textAt(tag, 'Value') === environment,
  );
}

/** Whether something is created, and nothing goes for it. */
export function isNew(actions: readonly string[]): boolean {
  return actions.includes('create') && !actions.includes('delete');
}
