import { distance } from 'fastest-levenshtein';
import { z } from 'zod';
import { INSTANCE_CLASSES } from '../../aws/capacity';
import { REGIONS } from '../../aws/regions';

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

/** Two letters that changed places are one slip, and two by the distance. */
function sorted(text: string): string {
  return [...text].sort().join('');
}

function plain(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9.]/g, '');
}

/** A number that is written with its unit. */
const WITH_UNIT = /^\s*(-?\d+(?:\.\d+)?)\s*(?:[a-zA-Z%]+(?:\/s)?)\s*$/;
const YES = /^(?:true|yes|on|y|1|enabled?)$/i;
const NO = /^(?:false|no|off|n|0|disabled?)$/i;

/**
 * What to write where the value is right and its kind is wrong: a number in quotes, a text without them, a list of one.
 *
 * @param accepts Whether the key accepts a value.
 */
export function kindSuggestion(given: unknown, accepts: (value: unknown) => boolean): string | undefined {
  if (given === null) return 'write a value behind the colon, or remove the key: nothing is not the default';
  if (typeof given === 'string') return textSuggestion(given, accepts);
  if (typeof given === 'number' || typeof given === 'boolean' || given instanceof Date) {
    if (accepts(String(given))) return `put it in quotes: "${String(given)}"`;
    return accepts([given]) ? `write a list: [${String(given)}]` : undefined;
  }
  if (!Array.isArray(given) || given.length !== 1 || !accepts(given[0])) return undefined;
  return `write ${JSON.stringify(given[0])}, without the brackets or the hyphen of a list`;
}

function textSuggestion(given: string, accepts: (value: unknown) => boolean): string | undefined {
  const text = given.trim();
  if (text !== '' && accepts(Number(text))) return `write ${Number(text)}, without quotes`;
  if (YES.test(text) && accepts(true)) return 'write true, without quotes';
  if (NO.test(text) && accepts(false)) return 'write false, without quotes';
  const straight = text.replace(/[\u2018\u2019\u201c\u201d\u201e]/g, '');
  if (straight !== text && accepts(straight)) return `write ${straight}: these quotes are none of YAML`;
  if (text !== given && accepts(text)) return `write ${text}, without the spaces around it`;
  const amount = WITH_UNIT.exec(text)?.[1];
  if (amount !== undefined && accepts(Number(amount))) return `write ${Number(amount)}, without a unit`;
  if (accepts(text.toLowerCase())) return `write ${text.toLowerCase()}, in lower case`;
  return accepts([given]) ? `write a list: [${given}]` : undefined;
}

/** What a wrong value of a key is compared with. */
export function candidatesFor(path: readonly PropertyKey[], schema: z.core.$ZodType | undefined): readonly string[] {
  if (path.at(-1) === 'region') return REGIONS;
  if (path.at(-1) !== 'instanceClass') return choicesOf(schema);
  return INSTANCE_CLASSES.map(({ name }) => name);
}

/** The choices of a key that has only some. */
function choicesOf(schema: z.core.$ZodType | undefined): readonly string[] {
  if (schema instanceof z.ZodEnum) return schema.options.map(String);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => choicesOf(option));
  return [];
}
