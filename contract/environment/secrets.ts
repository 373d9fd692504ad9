import { z } from 'zod';
import { existingSecrets, readerRoleArn } from './database/existing';
import { field, section, wholeNumber } from './field';
import type { Rule } from './rule';
import { oneSource, secretArn, secretArnRules, secretName } from './secret-reference';

/** The ways for secrets to reach the cluster. */
export const DELIVERIES = ['external-secrets', 'terraform', 'existing'] as const;
/** One of the ways above. */
export type Delivery = (typeof DELIVERIES)[number];

/** Kinds of a store of External Secrets Operator. */
export const STORE_KINDS = ['SecretStore', 'ClusterSecretStore'] as const;
/** One of the kinds above. */
export type StoreKind = (typeof STORE_KINDS)[number];

/** What the secrets have where nothing else is said. */
export const SECRETS_DEFAULTS = { generation: 1, recoveryWindowDays: 30, delivery: 'external-secrets' } as const;

/** The keys of `secrets`. */
export const secrets = section('Passwords: generated, stored in Secrets Manager, never in Terraform state.', {
  generation: wholeNumber(
    1,
    9999,
    'generations',
    'Generation of the passwords. Raising it by one creates new ones and restarts the pods with them.',
    'write 1, and raise it by one to rotate',
  ).default(SECRETS_DEFAULTS.generation),
  recoveryWindowDays: wholeNumber(
    7,
    30,
    'days',
    'Days that a deleted secret can be restored.',
    'write 30, or at least 7',
  ).default(SECRETS_DEFAULTS.recoveryWindowDays),
  delivery: field(
    z.enum(DELIVERIES),
    'How secrets reach the cluster: through External Secrets Operator, written by Terraform, or created by another team.',
    `one of ${DELIVERIES.join(', ')}`,
    'write `external-secrets` if the operator runs in the cluster, `terraform` if it does not',
  ).default(SECRETS_DEFAULTS.delivery),
  store: section('An existing store of External Secrets. Without it the namespace gets a separate one.', {
    kind: field(
      z.enum(STORE_KINDS),
      'Kind of the store.',
      '`SecretStore` or `ClusterSecretStore`',
      'write `ClusterSecretStore` for a store of the whole cluster, `SecretStore` for one in the namespace',
    ),
    name: field(
      secretName,
      'Name of the store.',
      'the name of a store',
      'write a name that `kubectl get secretstores` shows',
    ),
  }).optional(),
  existing: existingSecrets.optional(),
  readerRoleArn: readerRoleArn.optional(),
  controlPlane: section(
    'Existing keys that the control plane signs and encrypts with. Without it they are generated.',
    { secretArn: secretArn.optional(), secretName: secretName.optional() },
  ).optional(),
});

/** Rules between the delivery of the secrets and where they come from. */
export const SECRETS_RULES: readonly Rule[] = [
  {
    path: 'secrets.store',
    broken: ({ whole }) =>
      whole.given('secrets.store') && ['terraform', 'existing'].includes(whole.text('secrets.delivery') ?? '')
        ? 'left out unless `delivery` is `external-secrets`, the only delivery that reads through a store'
        : undefined,
    fix: 'remove the section, or write `delivery: external-secrets`',
  },
  oneSource('secrets.controlPlane'),
  ...secretArnRules('secrets.controlPlane.secretArn'),
];
