import { parseAllDocuments } from 'yaml';
import { type HelmValue, type HelmValues, isValues, textOf } from '../helm-values';

/** A text that may be a document; a single line without brackets is a text. */
const DOCUMENT = /\n|^\s*[{[]/;
/** Brackets and items of lists within each other. */
const MOST_LEVELS = 500;
const DEEP_LIST = new RegExp(`(?:- ){${MOST_LEVELS + 1}}`);
/** The lines of a Secret in a text that is not YAML yet, because it contains a template. */
const SECRET_KIND = /^\s*(?:- )?kind:\s*["']?Secret["']?\s*(?:#.*)?$/m;
const SECRET_CONTENT = /^\s*(?:data|stringData):\s*(?:#.*)?(?:\{\s*[^}\s]|\n\s+\S)/m;

/** Keys of a Secret that hold its content, where there is any. */
export function contentOfSecret(value: HelmValues): readonly ('data' | 'stringData')[] {
  if (textOf(value.kind).trim().toLowerCase() !== 'secret') return [];
  return (['data', 'stringData'] as const).filter((key) => isFilled(value[key]));
}

/** The items of a list of Secrets, each of which may leave out what it is. */
export function withKinds(value: HelmValues): HelmValues {
  if (textOf(value.kind).toLowerCase() !== 'secretlist' || !Array.isArray(value.items)) return value;
  return {
    ...value,
    items: value.items.map((item: HelmValue) => (isValues(item) ? { ...item, kind: 'Secret' } : item)),
  };
}

function isFilled(content: HelmValue | undefined): boolean {
  if (isValues(content)) return Object.values(content).some((item) => item !== null && item !== '');
  return typeof content === 'string' && content.trim() !== '';
}

/** Whether a text has the lines of a Secret with content. */
export function looksLikeSecret(text: string): boolean {
  return SECRET_KIND.test(text) && SECRET_CONTENT.test(text);
}

/** The maps and lists that a text holds as YAML or JSON; none where it is a plain text, or neither. */
export function documentsIn(text: string): HelmValue[] {
  const json = /^\s*["{[]/.test(text) ? jsonIn(text) : undefined;
  if (typeof json === 'string') return documentsIn(json);
  if (json !== undefined) return isValues(json) || Array.isArray(json) ? [json] : [];
  if (!DOCUMENT.test(text) || isTooDeep(text)) return [];
  const documents = parseAllDocuments(text, { logLevel: 'silent', uniqueKeys: false, strict: false });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    if (document.errors.length > 0) return [];
    try {
      const content = document.toJS({ maxAliasCount: 100 }) as HelmValue;
      return (isValues(content) && !isCode(content)) || Array.isArray(content) ? [content] : [];
    } catch {
      return [];
    }
  });
}

/** Nobody nests so deep; the parser calls itself for each level, and would end the process where the stack does. */
function isTooDeep(text: string): boolean {
  if (DEEP_LIST.test(text)) return true;
  let depth = 0;
  for (const [bracket] of text.matchAll(/[{}[\]]/g)) {
    depth = Math.max(0, depth + (/[}\]]/.test(bracket) ? -1 : 1));
    if (depth > MOST_LEVELS) return true;
  }
  return false;
}

/** `def login():` and the line below it are YAML too. */
function isCode(content: HelmValues): boolean {
  return Object.keys(content).some((key) => /[(){};=]/.test(key));
}

/** Values that were encrypted for a controller in the cluster: of a SealedSecret, or by SOPS. */
export function encryptedKeys(value: HelmValues): readonly string[] {
  return [...(isValues(value.encryptedData) ? ['encryptedData'] : []), ...(isValues(value.sops) ? ['sops'] : [])];
}

/** Keys of a JSON Web Key: those of a public one look as random as those of a private one. */
export function publicKeysOfJwk(value: HelmValues): readonly string[] {
  return typeof value.kty === 'string'
    ? ['kty', 'n', 'e', 'x', 'y', 'x5c', 'x5t', 'x5t#S256', 'kid', 'crv', 'alg', 'use']
    : [];
}

/** Keys of a digest, next to the name of its algorithm: in a bill of materials. */
export function keysOfDigest(value: HelmValues): readonly string[] {
  const isNamed = Object.entries(value).some(
    ([key, item]) => /^(?:hash_?)?alg(?:orithm)?$/i.test(key) && /^(?:sha|md5|blake)-?\d/i.test(textOf(item)),
  );
  return isNamed ? Object.keys(value).filter((key) => /^(?:[0-9a-f]{2}){16,64}$/i.test(textOf(value[key]))) : [];
}

/** Keys of a private JSON Web Key. */
export function privateKeysOfJwk(value: HelmValues): readonly string[] {
  return typeof value.kty === 'string'
    ? ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'].filter((key) => typeof value[key] === 'string')
    : [];
}

/** JSON is YAML too, and read so it takes a tenth of the time. */
function jsonIn(text: string): HelmValue | undefined {
  try {
    return JSON.parse(text) as HelmValue;
  } catch {
    return undefined;
  }
}
