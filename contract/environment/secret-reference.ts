import { z } from 'zod';
import { regionalArn } from '../aws/arn';
import { confidential, FIELD_RULES, field, section } from './field';
import { inRegion, type Rule } from './rule';

/** Secrets Manager ends each ARN in a hyphen and six characters: without them a policy of IAM matches no secret. */
const SECRET_ARN = regionalArn('secretsmanager', 'secret:[A-Za-z0-9/_+=.@-]{1,512}-[A-Za-z0-9]{6}');

/** What to do about a secret in another region. */
export const SECRET_REGION_FIX = 'replicate the secret to that region, and write the ARN of the replica';

/** The ARN of an existing secret. */
export const secretArn = field(
  z.string().regex(SECRET_ARN),
  'A secret in Secrets Manager, in the region of the environment.',
  'the whole ARN of a secret: `arn:aws:secretsmanager:<region>:<account>:secret:<name>-<six characters>`',
  'write the `ARN` that `aws secretsmanager describe-secret` shows',
);

/** The name of an existing Kubernetes Secret. */
export const secretName = field(
  z
    .string()
    .max(253)
    .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/),
  'A Kubernetes Secret in the namespace of the control plane.',
  'the name of a Secret: lower-case letters, digits, hyphens and dots, at most 253 characters',
  'write the name that `kubectl get secrets` shows',
);

/** Where a secret value is: never the value itself. */
export function secretReference(description: string) {
  const reference = section(description, {
    secretArn: secretArn.optional(),
    property: field(
      z.string().regex(/^[A-Za-z0-9_-]{1,128}$/),
      'Property of the JSON in the secret in Secrets Manager.',
      'the name of a property: letters, digits, `_` and `-`, at most 128 characters',
      'write the property whose value is the secret, such as `token`',
    ).optional(),
    versionId: field(
      z.string().regex(/^[A-Za-z0-9-]{32,64}$/),
      'Version of the secret in Secrets Manager. Another version restarts the pods; without the key they read the version that is current when they start.',
      'the id of a version: 32 to 64 letters, digits and hyphens',
      'write the `VersionId` that `aws secretsmanager list-secret-version-ids` shows, or leave the key out',
    ).optional(),
    secretName: secretName.optional(),
    key: field(
      z.string().regex(/^[A-Za-z0-9._-]{1,253}$/),
      'Key of the Kubernetes Secret.',
      'the key of a Secret: letters, digits, `_`, `-` and dots, at most 253 characters',
      'write the key whose value is the secret',
    ).optional(),
  });
  FIELD_RULES.add(reference, {
    description,
    rule: 'a reference to a secret, never the secret itself',
    fix: 'write `secretArn` and `property`, or `secretName` and `key`, on lines below it, indented; change the secret if it was real',
  });
  return confidential(reference);
}

/** A reference, read and complete. */
export type SecretReference = z.output<ReturnType<typeof secretReference>>;

/** The rules between the keys of a reference. */
export function referenceRules(path: string): Rule[] {
  return [
    oneSource(path),
    togetherWith(path, 'secretArn', 'property'),
    togetherWith(path, 'secretName', 'key'),
    onlyWith(path, 'property', 'secretArn'),
    onlyWith(path, 'versionId', 'secretArn'),
    onlyWith(path, 'key', 'secretName'),
    ...secretArnRules(`${path}.secretArn`),
  ];
}

/** A secret is in one place. */
export function oneSource(path: string): Rule {
  return {
    path,
    broken: ({ whole }) => {
      const sources = ['secretArn', 'secretName'].filter((key) => whole.given(`${path}.${key}`)).length;
      return whole.isSection(path) && sources !== 1 ? 'either `secretArn` or `secretName`' : undefined;
    },
    fix: 'name a secret in Secrets Manager with `secretArn`, or a Kubernetes Secret with `secretName`',
  };
}

/** What holds for a secret in Secrets Manager wherever it is named. */
export function secretArnRules(path: string): Rule[] {
  return [
    inRegion(path, SECRET_ARN, 'a secret', SECRET_REGION_FIX),
    {
      path,
      broken: ({ whole }) =>
        whole.given(path) && whole.text('secrets.delivery') === 'existing'
          ? 'a Kubernetes Secret while `secrets.delivery` is `existing`: nothing is read from Secrets Manager then'
          : undefined,
      fix: 'name a Kubernetes Secret with `secretName`',
    },
  ];
}

function togetherWith(path: string, part: string, companion: string): Rule {
  return {
    path: `${path}.${part}`,
    broken: ({ whole }) =>
      whole.given(`${path}.${part}`) && !whole.given(`${path}.${companion}`)
        ? `together with \`${companion}\`, which says where in it the value is`
        : undefined,
    fix: `add \`${companion}\``,
  };
}

function onlyWith(path: string, part: string, companion: string): Rule {
  return {
    path: `${path}.${part}`,
    broken: ({ whole }) =>
      whole.given(`${path}.${part}`) && !whole.given(`${path}.${companion}`)
        ? `only together with \`${companion}\``
        : undefined,
    fix: `add \`${companion}\`, or remove the key`,
  };
}
