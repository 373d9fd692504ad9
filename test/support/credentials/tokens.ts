import { createHash, generateKeyPairSync } from 'node:crypto';

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';

/** Characters of the tokens that services hand out. */
export const ALPHABETS = {
  hex: `${DIGITS}abcdef`,
  base62: `${DIGITS}${LOWER}${LOWER.toUpperCase()}`,
  base64: `${DIGITS}${LOWER}${LOWER.toUpperCase()}+/`,
  base36: `${DIGITS}${LOWER}`,
  base32: `234567${LOWER.toUpperCase()}`,
  capitals: `${DIGITS}${LOWER.toUpperCase()}`,
} as const;

/**
 * Characters that look random and are the same in every run. No token stands in the tree, where a scanner of repositories
 * would find it.
 */
export function random(alphabet: keyof typeof ALPHABETS, length: number, seed = 'a'): string {
  const characters = ALPHABETS[alphabet];
  let text = '';
  for (let block = 0; text.length < length; block += 1) {
    const digest = createHash('sha256').update(`${alphabet} ${seed} ${block}`).digest();
    text += [...digest].map((byte) => characters[byte % characters.length]).join('');
  }
  return text.slice(0, length);
}

/** A text in base64. */
export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** A key pair in PEM, made for this run alone. */
export const KEYS = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

/** The part of a PEM text between its first and its last line, in one line. */
export function body(pem: string): string {
  return pem.split('\n').slice(1, -2).join('');
}
