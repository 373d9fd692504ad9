import type { Mistake } from '../../error';
import { rdsRegion, secretRegion } from './existing';

type Path = readonly string[];
/** A mistake, before its file and its place there are known. */
export interface WrittenMistake extends Pick<Mistake, 'rule' | 'fix'> {
  /** The key, part by part. */
  readonly path: Path;
}

/** All that a file may say of a database that it does not describe. */
const DATABASE_KEYS = ['existing', 'engine', 'maxConnections', 'caBundleFile'];
/** Sections about what the database stack creates, with what takes their place. */
const SECTIONS_OF_OURS: readonly (readonly [key: string, instead: string])[] = [
  ['encryption', 'encryption at rest is the matter of whoever keeps the server'],
  ['backup', 'whoever keeps the server backs it up; the login agent_bom_backup is there for dumps'],
  ['releaseProtection', 'nothing of this environment holds data'],
  ['alarms', 'whoever keeps the server watches it'],
  ['podRoles', 'without a database stack there are no IAM roles of this environment'],
];

/**
 * Rules between `database.existing` and the rest of a file. They look at what is written: a default cannot be told from
 * a key of the user any more once the file has been read.
 */
export function existingDatabaseMistakes(content: unknown): WrittenMistake[] {
  if (at(content, ['database', 'existing']) === undefined) return mistakesWithout(content);
  return [
    ...keysOfOurs(content),
    ...missingKeys(content),
    ...certificateMistakes(content),
    ...secretMistakes(content),
    ...regionMistakes(content),
  ];
}

function mistakesWithout(content: unknown): WrittenMistake[] {
  return ['existing', 'readerRoleArn']
    .map((key) => ['secrets', key])
    .filter((path) => at(content, path) !== undefined)
    .map((path) => ({
      path,
      rule: 'left out, unless `database.existing` names a server: the database stack creates the secrets and their reader',
      fix: 'remove it, or write `database.existing`',
    }));
}

function keysOfOurs(content: unknown): WrittenMistake[] {
  const database = Object.keys((at(content, ['database']) ?? {}) as object)
    .filter((key) => !DATABASE_KEYS.includes(key))
    .map((key) => ({
      path: ['database', key],
      rule: `left out beside \`existing\`: of a server that is there already a file says ${DATABASE_KEYS.slice(1).join(', ')}`,
      fix: 'remove the key, or remove `existing` to let the environment create an instance',
    }));
  const sections = SECTIONS_OF_OURS.filter(([key]) => at(content, [key]) !== undefined).map(([key, instead]) => ({
    path: [key],
    rule: `left out with \`database.existing\`: ${instead}`,
    fix: 'remove the key',
  }));
  const window = ['secrets', 'recoveryWindowDays'];
  if (at(content, window) === undefined) return [...database, ...sections];
  const rule = 'left out with `database.existing`: whoever made the secrets decides how long they can be restored';
  return [...database, ...sections, { path: window, rule, fix: 'remove the key' }];
}

function missingKeys(content: unknown): WrittenMistake[] {
  const required: readonly [key: string, rule: string, fix: string][] = [
    ['engine', 'the major version of the server that is there already', 'write what `show server_version` begins with'],
    [
      'maxConnections',
      'the connections that the server that is there already accepts',
      'write what `show max_connections` says',
    ],
  ];
  return required
    .filter(([key]) => at(content, ['database', key]) === undefined)
    .map(([key, rule, fix]) => ({ path: ['database', key], rule, fix }));
}

function certificateMistakes(content: unknown): WrittenMistake[] {
  const host = at(content, ['database', 'existing', 'host']);
  const isRds = typeof host === 'string' && rdsRegion(host) !== undefined;
  if (isRds || at(content, ['database', 'caBundleFile']) !== undefined) return [];
  return [
    {
      path: ['database', 'caBundleFile'],
      rule: 'given for every server that is no endpoint of RDS: without its authorities nobody knows whom they talk to',
      fix: 'write the PEM file of the authorities that sign the server’s certificate, relative to this file',
    },
  ];
}

function secretMistakes(content: unknown): WrittenMistake[] {
  const delivery = at(content, ['secrets', 'delivery']) ?? 'external-secrets';
  const mistakes: WrittenMistake[] = [];
  if (delivery !== 'existing' && at(content, ['secrets', 'existing']) === undefined) {
    mistakes.push({
      path: ['secrets', 'existing'],
      rule: 'the secrets of a server that is there already: admin, app, maintenance, backup and controlPlane',
      fix: 'write the ARN of each; docs/bring-your-own-postgres.md says what they hold',
    });
  }
  if (at(content, ['secrets', 'existing']) !== undefined && at(content, ['secrets', 'controlPlane']) !== undefined) {
    mistakes.push({
      path: ['secrets', 'controlPlane'],
      rule: 'left out beside `secrets.existing`, which names the secret with the keys of the control plane already',
      fix: 'remove it, and put the keys into the secret that `secrets.existing.controlPlane` names',
    });
  }
  const ownStore = at(content, ['secrets', 'store']) !== undefined;
  if (delivery === 'external-secrets' && !ownStore && at(content, ['secrets', 'readerRoleArn']) === undefined) {
    mistakes.push({
      path: ['secrets', 'readerRoleArn'],
      rule: 'the IAM role as which External Secrets reads `secrets.existing`',
      fix: 'create the role as docs/bring-your-own-postgres.md says, and write its ARN',
    });
  }
  return mistakes;
}

function regionMistakes(content: unknown): WrittenMistake[] {
  const region = at(content, ['region']);
  const secrets = Object.entries((at(content, ['secrets', 'existing']) ?? {}) as Record<string, unknown>).map(
    ([name, secret]) => ({ path: ['secrets', 'existing', name, 'arn'], arn: at(secret, ['arn']) }),
  );
  const elsewhere = secrets.filter(({ arn }) => {
    const found = typeof arn === 'string' ? secretRegion(arn) : undefined;
    return found !== undefined && typeof region === 'string' && found !== region;
  });
  const twice = secrets.filter(
    ({ arn }, index) => typeof arn === 'string' && secrets.findIndex((other) => other.arn === arn) < index,
  );
  return [
    ...elsewhere.map(({ path }) => ({
      path,
      rule: 'a secret of the region that the environment is in',
      fix: 'replicate the secret to that region, and write the ARN of the replica',
    })),
    ...twice.map(({ path }) => ({
      path,
      rule: 'a secret of its own: an identity that shares a login with another one is refused by the product',
      fix: 'create one secret an identity',
    })),
  ];
}

function at(content: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => (isSection(value) ? value[key] : undefined), content);
}

function isSection(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
