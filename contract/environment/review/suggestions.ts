import { distance } from 'fastest-levenshtein';
import { z } from 'zod';
import { INSTANCE_CLASSES } from '../../aws/capacity';
import { networkOf } from '../../aws/private-addresses';
import { REGIONS } from '../../aws/regions';
import { POSTGRES_MAJORS, POSTGRES_VERSION } from '../../postgres/majors';
import { textOf } from '../../product/helm-values';
import { amountIn, spellingsOf, taintIn } from './meant';

/** The text of several that somebody may have meant; none where nothing is near. */
export function nearest(given: string, candidates: readonly string[]): string | undefined {
  const wanted = plain(given);
  // A number near another is another number.
  if (/^[\d.]*$/.test(wanted)) return undefined;
  const [best] = candidates
    .map((candidate) => ({ candidate, away: distance(wanted, plain(candidate)) }))
    .sort((one, other) => one.away - other.away);
  if (best === undefined) return undefined;
  const meant = plain(best.candidate);
  const isSwapped = best.away === 2 && sorted(wanted) === sorted(meant);
  return isSwapped || best.away <= Math.max(1, Math.floor(meant.length / 3)) ? best.candidate : undefined;
}

/**
 * The key that somebody may have meant: `maxStorageGib` for `maximumStorageGib`, `replicaCount` for `replicas`.
 *
 * @param known Keys that the section may have.
 * @param section What is in it.
 */
export function nearestKey(
  given: string,
  known: readonly string[],
  section: unknown,
): { readonly key: string; readonly isThere: boolean } | undefined {
  const there = Object.keys((section ?? {}) as object);
  const [absent, present] = [false, true].map((isThere) => known.filter((key) => there.includes(key) === isThere));
  const key = keyNear(given, absent ?? []);
  if (key !== undefined) return { key, isThere: false };
  const other = keyNear(given, present ?? []);
  return other === undefined ? undefined : { key: other, isThere: true };
}

function keyNear(given: string, known: readonly string[]): string | undefined {
  const near = nearest(given.replace(/^(max|min)(?=[A-Z_-])/, '$1imum'), known);
  if (near !== undefined) return near;
  const [wanted, ...others] = known.filter((key) => {
    const [one, other] = [plain(given), plain(key)];
    const same = [...one].findIndex((letter, index) => letter !== other[index]);
    const isBeginning = same >= 6 && same >= (other.length * 2) / 3;
    return isBeginning || (one.length > 3 && other.includes(one));
  });
  if (others.length === 0 && wanted !== undefined) return wanted;
  const [best] = known
    .map((key) => ({ key, share: sharedWords(given, key) }))
    .sort((one, other) => other.share - one.share);
  return best !== undefined && best.share >= 0.6 ? best.key : undefined;
}

/** The words that two names have in common, as a share of all of them: `allocatedStorageGib` is near `storageGib`. */
function sharedWords(one: string, other: string): number {
  const [left, right] = [one, other].map((name) => {
    const words = name.replace(/^(max|min)(?=[A-Z_-])/, '$1imum').split(/(?=[A-Z])|[_-]/);
    return new Set(words.map((word) => word.toLowerCase()));
  }) as [Set<string>, Set<string>];
  const shared = [...left].filter((word) => right.has(word)).length;
  return shared / (left.size + right.size - shared);
}

/** Two letters that changed places are one slip, and two by the distance. */
function sorted(text: string): string {
  return [...text].sort().join('');
}

function plain(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9.]/g, '');
}

const YES = /^(?:true|yes|on|y|1|enabled?)$/i;
const NO = /^(?:false|no|off|n|0|disabled?)$/i;

/**
 * What to write where the value is right and its kind is wrong: a number in quotes, a text without them, a list of one.
 *
 * @param accepts Whether the key accepts a value.
 * @param written The text of the value in the file: 16.10 is the number 16.1.
 * @param unit The unit of the key, where it is a number.
 */
export function kindSuggestion(
  given: unknown,
  accepts: (value: unknown) => boolean,
  written = textOf(given),
  unit = '',
): string | undefined {
  if (given === null) {
    const removed = ', or remove the key: nothing is not the default';
    return `write a value behind the colon${accepts(undefined) ? removed : ''}`;
  }
  // Its name is wrong, or what it means together with others.
  if (accepts(given)) return undefined;
  if (typeof given === 'string') return textSuggestion(given, accepts, unit);
  if (typeof given === 'number' || typeof given === 'boolean' || given instanceof Date) {
    if (accepts(written)) return `put it in quotes: "${written}"`;
    if ((given === 0 || given === 1) && accepts(true)) return `write ${given === 1}`;
    if (typeof given === 'number' && accepts(-given)) return `write ${-given}, without the minus`;
    if (typeof given === 'number' && accepts(Math.ceil(given))) return `write ${Math.ceil(given)}, a whole number`;
    return accepts([given]) ? `write a list: [${written}]` : undefined;
  }
  if (JSON.stringify(given).startsWith('{"{')) return 'write the value itself: nothing fills in {{ }} here';
  if (!Array.isArray(given) && accepts([given]))
    return 'put a hyphen and a space in front of its first key: it is a list';
  const [only, ...others] = Object.values(given as object);
  if (typeof only === 'string' && others.length === 0 && accepts(only)) return `write ${only}`;
  const labels = Array.isArray(given) ? labelsIn(given, accepts) : undefined;
  if (labels !== undefined || !Array.isArray(given)) return labels;
  const again = given.find((item, index) => given.indexOf(item) < index);
  if (again !== undefined && accepts([...new Set(given)])) return `list ${textOf(again)} once`;
  if (given.length !== 1 || !accepts(given[0])) return undefined;
  if (typeof given[0] === 'object') return 'remove the hyphen in front of its first key: it makes a list';
  return `write ${JSON.stringify(given[0])}, without the brackets or the hyphen of a list`;
}

/** The nearer end of what a number may be, where it is beyond it. */
export function boundSuggestion(given: unknown, schema: z.core.$ZodType | undefined): string | undefined {
  const inner = schema instanceof z.ZodDefault || schema instanceof z.ZodOptional ? schema.def.innerType : schema;
  if (inner !== schema) return boundSuggestion(given, inner);
  if (typeof given !== 'number' || !(inner instanceof z.ZodNumber)) return undefined;
  const [least, most] = [inner.minValue ?? given, inner.maxValue ?? given];
  if (given < least) return `write ${least} or more`;
  return given > most ? `write ${most} or less` : undefined;
}

/** What a program fills in before this one reads the file; nothing does. */
const TEMPLATE = /\$\{[^}]*\}|\$\([^)]*\)|\{\{.*\}\}|<[A-Za-z][^<>]*>|%[A-Z_]+%|\$[A-Z][A-Z_]+/;

function textSuggestion(given: string, accepts: (value: unknown) => boolean, unit: string): string | undefined {
  const text = given.trim();
  const template = TEMPLATE.exec(text)?.[0];
  if (template !== undefined) return `write the value itself: nothing fills in ${template} here`;
  if (text !== '' && accepts(Number(text))) return `write ${Number(text)}, without quotes`;
  if (YES.test(text) && accepts(true)) return text === 'true' ? 'write true, without quotes' : 'write true';
  if (NO.test(text) && accepts(false)) return text === 'false' ? 'write false, without quotes' : 'write false';
  const straight = text.replace(/[\u2018\u2019\u201c\u201d\u201e]/g, '');
  if (straight !== text && accepts(straight)) return `write ${straight}: these quotes are none of YAML`;
  if (text !== given && accepts(text)) return `write ${text}, without the spaces around it`;
  const network = networkOf(text);
  if (network !== undefined && accepts(network)) return `write ${network}, the network that it is in`;
  const amount = amountIn(text, unit);
  if (amount !== undefined && accepts(amount)) return `write ${amount}, without a unit`;
  const plainNumber = text.replace(/(?<=\d)[_,' ](?=\d{3}(?:\D|$))/g, '');
  if (plainNumber !== text && accepts(Number(plainNumber))) return `write ${plainNumber}, without separators`;
  if (accepts(text.toLowerCase())) return `write ${text.toLowerCase()}, in lower case`;
  const spelling = spellingsOf(text).find(accepts);
  if (spelling !== undefined) return `write ${spelling}`;
  const taint = taintIn(text);
  if (taint !== undefined && accepts(taint))
    return `write { ${Object.entries(taint)
      .map(([key, value]) => `${key}: ${value}`)
      .join(', ')} }`;
  const hyphens = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  if (/[_\s]|^-|-$|--/.test(text) && accepts(hyphens)) return `write ${hyphens}`;
  const items = text.split(/[,;\s]+/);
  if (items.length > 1 && accepts(items)) return `write a list: [${items.join(', ')}]`;
  return accepts([given]) ? `write a list: [${given}]` : labelsIn([text], accepts);
}

/** Labels as kubectl writes them: `workload=security`. */
function labelsIn(given: readonly unknown[], accepts: (value: unknown) => boolean): string | undefined {
  const pairs = given.map((item) => /^([^\s=]+)=([^\s=]*)$/.exec(textOf(item))?.slice(1));
  if (pairs.length === 0 || pairs.includes(undefined) || !accepts(Object.fromEntries(pairs as string[][])))
    return undefined;
  return `write ${pairs.map((pair) => `\`${pair?.join(': ')}\``).join(' and ')} on lines below it, indented`;
}

/** The version of PostgreSQL in a text that is none: with a word before it, another sign in it, or two digits exchanged. */
export function engineSuggestion(given: string): string | undefined {
  const text = given.toLowerCase().replace(/(?<=\d)o|o(?=\d)/g, '0');
  const [, major = '', minor] =
    /(?<!\d)(\d\.?\d)(?:[.,_-]?(\d\d?))?(?![\d])/.exec(text) ?? /(?<!\d)(\d\d)(?:[.,_-](\d\d?))/.exec(text) ?? [];
  const digits = major.replace('.', '');
  const meant = [digits, [...digits].reverse().join('')].find((one) => isMajor(one));
  if (meant === undefined) return undefined;
  const whole = `${meant}.${Number(minor)}`;
  return `did you mean "${minor !== undefined && POSTGRES_VERSION.test(whole) ? whole : meant}"?`;
}

function isMajor(text: string): boolean {
  return (POSTGRES_MAJORS as readonly string[]).includes(text);
}

/** What a line was to be that has a key and a value and is none, because the colon or the space behind it is missing. */
export function lineSuggestion(given: string, keys: readonly string[]): string | undefined {
  const [, word = '', value = ''] = /^([\w-]+)(?:\s*[:=]\s*|\s+)(\S.*)$/.exec(given) ?? [];
  const key = keys.includes(word) ? word : undefined;
  return key && `write \`${key}: ${value}\`: a key is followed by a colon and a space`;
}

/** A class whose parts are those of a text, in another order or with another word before them: of a cache, of a machine. */
export function classOfParts(given: string, classes: readonly string[]): string | undefined {
  const parts = given.toLowerCase().split(/[^a-z0-9]+/);
  return classes.find((name) => name.split('.').every((part, index) => index === 0 || parts.includes(part)));
}

/** A region as other clouds spell it. */
function regionSuggestion(given: string): string | undefined {
  const isIsolated = /iso/i.test(given);
  const regions = REGIONS.filter((region) => isIsolated || !region.includes('iso'));
  return nearest(given.replace(/^europe/i, 'eu'), regions);
}

/** The value that may have been meant, of those that a key has; none where nothing is near. */
export function nearestValue(given: string, path: readonly PropertyKey[], schema: z.core.$ZodType | undefined) {
  if (path.at(-1) === 'region') return regionSuggestion(given);
  if (path.at(-1) !== 'instanceClass') return nearest(given, choicesOf(schema));
  const classes = INSTANCE_CLASSES.map(({ name }) => name);
  return classOfParts(given, classes) ?? nearest(given, classes);
}

/** The choices of a key that has only some. */
function choicesOf(schema: z.core.$ZodType | undefined): readonly string[] {
  if (schema instanceof z.ZodEnum) return schema.options.map(String);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => choicesOf(option));
  return [];
}
