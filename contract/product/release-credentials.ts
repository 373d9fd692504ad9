import type { KeyMistake } from '../error';
import { type HelmValue, isValues, itemName, type ValuePath } from './helm-values';

/** Texts that are or contain a credential, whatever their key is. */
const CREDENTIALS: readonly RegExp[] = [
  // User and password in a URL; a database's password may hold a slash that nobody has encoded.
  /[a-z][a-z0-9+.-]*:\/\/[^\s/@:]*:[^\s/@]+@/i,
  /\b(?:postgres|mysql|mariadb|redis|amqp|mongodb|clickhouse)[a-z0-9+]*:\/\/[^\s/@:]*:[^\s@]+@/i,
  // A token instead of the user.
  /\bhttps?:\/\/[^\s/@?#]+@/i,
  /[?&;](?:[\w-]*(?:password|passwd|token|secret|api_?key)|sig|x-amz-signature)=[^&\s]+/i,
  // The other form of a connection string: `host=db password=...`.
  /\b(?:ssl)?password\s*=\s*[^\s&;]+/i,
  /-----BEGIN [A-Z ]*PRIVATE KEY/,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/,
  /\b(?:bearer|basic)\s+(?=\S*\d)[A-Za-z0-9+/=._~-]{16,}/i,
  /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+/,
  /\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{20,}|xox[abeoprs]-[\w-]{10,}|hv[sb]\.[\w-]{20,})/,
  /\b(?:sk-[\w-]{20,}|sk_live_\w{16,}|AIza[\w-]{35}|npm_\w{30,}|AGE-SECRET-KEY-1\w{20,})/,
  /^\s*--?[\w-]*(?:password|token|secret|api-?key)[=\s]\s*[^\s$-]/i,
];
/** A credential in a JSON or YAML document that is the text of a value. */
const IN_DOCUMENT =
  /(?:^|[\s{,])["']?[\w-]*(?:password|passwd|passphrase|token|secret|api_?key)["']?\s*:\s*["']?[^\s"'{}[\],$]/im;
const DOCUMENT = /\n|^\s*[{[]/;
const BASE64 = /^(?:[A-Za-z0-9+/_-]{4}\s*){4,}[A-Za-z0-9+/_-]{0,3}={0,2}$/;
/** An argument whose value is the next item of the list. */
const FLAG = /^--?[\w-]*(?:password|token|secret|api-?key)$/i;

const SECRET_WORD =
  /(?:passwords?|passwd|pwd|passphrase|secret|tokens?|credentials?|api_?keys?|(?:hmac|signing|private|access|encryption|connections|rate_limit)_?key)$/i;
/** In a variable it is the key itself; in a value of the chart, the name of a key in a Secret. */
const SECRET_VARIABLE = /(?:^|_)SECRET_KEY$/;
const NUMERIC_SECRET = /(?:passwords?|passwd|pwd|passphrase|secret)$/i;
/** Values under such names are references, switches or counts, not credentials. */
const REFERENCE_NAME = /(?:name|ref|refs|file|path|arn|enabled|key_?id|provider|issuer|mode|ttl|seconds)$/i;

/** Credentials in plain text, by where they are. The mistakes never show them. */
export function credentialMistakes(value: HelmValue, path: ValuePath = []): KeyMistake[] {
  if (Array.isArray(value)) return value.flatMap((_item, index) => itemMistakes(value, index, [...path, index]));
  if (isValues(value)) {
    const variable = itemName(value);
    if (variable !== undefined && isCredential(variable, value.value)) return [credentialMistake([...path, 'value'])];
    return Object.entries(value).flatMap(([key, item]) => credentialMistakes(item, [...path, key]));
  }
  const key = String(path.findLast((part) => typeof part === 'string') ?? '');
  return isCredential(key, value) ? [credentialMistake(path)] : [];
}

/** A value for a message, as far as it may be shown. */
export function showValue(value: HelmValue): string {
  return credentialMistakes(value).length > 0 ? '(a credential, not shown)' : JSON.stringify(value);
}

function itemMistakes(items: readonly HelmValue[], index: number, path: ValuePath): KeyMistake[] {
  const [flag, item] = [items[index - 1], items[index] ?? null];
  const follows = typeof flag === 'string' && FLAG.test(flag) && typeof item === 'string' && !/^[-$]/.test(item);
  return follows ? [credentialMistake(path)] : credentialMistakes(item, path);
}

function isCredential(name: string, value: HelmValue | undefined): boolean {
  if (typeof value === 'number') return NUMERIC_SECRET.test(name);
  if (typeof value !== 'string' || value === '') return false;
  if (holdsCredential(value) || holdsCredential(decoded(value))) return true;
  return SECRET_VARIABLE.test(name) || (SECRET_WORD.test(name) && !REFERENCE_NAME.test(name));
}

function holdsCredential(text: string): boolean {
  return CREDENTIALS.some((pattern) => pattern.test(text)) || (DOCUMENT.test(text) && IN_DOCUMENT.test(text));
}

/** The content of a text in base64; empty if it is not base64. */
function decoded(text: string): string {
  return BASE64.test(text.trim()) ? Buffer.from(text, 'base64').toString('latin1') : '';
}

function credentialMistake(path: ValuePath): KeyMistake {
  return {
    path,
    got: '(a credential, not shown)',
    rule: 'values are stored in the Terraform state and in the cluster, so they may not carry a credential',
    fix: 'put it into a Secret and refer to that by name, with `valueFrom.secretKeyRef` or `envFrom`',
  };
}
