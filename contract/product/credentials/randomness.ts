import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';

/** What looks random and is public: digests, ids of AWS and other services, keys that a browser gets to see. */
const PUBLIC_SHAPES: readonly RegExp[] = [
  /\b(?:sha(?:1|224|256|384|512)|md5|h1|zh)(?:[:=-]|:\s|=["'])[A-Za-z0-9+/_-]+=*/gi,
  // The lines of `sha256sum`.
  /(?<=^|["'])(?:[0-9a-f]{2}){16,64}(?= [ *]\S+$)/gm,
  // ULIDs of this century.
  /\b01[0-9A-HJKMNP-TV-Z]{24}\b/g,
  /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi,
  /\barn:aws[\w-]*:[^\s"',]+/g,
  /\b(?:[a-z]{1,8}-){1,4}(?:[0-9a-f]{8}|[0-9a-f]{17})\b/g,
  /\bmrk-[0-9a-f]{32}\b/g,
  // Hosted zones.
  /\bZ(?=[A-Z]*\d)[A-Z0-9]{13,20}\b/g,
  // An action of a workflow, at a commit.
  /@[0-9a-f]{40}\b(?<=[\w-]\/[\w.-]{1,80}@[0-9a-f]{40})/g,
  /\b00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-9a-f]\b/g,
  // Traces of X-Ray and Zipkin, and what Ansible encrypted.
  /\b1-[0-9a-f]{8}-[0-9a-f]{24}\b|\b[0-9a-f]{32}-[0-9a-f]{16}-[01d]\b/g,
  /;1\.\d;AES256(?:;[\w-]+)?(?:\s+[0-9a-f]+)+/g,
  /(?<=\.(?:tgz|gz|zip|git))#[0-9a-f]{40}\b/g,
  /\bp[kb]_(?:live|test)_\w+/g,
  /\b(?:price|prod|plan|cus|sub|acct|evt)_\w{14,}\b/g,
  /\bpk\.eyJ[\w.-]+/g,
  /\bphc_\w+/g,
  /\bage1[a-z0-9]{50,}/g,
  /\b(?:ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-[\w-]+|sk-(?:ssh|ecdsa)[\w@.-]+)\s+[A-Za-z0-9+/=]+/g,
  /\b[\w-]{1,80}\.apps\.googleusercontent\.com\b/g,
  /\bgoogle-site-verification=[\w-]+/g,
  /-----BEGIN (?:[A-Z0-9 ]*CERTIFICATE|[A-Z0-9 ]*PUBLIC KEY|PGP (?:PUBLIC KEY BLOCK|MESSAGE|SIGNATURE)|SSH SIGNATURE|AGE ENCRYPTED FILE|X509 CRL|(?:DH|EC) PARAMETERS)[A-Z ]*-----[^-]*-----END [A-Z0-9 ]+-----/g,
  // Hosts, the address of EKS's issuers among them; a part of a name has at most 63 characters.
  /\b(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.){1,10}[a-z]{2,24}\b(?::\d{1,5})?(?:\/id\/[0-9A-F]{32}|\/[a-z]{2}(?:-[a-z]+)+-\d_\w{9})?/g,
];

/** The first bytes of pictures, fonts, programs, documents and archives, in hexadecimal digits. */
const MEDIA = /^(?:89504e47|47494638|ffd8ff|52494646|774f4646|774f4632|0061736d|25504446|00010000|1f8b)/;
/** The beginning of pictures that are text. */
const MARKUP = /^\s*<(?:svg|\?xml|!doctype)/i;
const BASE64 = /^(?:[A-Za-z0-9+/_-]{4}\s*){4,}[A-Za-z0-9+/_-]{0,3}={0,2}$/;
const HEX = /^(?:[0-9a-f]{2}){8,}$|^(?:[0-9A-F]{2}){8,}$/;

/** How long a random part has to be, and how often kinds of characters change in it. */
interface Bounds {
  readonly length: number;
  readonly changes: number;
}
const STRICT: Bounds = { length: 20, changes: 0.22 };
const LOOSE: Bounds = { length: 10, changes: 0.15 };

/** Whether a text is a key that a service calls publishable, because browsers send it. */
export function isPublishable(text: string): boolean {
  return /^(?:p[kb]_(?:live|test)_\w+|pk\.eyJ[\w.-]+|phc_\w+)$/.test(text);
}

/** A text without what looks random and is public. */
export function withoutPublicShapes(text: string): string {
  return PUBLIC_SHAPES.reduce((rest, shape) => rest.replace(shape, ' '), text);
}

/**
 * Whether a text has a part that nobody would write by hand.
 *
 * @param isSuspect Whether its name has a word of a secret: then shorter and tamer parts count.
 */
export function isRandom(text: string, isSuspect: boolean): boolean {
  const bounds = isSuspect ? LOOSE : STRICT;
  return withoutPublicShapes(text)
    .split(/[\s"'`,;()<>{}[\]|=&?:@\\]+/)
    .some((part) => isRandomPart(part, bounds));
}

function isRandomPart(part: string, bounds: Bounds): boolean {
  const digits = part.replace(/^0x(?=[0-9a-f]{64}$)/i, '');
  if (/^[0-9a-f]+$/i.test(digits)) return isRandomHex(digits, bounds);
  if (isBase32(part, bounds) || isShortToken(part)) return true;
  // Keys that are pressed together, and words that begin with a capital each.
  if (/^[a-z]+(?:\+[a-z]+)+$|^[+-]?(?:[a-z]+|[A-Z][a-z]+)(?:[A-Z][a-z]+)+$/.test(part)) return false;
  // A secret in Base64 has a separator now and then; words have one every few letters.
  const pieces = part.split(/[/._~-]+/).filter((piece) => piece !== '');
  const longest = pieces.reduce((most, piece) => Math.max(most, piece.length), 0);
  if (part.length < bounds.length || longest < Math.min(bounds.length, 12)) return false;
  const candidate =
    pieces.length <= 1 + part.length / 14 ? pieces.join('') : (pieces.find((piece) => piece.length === longest) ?? '');
  return candidate.length >= bounds.length && changes(candidate) >= bounds.changes && variety(candidate) >= 0.3;
}

function isRandomHex(part: string, { length }: Bounds): boolean {
  return part.length >= Math.max(20, length + 4) && /\d/.test(part) && /[a-f]/i.test(part) && variety(part) > 0.1;
}

/** A seed for one-time passwords, which has few digits. The ids of users and roles in IAM have 21 characters. */
function isBase32(part: string, { length }: Bounds): boolean {
  return /^[A-Z2-7]{16,}$/.test(part) && part.length >= length + 6 && /[2-7][A-Z]+[2-7]/.test(part);
}

/** Shorter than others: capitals, small letters and digits, and seldom two of a kind next to each other. */
function isShortToken(part: string): boolean {
  const isMixed = /^[A-Za-z0-9]{14,}$/.test(part) && /[A-Z]/.test(part) && /[a-z]/.test(part) && /\d/.test(part);
  return isMixed && changes(part) >= 0.45 && variety(part) >= 0.6;
}

/**
 * Whether a part of a path is a token: an id of an object is one of another service, a number, a digest or has words.
 *
 * @param isExpected Whether what is before it says that a token follows: then shorter ones and UUIDs count.
 */
export function isTokenInPath(part: string, isExpected: boolean): boolean {
  const [, secret] = /^(?:private|secret|token|key)[-_](.+)$/.exec(part) ?? [];
  if (secret !== undefined) return isTokenInPath(secret, true);
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(part)) return isExpected;
  if (/^[0-9a-f]*$/i.test(part)) return isExpected && part.length >= 16 && /\d/.test(part);
  if (!/\d/.test(part) || !/^[\w+-]+=*$/.test(part) || /^(?:\d{1,3}-)?[a-z]+(?:[-_][a-z\d]+)*$/.test(part))
    return false;
  const isMixed = /[A-Z]/.test(part) && /[a-z]/.test(part);
  if (isShortToken(part)) return true;
  return changes(part) >= (isMixed && !isExpected ? 0.3 : 0.2) && part.length >= (isExpected ? 10 : 20);
}

/** How often the kind of character changes from one to the next, as a share. A capital at the start of a word is none. */
function changes(text: string): number {
  const kinds = [...text].map((character) =>
    /\p{Ll}/u.test(character) ? 'a' : /\p{Lu}/u.test(character) ? 'A' : /\d/.test(character) ? '0' : '+',
  );
  const all = kinds.filter((kind, index) => index > 0 && kind !== kinds[index - 1]).length;
  const words = text.match(/[A-Z][a-z]{3,}/g)?.length ?? 0;
  return (all - 2 * words) / (text.length - 1);
}

/** Different characters, as a share of as many as could differ. */
function variety(text: string): number {
  return new Set(text).size / Math.min(text.length, 48);
}

/** What a text holds in base64, in hexadecimal digits or percent-encoded; nothing where the result is not text. */
export function decoded(text: string): string | undefined {
  const trimmed = text.trim();
  if (/%[0-9a-f]{2}/i.test(trimmed)) return percentDecoded(trimmed);
  const bytes = BASE64.test(trimmed)
    ? Buffer.from(trimmed, 'base64')
    : HEX.test(trimmed)
      ? Buffer.from(trimmed, 'hex')
      : undefined;
  if (bytes === undefined) return undefined;
  const content = bytes.toString();
  // What is no UTF-8, and control characters.
  return /[^\P{Cc}\t\n\r]|\ufffd/u.test(content) ? undefined : content;
}

/** A text without the pictures and fonts that it embeds. */
export function withoutMedia(text: string): string {
  return text.replace(/\bdata:(?:audio|font|image|video)\/[\w.+-]{1,60};base64,[A-Za-z0-9+/]*={0,2}/g, '');
}

/** Whether a text is a picture, a font or the like in base64. */
export function isMedia(text: string): boolean {
  const bytes = BASE64.test(text.trim()) ? Buffer.from(text, 'base64') : Buffer.alloc(0);
  return MEDIA.test(bytes.toString('hex', 0, 4)) || MARKUP.test(bytes.toString('latin1', 0, 40));
}

/** Whether a text in base64 is a certificate or a public key: they are public. */
export function isPublicKey(text: string): boolean {
  const bytes = BASE64.test(text.trim()) ? Buffer.from(text, 'base64') : undefined;
  if (bytes === undefined || bytes[0] !== 0x30) return false;
  return (
    reads(() => new X509Certificate(bytes)) || reads(() => createPublicKey({ key: bytes, format: 'der', type: 'spki' }))
  );
}

/** Whether a text in base64 is a private key. */
export function isPrivateKey(text: string): boolean {
  const bytes = BASE64.test(text.trim()) ? Buffer.from(text, 'base64') : undefined;
  if (bytes === undefined || bytes[0] !== 0x30) return false;
  return (['pkcs8', 'pkcs1', 'sec1'] as const).some((type) =>
    reads(() => createPrivateKey({ key: bytes, format: 'der', type })),
  );
}

/** Whether a text in base64 is a key store of Java or PKCS #12: what its password protects can be tried offline. */
export function isKeyStore(text: string): boolean {
  return /^(?:\/u3\+7[Q-T]|zs7Oz[g-j]|MII[\w+/]{2}[AQgw]IBAzCC)/.test(text) && BASE64.test(text);
}

function reads(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}

function percentDecoded(text: string): string | undefined {
  try {
    const content = decodeURIComponent(text);
    return content === text ? undefined : content;
  } catch {
    return undefined;
  }
}
