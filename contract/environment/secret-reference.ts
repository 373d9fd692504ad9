import { z } from 'zod';
import type { CrossKeyRule } from './cross-key-rule';
import { confidential, field, section } from './field';

const SECRET_ARN = /^arn:aws(?:-[a-z]+)*:secretsmanager:([a-z0-9-]+):\d{12}:secret:[A-Za-z0-9/_+=.@-]{1,519}$/;

/** The ARN of a secret that exists already. */
export const secretArn = field(
  z.string().regex(SECRET_ARN),
  'A secret in Secrets Manager, in the region of the environment.',
  'the ARN of a secret: `arn:aws:secretsmanager:<region>:<account>:secret:<name>`',
  'write the `ARN` that `aws secretsmanager describe-secret` shows',
);

/** The name of a Kubernetes Secret that exists already. */
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
      'Version of the secret in Secrets Manager. Another version rolls the pods; without one they read what is current when they start.',
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
  return confidential(reference);
}

/** A reference, read and complete. */
export type SecretReference = z.output<ReturnType<typeof secretReference>>;

/** The rules between the keys of a reference. */
export function referenceRules(path: string): CrossKeyRule[] {
  const [arn, name, property, key] = [`${path}.secretArn`, `${path}.secretName`, `${path}.property`, `${path}.key`];
  return [
    oneSource(path),
    {
      path: arn,
      broken: (keys) =>
        keys.given(arn) && !keys.given(property)
          ? 'together with `property`, which says what of it is meant'
          : undefined,
      fix: 'add `property`',
    },
    {
      path: name,
      broken: (keys) =>
        keys.given(name) && !keys.given(key) ? 'together with `key`, which says what of it is meant' : undefined,
      fix: 'add `key`',
    },
    ...['property', 'versionId'].map((part) => onlyWith(path, part, 'secretArn')),
    onlyWith(path, 'key', 'secretName'),
    ...arnRules(arn),
  ];
}

/** A secret is in one place. */
export function oneSource(path: string): CrossKeyRule {
  return {
    path,
    broken: (keys) => {
      const sources = ['secretArn', 'secretName'].filter((key) => keys.given(`${path}.${key}`)).length;
      return keys.isSection(path) && sources !== 1 ? 'either `secretArn` or `secretName`' : undefined;
    },
    fix: 'name a secret in Secrets Manager with `secretArn`, or a Kubernetes Secret with `secretName`',
  };
}

/** What holds for a secret in Secrets Manager wherever it is named. */
export function arnRules(path: string): CrossKeyRule[] {
  return [
    {
      path,
      broken: (keys) => {
        const [found, region] = [SECRET_ARN.exec(keys.text(path) ?? '')?.[1], keys.text('region')];
        const differs = found !== undefined && region !== undefined && found !== region;
        return differs ? 'a secret of the region that the environment is in' : undefined;
      },
      fix: 'replicate the secret into that region, and write the ARN of the replica',
    },
    {
      path,
      broken: (keys) =>
        keys.given(path) && keys.text('secrets.delivery') === 'existing'
          ? 'a Kubernetes Secret while `secrets.delivery` is `existing`: nothing is read from Secrets Manager then'
          : undefined,
      fix: 'name a Kubernetes Secret with `secretName`',
    },
  ];
}

function onlyWith(path: string, part: string, companion: string): CrossKeyRule {
  return {
    path: `${path}.${part}`,
    broken: (keys) =>
      keys.given(`${path}.${part}`) && !keys.given(`${path}.${companion}`)
        ? `only together with \`${companion}\``
        : undefined,
    fix: `add \`${companion}\`, or remove the key`,
  };
}
