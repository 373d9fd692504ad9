import { hasTokenInPath, isAddress } from './addresses';
import { type Assignment, assignmentsIn } from './assignments';
import { looksLikeSecret } from './manifests';
import { expectsWords, isForeignPassword, isIdentified, meaningOf, type NameMeaning, wordsOf } from './names';
import {
  isAdministrator,
  isChosen,
  isEncodedLogin,
  isJumble,
  isLicense,
  isNamedKey,
  isPrefixed,
  isSeed,
} from './passwords';
import { isAmount, isChoice, isObjectName, isPointer, standsForSecret, withoutPlaceholders } from './placeholders';
import {
  decoded,
  isKeyStore,
  isMedia,
  isPrivateKey,
  isPublicKey,
  isPublishable,
  isRandom,
  withoutMedia,
  withoutPublicShapes,
} from './randomness';
import { ruleSetFinds } from './rule-set';
import { hasPasswordHash, hasShapeOfCredential } from './shapes';

/** Where a text is, as far as it says what the text may be. */
export interface TextPlace {
  /** Name of the value. */
  readonly name: string;
  /** Whether it is the value of an environment variable. */
  readonly isVariable: boolean;
  /** Whether it is an annotation or a label: they name objects, and hold digests of other things. */
  readonly isMetadata: boolean;
}

/** Encodings of encodings beyond this are not looked into. */
const DEPTH = 3;
/** Longer texts are looked at in parts that overlap: the time that some patterns take grows with the square of the length. */
const [PART, OVERLAP] = [1500, 300];

const UUID = /^(?:[a-z]+-)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Services whose keys are UUIDs, where nothing else is in the name. */
const UUID_SERVICE =
  /^(?:opsgenie|heroku|snyk|nvd|postmark|codecov|scaleway|scw|honeybadger|deepl|ghost|splunk|hec|consul|nomad|rollbar)(?:_(?:http|hec|api|auth|access|login|server|integration))*$/i;
/** A variable, a call or a type of a program, where a text is code. */
const EXPRESSION =
  /^(?:await|new|!\w+|\d{1,2}|(?:[Ss]tring|str|[Ii]nt|[Bb]ool(?:ean)?|bytes|text|uuid|any)[!?]?)$|^[A-Za-z_]\w*(?:(?:\.[A-Za-z_]\w*)+|(?:\.[A-Za-z_]\w*)*\([^()]*\)?)$/;
/** The beginning of a pattern that finds secrets, to hide them. */
const PATTERN = /^(?:\(\?|\[\^|\\+[wWsSdDbB]|\.[*+])/;
/** Variables that builders of user interfaces write into the pages. */
const PUBLIC_VARIABLE = /^(?:VITE|REACT_APP)_|(?:^|_)PUBLIC(?:_|$)/;
/** Files that hold nothing but logins and their passwords. */
const LOGIN_FILE = /(?:^|[./_-])(?:userlist|htpasswd|pgpass|netrc|git-credentials|vault-token)(?:\.\w+)?$/i;
/** Ways to authenticate and to encrypt, where one might expect a login. */
const METHOD =
  /oauth|saml|sha|md5|tls|ntlm|oidc|krb|kerberos|gssapi|none|v\d|aes|rsa|ecdsa|ed25519|chacha|argon|scrypt/i;
/** Variables that leave out what they are the half of. */
const HALF_NAMED =
  /^(?:auth|master|key|(?:x_?)?api)$|(?:^|_)(?:sig|seed|sk|priv|private|crypt|cipher|phrase|hmac|totp|otp|mfa|unlock)$/i;
/** Whether a text is or contains a credential. */
export function isCredentialText(given: string, place: TextPlace, depth = 0): boolean {
  const shown = withoutMedia(given.normalize('NFKC').replace(/[\u00ad\u200b-\u200f\u2060\ufeff]/g, ''));
  // What a browser gets to see: the user in the address is the project's public key at Sentry.
  const normal = PUBLIC_VARIABLE.test(place.name) ? shown.replace(/^(https:\/\/)[0-9a-f]{32}@/, '$1') : shown;
  if (hasPasswordHash(normal) || looksLikeSecret(normal)) return true;
  const { text: rest, found } = withoutPlaceholders(normal);
  const text = rest.trim();
  if (text === '' || isMedia(text) || isPointer(text)) return false;
  if (
    partsOf(text).some(
      (part) => hasShapeOfCredential(part) || (mayHoldToken(part) && ruleSetFinds(withoutPublicShapes(part))),
    )
  )
    return true;
  const joined = text.replace(/\s+/g, '');
  if (isPrivateKey(joined)) return true;
  if (isKeyStore(joined)) return !/trust|cacerts|ca-?bundle/i.test(place.name);
  if (isPublicKey(joined)) return false;
  const content = depth < DEPTH ? decoded(text) : undefined;
  if (
    content !== undefined &&
    (isEncodedLogin(content) || isCredentialText(content, { ...place, name: '' }, depth + 1))
  )
    return true;
  if (hasTokenInPath(text, place.name) || assigns(text, normal, depth)) return true;
  if (LOGIN_FILE.test(place.name) && !standsForSecret(text) && normal.split('\n').some(isWrittenLine)) return true;
  return isCredentialByName(text, content, found, place);
}

/** Whether a line of a file, or a text where another is expected, may be a credential; with the colon that it lacks. */
export function mayBeCredential(text: string): boolean {
  const place = { name: '', isVariable: false, isMetadata: false };
  return [text, text.trim().replace(/\s+/, ': ')].some((line) => isCredentialText(line, place));
}

/** A line that is not a comment, and in which nothing is filled in later. */
function isWrittenLine(line: string): boolean {
  return /^\s*[^#\s]/.test(line) && !withoutPlaceholders(line).found;
}

function partsOf(text: string): string[] {
  if (text.length <= PART) return [text];
  const starts = (line: string) => Array.from({ length: Math.ceil(line.length / (PART - OVERLAP)) });
  return text
    .split('\n')
    .flatMap((line) => starts(line).map((_start, index) => line.slice(index * (PART - OVERLAP)).slice(0, PART)));
}

/** All tokens that the rules know are longer than this and have a digit; to look for them takes longer than to ask this. */
function mayHoldToken(text: string): boolean {
  return text.split(/\s+/).some((word) => word.length >= 12 && /\d/.test(word));
}

function assigns(text: string, whole: string, depth: number): boolean {
  if (depth >= DEPTH || isAddress(text)) return false;
  return [
    ...partsOf(text).flatMap((part) => assignmentsIn(part, '').flatMap(withInner)),
    ...partsOf(whole).flatMap((part) => assignmentsIn('', part)),
  ].some(({ name, value: given }) => {
    const { text, found } = withoutPlaceholders(given);
    const value = text.trim();
    const isVariable = /^(?:[A-Z][A-Z0-9_]*|X-.+)$/.test(name);
    if (value === '' || (EXPRESSION.test(value) && !isRandom(value, false)) || PATTERN.test(value)) return false;
    if (name === '-u') return /\d/.test(value) && isLogin(value, 'user');
    const place = { name, isVariable, isMetadata: false };
    if ((/\d$/.test(value) || /^\s*</.test(whole)) && isWordAsSecret(value, place)) return true;
    if (meaningOf(name, isVariable) !== 'secret') return isLogin(value, name);
    return isCredentialByName(value, undefined, found, place);
  });
}

/** An assignment, and those in its value: `Environment="TOKEN=x"`. */
function withInner(assignment: Assignment): Assignment[] {
  return [assignment, ...(/^\w+=/.test(assignment.value) ? assignmentsIn(assignment.value, '') : [])];
}

function isCredentialByName(text: string, content: string | undefined, filled: boolean, place: TextPlace): boolean {
  const meaning = meaningOf(place.name, place.isVariable);
  if (standsForSecret(text)) return false;
  if (meaning === 'secret' || meaning === 'perhaps') return isSecretValue(text, filled, meaning, place);
  if (/(?:^|[_-]|[a-z](?=P|O))(?:pin|otp)$/i.test(place.name) && /^\d{4,10}$/.test(text)) return true;
  if (UUID.test(text) && isNameOfUuidKey(place, meaning)) return true;
  if (isLogin(text, place.name) || (place.isVariable && isVariableOfLogin(text, place.name))) return true;
  if (isAddress(text)) return false;
  if (meaning !== 'known' && (isChosen(text) || isLicense(text))) return true;
  if (/seed|mnemonic|phrase|wallet/i.test(place.name) && isSeed(text)) return true;
  if (meaning === 'known' && expectsWords(place.name)) return /^\S{32,}$/.test(text) && isRandom(text, false);
  if (/(?:^|_)(?:ca|cert|certificate|crt)$/i.test(place.name) && /^(?!MI|LS0t)\S{60,}$/.test(text))
    return isRandom(text, false);
  if (meaning === 'reference' || meaning === 'known' || (content !== undefined && meaning === 'neutral')) return false;
  return isRandomValue(text, meaning === 'suspect', place);
}

/** The value of a name that means a secret: everything but what plainly is something else. */
function isSecretValue(text: string, filled: boolean, meaning: NameMeaning, place: TextPlace): boolean {
  // A short number is the length of one, if words of another language follow.
  const isPassword = isForeignPassword(place.name)
    ? !/^\d{1,3}$/.test(text)
    : /pass|pwd|pw$|psk|mdp|code$/i.test(place.name);
  if (isChoice(text) || isPublishable(text) || (!isPassword && isAmount(text))) return false;
  // The community that everybody knows.
  if (text === 'public' && /community$/i.test(place.name)) return false;
  // The id of a key of OpenPGP.
  if (/signing_?key$/i.test(place.name) && /^(?:0x)?(?:[0-9A-F]{16}|[0-9A-F]{40})$/.test(text)) return false;
  if (filled) return isRandom(text, true) || isJumble(text);
  if (isAddress(text)) return isPassword ? false : isRandom(text, true);
  const names = isObjectName(text) || /^[A-Z][A-Z0-9_]*$/.test(text);
  // The name of a key in a Secret: `accessKeyId`.
  if (meaning === 'perhaps' && /^[a-z]{2,}(?:[A-Z][a-z]+)+$/.test(text)) return false;
  if (meaning === 'perhaps' && / key$/i.test(place.name) && /^[A-Z][a-z]+(?:[A-Z][a-z]*)+$/.test(text)) return false;
  if (meaning === 'perhaps' && names)
    return isRandom(text, true) || (place.isVariable && UUID.test(text)) || isWordAsSecret(text, place);
  if (place.isMetadata) return isRandom(text, false) || (!isPathOfWords(text) && !(names && !isPassword));
  return !PATTERN.test(text) && !isTextOfScreen(text, place.isVariable);
}

/** Whether a variable has a UUID that is a key: what is the id of something says of what, but for half of a login of Vault. */
function isNameOfUuidKey({ name, isVariable }: TextPlace, meaning: NameMeaning): boolean {
  if (UUID_SERVICE.test(name) || /secret_?id$/i.test(name)) return true;
  const isNameless = meaning === 'neutral' || meaning === 'suspect';
  return isVariable && isNameless && /^[A-Z][A-Z0-9_]*$/.test(name) && !wordsOf(name).some(isIdentified);
}

/** A word where objects have names of several: `adminSecret: opensesame`. */
function isWordAsSecret(text: string, { name, isMetadata }: TextPlace): boolean {
  const [last = '', before = ''] = wordsOf(name).reverse();
  return (
    !isMetadata &&
    /^secret$/.test(last) &&
    meaningOf(before, false) === 'neutral' &&
    /^[a-z]{4,}\d*$/.test(text) &&
    !/secret|cred|auth|tls|key|cert|config|pass|token|env|local/.test(text)
  );
}

/** A secret engine's path, such as `database/creds/app`. */
function isPathOfWords(text: string): boolean {
  return /^[\w.-]+(?:\/[\w.-]+)+$/.test(text) && !isRandom(text, false);
}

/** `admin:hunter2` where a login is expected, or what follows the name of a scheme. */
export function isLogin(text: string, name: string): boolean {
  const last = wordsOf(name).at(-1) ?? '';
  if (/^(?:auth|authorization)$/.test(last) && /^(?:bearer|basic|token|digest|apikey)\s+\S{3,}$/i.test(text))
    return true;
  if (!/^(?:auth|basic|basicauth|sasl|userpass|login|authorization|htpasswd|users?|admin|root|superuser)$/.test(last))
    return false;
  // A user and a group, as of a process, are no login.
  return /^[\w.@+-]+:[^\s:/,]{4,}$/.test(text) && !/^(\w+):(?:\d+|\1|\w*(?:group|staff|users))$/.test(text);
}

/** `NEO4J_AUTH`, `SIG` and `SEED`, where other variables name a method, a file or a host. */
function isVariableOfLogin(text: string, name: string): boolean {
  if (isAdministrator(text) && meaningOf(name, true) === 'neutral') return true;
  const isMixed = text.length >= 7 && /[a-z]/i.test(text) && /\d/.test(text);
  const fits = /_AUTH$/i.test(name) ? !isAddress(text) : HALF_NAMED.test(name) && /^[^\s.,:/-]+$/.test(text);
  return isMixed && fits && !METHOD.test(text);
}

function isRandomValue(given: string, isSuspect: boolean, { isMetadata, name }: TextPlace): boolean {
  const text = withoutKnown(given);
  // Revisions and checksums; what has other letters as well is none.
  if (isPrefixed(text)) return true;
  if (isMetadata && !isSuspect) return isRandom(text.replace(/\b[0-9a-f]{7,}\b/gi, ' '), false);
  return isRandom(text, isSuspect) || (/keys?$/i.test(name) && isSuspect && UUID.test(text));
}

/** What a field for a secret is called, and what is said about it: `Password`, `Enter your token`, `The token has expired.` */
function isTextOfScreen(text: string, isVariable: boolean): boolean {
  // A secret of several words has no capital and no full stop.
  if (/^\p{Lu}\p{Ll}+ .*\s.*[.!?]$/su.test(text)) return true;
  // Letters of a script without capitals: nobody types a secret in it.
  if (/^[\p{L}\p{M}\s]+$/u.test(text) && /(?![ªº])\p{Lo}/u.test(text)) return true;
  if (
    !isVariable &&
    /\s/.test(text) &&
    /\b(?:must|should|cannot|please|invalid|required|expired|at least|your)\b/i.test(text)
  )
    return true;
  // Words with a capital and a letter that English lacks.
  if (!isVariable && /^(?=.*[^\p{ASCII}])\p{Lu}\p{Ll}+(?: \p{L}+)*$/u.test(text)) return true;
  const words = text.split(/[^\p{L}]+/u).filter((word) => word !== '');
  return (
    (words.length > 1 || !isVariable) &&
    /^(?!\S*\p{Ll}\p{Lu})\p{Lu}\p{L}+(?:['’ -]\p{L}+)*[?!.…:]*$/u.test(text) &&
    words.some((word) => ['secret', 'perhaps', 'suspect'].includes(meaningOf(word, false)))
  );
}

/** A text without the values that it assigns to names of what is public: `commit=...`, `--client-id=...`. */
function withoutKnown(text: string): string {
  return partsOf(text)
    .flatMap((part) => assignmentsIn(part))
    .filter(({ name, value }) => value.length >= 10 && meaningOf(name, false) === 'known' && !isNamedKey(value))
    .reduce((rest, { value }) => rest.replace(value, ' '), text);
}
