/** A name with its key, after an algorithm. */
const NAMED_KEY = /^[\w.-]+:(?=.*[+/=])[A-Za-z0-9+/]{20,}={0,2}$/;
/** Whoever may do everything, with a word that is not a right and no group. */
const ADMINISTRATOR =
  /^(?:root|\w*admin|administrator|sa|superuser):(?!(?:read|write|all|none|full|owner|view|edit|manage|delete|create|update|wheel|staff|groups?|users?|enabled|disabled|true|false|required|optional|root)\b)[a-z]{5,}$/;
/** The words that a wallet is restored from. */
const SEED_WORDS = /^(?:[a-z]{3,8} ){11}(?:(?:[a-z]{3,8} ){3}){0,4}[a-z]{3,8}$/;
/** A short prefix and digits of an id: the token of a service. */
const PREFIXED = /^[a-z]{2,5}_(?=[0-9a-f]*\d)(?=\d*[a-f])[0-9a-f]{15,}$/;
/** What people choose as passwords: some that everybody knows, and what has a capital, a small letter, a digit and a sign. */
const CHOSEN =
  /^(?:(?=.*[\d@$!])p[a@4][s$5]{2}w[o0]r[dt][\w@$!#-]*|(?=.*\d)s[e3]cr[e3]t[\w!@#]*|[a-z]+12345\d*!?|hunter2|letmein\d*!?|admin123\d*!?|qwerty\d+!?|welcome\d+!?|trustno1|[a-z][a-z-]{3,}(?:!\d{1,4}|\$\d{2,4}))$/i;
const COMPLEX = /^(?!#)(?=.*[A-Z])(?=.*[a-z])(?=.*\d)(?=.*[!#$%^&])(?!.*%[0-9A-F]{2})[\w!#$%^&*?~@.+-]{8,40}$/;

/** What follows a user: capitals, small letters and a digit in one word. */
const MIXED = /^(?=[a-z]*[A-Z])(?=[A-Z]*[a-z])(?=\D*\d)[A-Za-z0-9]{8,40}$/;

/** Whether a text is what people choose as a password, also behind the name of a user. */
export function isChosen(text: string): boolean {
  const chosen = text.replace(/^[\w.-]{1,40}:(?=[^/]*$)/, '');
  return CHOSEN.test(chosen) || COMPLEX.test(chosen) || (chosen !== text && MIXED.test(chosen));
}

/** Whether a text is whoever may do everything, with a password. */
export function isAdministrator(text: string): boolean {
  return ADMINISTRATOR.test(text);
}

/** Whether a text consists of the words that a wallet is restored from. */
export function isSeed(text: string): boolean {
  return SEED_WORDS.test(text);
}

/** Whether a text is an id behind the prefix of a service. */
export function isPrefixed(text: string): boolean {
  return PREFIXED.test(text);
}

/** Whether a text is a name with its key. */
export function isNamedKey(text: string): boolean {
  return NAMED_KEY.test(text);
}

/** A text of all kinds of characters, in which parts only look like variables. */
export function isJumble(text: string): boolean {
  const signs = new Set(text.replace(/[\s\w.:/@-]/g, ''));
  return text.length >= 24 && signs.size >= 6 && /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text);
}

/** What a header of Basic Authentication encodes; no host with its port, and no image with its version. */
export function isEncodedLogin(text: string): boolean {
  return /^[A-Za-z][\w.@+-]*:(?!v?\d+(?:\.\d+)*$)[^\s:/,]{4,}$/.test(text);
}

/** Groups of capitals and digits, all of a length, as people type them in. */
export function isLicense(text: string): boolean {
  const groups = text.split('-');
  const isMixed = /^[A-Z0-9-]+$/.test(text) && /\d/.test(text) && /[A-Z]/.test(text);
  return (
    isMixed &&
    groups.length >= 4 &&
    groups.every(
      ({ length }, index) => (index === 0 && groups.length > 4) || (length >= 4 && length === groups.at(-1)?.length),
    )
  );
}
