import type { Allowance, Condition } from '../../../contract/aws/iam/documents';
import type { Environment } from '../../../contract/environment/environment';
import { arnOf, type Subject } from './subjects';

/** The tag that every resource of an environment has. */
const TAG = 'agent-bom-environment';

/** Only resources of the environment, by their tag: for those whose ids AWS chooses. */
export function ownResources({ name }: Environment): Condition {
  return { StringEquals: { [`aws:ResourceTag/${TAG}`]: name } };
}

/** Only what gets the tag of the environment as it is created. */
export function newResources({ name }: Environment): Condition {
  return { StringEquals: { [`aws:RequestTag/${TAG}`]: name } };
}

/** One allowance, or none where there is nothing to allow. */
export function allow(
  actions: readonly string[] | undefined,
  resources: readonly string[],
  condition?: Condition,
): Allowance[] {
  return actions === undefined || actions.length === 0 || resources.length === 0
    ? []
    : [{ actions, resources, ...(condition && { condition }) }];
}

/** A service uses the key in the name of whoever calls it; the key's own policy has to allow that as well. */
export function keyAllowances(service: string, environment: Environment, { value, region }: Subject): Allowance[] {
  const given = value('kms_key_id') ?? environment.encryption.keyArn;
  const [key, own] = given?.startsWith('arn:') ? [given] : [arnOf('kms|key/*', region), ownResources(environment)];
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const through = { 'kms:ViaService': `${service}.${region}.${suffix}` };
  return [
    ...allow(['kms:DescribeKey'], [key], own),
    ...allow(['kms:Decrypt', 'kms:GenerateDataKey'], [key], { StringEquals: { ...own?.StringEquals, ...through } }),
    ...allow(['kms:CreateGrant'], [key], { ...own, Bool: { 'kms:GrantIsForAWSResource': 'true' } }),
  ];
}
