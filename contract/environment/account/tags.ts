import { z } from 'zod';
import type { KeyMistake } from '../../error';
import { type HelmValue, type HelmValues, isValues } from '../../product/helm-values';
import { metadataCredentials } from '../../product/release-credentials';
import { distinctList, field } from '../field';
import type { Rule } from '../rule';

/** Tags that every resource of AWS has anyway, by which an environment is found. */
export function ownTags(environmentName: string): Readonly<Record<string, string>> {
  return { 'agent-bom-environment': environmentName, 'managed-by': 'terraform' };
}

const OWN_KEYS = Object.keys(ownTags(''));
/** AWS accepts 50 for a resource. */
const MOST_TAGS = 50 - OWN_KEYS.length;
/** Characters that every service accepts. */
const CHARACTERS = '[\\p{L}\\p{N} _.:/=+@-]';
const NOT_OF_AWS = '(?![aA][wW][sS]:)';

const key = field(
  z.string().regex(new RegExp(`^${NOT_OF_AWS}${CHARACTERS}{1,128}$`, 'u')),
  'Key of a tag.',
  'the key of a tag: 1 to 128 letters, digits, spaces and `_.:/=+-@`, not beginning with `aws:`',
  'write a key such as `cost-center`',
);

/** The key `tags`. */
export const tags = field(
  z
    .record(key, z.string().regex(new RegExp(`^${NOT_OF_AWS}${CHARACTERS}{1,256}$`, 'u')))
    .refine((all) => Object.keys(all).length <= MOST_TAGS),
  `Tags of every resource of AWS that is created, and of its snapshots; \`${OWN_KEYS.join('` and `')}\` are set already.`,
  `at most ${MOST_TAGS} keys of up to 128 characters, each with a text of 1 to 256: letters, digits, spaces and \`_.:/=+-@\`, neither beginning with \`aws:\``,
  'write lines such as `cost-center: "1234"`, and leave out keys that begin with `aws:`',
).default({});

/** Credentials in the tags; paths from the top of the file. */
export function tagMistakes(written: unknown): KeyMistake[] {
  return isValues(written as HelmValue) ? metadataCredentials(written as HelmValues, ['tags']) : [];
}

/** The key `requiredTags`. */
export const requiredTags = distinctList(
  key,
  MOST_TAGS,
  'keys of tags',
  'Keys that `tags` has to have: what the tag policy of the organization, or a service control policy, asks for.',
  'list keys such as `cost-center`, or leave the key out',
).default([]);

/** Rules for the tags. IAM tells keys apart by more than their case, and so every resource does here. */
export const TAG_RULES: readonly Rule[] = [
  {
    path: 'tags',
    broken: ({ whole }) => {
      const keys = keysOf(whole.at('tags')).map((text) => text.toLowerCase());
      const own = OWN_KEYS.find((reserved) => keys.includes(reserved));
      if (own !== undefined) return `without \`${own}\`, which every resource has already`;
      const twice = keys.find((text, index) => keys.indexOf(text) !== index);
      return twice === undefined ? undefined : `without keys that differ only in case: \`${twice}\``;
    },
    fix: 'rename the key',
  },
  {
    path: 'tags',
    broken: ({ whole }) => {
      const missing = whole.list('requiredTags').filter((required) => !keysOf(whole.at('tags')).includes(required));
      return missing.length === 0
        ? undefined
        : `with every key of \`requiredTags\`: \`${missing.join('`, `')}\` is missing`;
    },
    fix: 'add the key with its value; upper and lower case count',
  },
];

function keysOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}
