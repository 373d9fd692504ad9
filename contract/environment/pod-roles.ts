import { z } from 'zod';
import { POLICY_ARN } from './cluster';
import { field, section } from './field';

/** Policies that IAM attaches to a role unless its quota has been raised. */
const MOST_POLICIES = 10;

/** What the roles of the pods have where nothing else is said. */
export const POD_ROLE_DEFAULTS = { policyArns: [] as string[] } as const;

function policyArns(whose: string) {
  return field(
    z
      .array(
        field(
          z.string().regex(POLICY_ARN),
          'ARN of a managed policy.',
          'the ARN of a managed policy: `arn:aws:iam::<account>:policy/<name>`',
          'write an ARN that `aws iam list-policies` shows',
        ),
      )
      .max(MOST_POLICIES)
      .refine((arns) => new Set(arns).size === arns.length),
    `Managed policies for ${whose}. Without any, its role may do nothing in AWS.`,
    `a list of at most ${MOST_POLICIES} different managed policies`,
    'list the ARNs of managed policies, or leave the key out',
  ).default(POD_ROLE_DEFAULTS.policyArns);
}

/** The keys of `podRoles`. */
export const podRoles = section('What the control plane’s own pods may do in AWS, beside what the contract needs.', {
  api: section('IAM role of the API pods.', { policyArns: policyArns('the API pods') }).prefault({}),
  scanner: section('IAM role of the scanner pods.', { policyArns: policyArns('the scanner pods') }).prefault({}),
});
