import type { Mistake } from '../error';
import { type HelmValues, valueAt } from './helm-values';

/** IAM roles that ServiceAccounts of the chart take on, by workload. */
export interface ServiceAccountRoles {
  /** ARN of the role of the API; undefined where it has none. */
  readonly api?: string;
  /** ARN of the role of the scanner; undefined where it has none. */
  readonly scanner?: string;
}

/** @see https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html */
export const ROLE_ANNOTATION = 'eks.amazonaws.com/role-arn';

/** Where the chart takes the ServiceAccount of a workload from. */
const ACCOUNTS: Readonly<Record<keyof ServiceAccountRoles, readonly string[]>> = {
  api: ['controlPlane', 'api', 'serviceAccount'],
  scanner: ['scanner', 'serviceAccount'],
};

/** Values that annotate each workload's ServiceAccount with its role, and no other with anything. */
export function roleValues(roles: ServiceAccountRoles): HelmValues {
  return Object.assign({}, ...workloads(roles).map(([workload, arn]) => nested(ACCOUNTS[workload], arn)));
}

/** Annotations of the user's where the contract sets the same one. */
export function roleMistakes(roles: ServiceAccountRoles, values: HelmValues): Mistake[] {
  return workloads(roles).flatMap(([workload]) => {
    const path = [...ACCOUNTS[workload], 'annotations', ROLE_ANNOTATION];
    if (valueAt(values, path) === undefined) return [];
    const rule = `the ${workload} takes on the role that the database stack makes for it`;
    const fix = `remove it, or leave \`podRoles.${workload}\` out`;
    return [{ path: ['release', 'values', ...path].join('.'), rule, fix }];
  });
}

function workloads(roles: ServiceAccountRoles): [keyof ServiceAccountRoles, string][] {
  const names = Object.keys(ACCOUNTS) as (keyof ServiceAccountRoles)[];
  return names.flatMap((name) => (roles[name] === undefined ? [] : [[name, roles[name]]]));
}

function nested(path: readonly string[], arn: string): HelmValues {
  const annotations: HelmValues = { annotations: { [ROLE_ANNOTATION]: arn } };
  return path.reduceRight<HelmValues>((inner, key) => ({ [key]: inner }), annotations);
}
