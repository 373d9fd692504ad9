import { z } from 'zod';
import type { CrossKeyRule } from './cross-key-rule';
import { existingSecrets, readerRoleArn } from './database/existing';
import { field, section, wholeNumber } from './field';
import { arnRules, oneSource, secretArn, secretName } from './secret-reference';

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
export const secrets = section('Passwords: generated, kept in Secrets Manager, never in Terraform state.', {
  generation: wholeNumber(
    1,
    9999,
    'generations',
    'Generation of the passwords. Raising it by one writes new ones and rolls the pods over to them.',
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
    'How secrets reach the cluster: through External Secrets Operator, written by Terraform, or by somebody else.',
    `one of ${DELIVERIES.join(', ')}`,
    'write `external-secrets` where the operator runs, `terraform` where it does not',
  ).default(SECRETS_DEFAULTS.delivery),
  store: section('A store of External Secrets that exists already. Without it the namespace gets one of its own.', {
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
    'Keys that the control plane signs and encrypts with, where they exist already. Without it they are generated.',
    { secretArn: secretArn.optional(), secretName: secretName.optional() },
  ).optional(),
});

/** Rules between the ways of secrets into the cluster, and between them and the cluster. */
export const SECRETS_RULES: readonly CrossKeyRule[] = [
  {
    path: 'secrets.store',
    broken: (keys) =>
      keys.given('secrets.store') && ['terraform', 'existing'].includes(keys.text('secrets.delivery') ?? '')
        ? 'left out unless `delivery` is `external-secrets`, which is what reads through a store'
        : undefined,
    fix: 'remove the section, or write `delivery: external-secrets`',
  },
  oneSource('secrets.controlPlane'),
  ...arnRules('secrets.controlPlane.secretArn'),
];
