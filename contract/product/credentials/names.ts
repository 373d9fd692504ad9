/**
 * What a name says about its value: `secret` whatever it is; `perhaps` unless it looks like the name of an object;
 * `reference` where it names a Secret or a key in one; `known` for something public, however random it looks; `suspect`
 * where a word of a secret is among others; `neutral` where the name says nothing.
 */
export type NameMeaning = 'secret' | 'perhaps' | 'reference' | 'known' | 'suspect' | 'neutral';

const PASSWORD = /^(?:pa?s{0,2}w(?:o?r)?ds?|passw|passphrase|passcode|pass|pw|psk|mdp|salt|pepper|mnemonic)$/;
/** The same in other languages, wherever it is in the name: many have it first, as in `CONTRASENA_BD`. */
const FOREIGN_PASSWORD =
  /p[4@]ssw[o0]rd|passw0rd|passwort|kennwort|contrasen|mot ?de ?passe|palavra ?passe|wachtwoord|losenord|adgangskode|salasana|parola ?d ?ordine|\b(?:clave(?! pub)|senha|parola|passord|haslo|heslo|jelszo|sifre|lozinka|geslo|parol)\b|пароль|密[码碼]|パスワード|비밀번호/;
/** Words that end in such a word without a boundary: `dbpassword`, `pgpass`, `authtoken`. */
const JOINED =
  /(?:passwords?|passwd|passphrase|pwd|secrets?|tokens?|credentials?|creds|api_?keys?|accesskeys?|(?:secret|private|master|account|encryption|signing|auth)keys?)$|^(?!by|com|encom|over|sur|tres|under|proxy).+pass$|^.{2,}pw$/;
/** What a password is for, where that comes after the word, as in `PWD_DB`. */
const WHERE_USED = /^(?:db|database|sql|e?mail|smtp|imap|ldap|ftp|sftp|ssh|vpn|wifi|web|app|api|root)$/;
const TOKEN = /^(?:tokens?|tkn|tok|bearer|jwt|pat|webhooktoken|dsn_?token)$/;
/** What makes `tokens` the words of a language model. */
const TOKEN_OF_MODEL =
  /^(?:eos|bos|pad|unk|sep|cls|mask|stop|special|max|min|new|prompt|completion|context|total|input|output|cached|reasoning)$/;
const OTHER_SECRET =
  /^(?:erlang cookie|snmp community|(?:recovery|backup|scratch|unlock|bypass|pairing|activation) codes?|(?:security|secret) answer|(?:recovery|seed|backup|secret|wallet) (?:phrase|words))$/;
const CREDENTIAL = /^(?:creds?|crds|credentials?|secrets?|secrt|scrt)$/;
/** Whose or what kind of hash is one of a password. */
const HASHED = /^(?:ntlm|nt|lm|netntlm|bcrypt|argon|argon2|scrypt|shadow|user|admin|root|login)$/;
/** What makes `secret` the thing itself and not the name of a Kubernetes Secret. */
const OWNER_OF_SECRET =
  /^(?:client|app|application|shared|webhook|session|cookie|jwt|hmac|consumer|api|oauth|oauth2|oidc|signing|encryption|master|totp|otp|mfa|hook)$/;
const OBJECT_OF_SECRET =
  /^(?:existing|pull|tls|image|external|sealed|kubernetes|k8s|inject|ca|certificate|cert|ssl|from)$/;
/** What makes `key` a secret, and what does so in a variable alone. */
const OWNER_OF_KEY =
  /^(?:api|access|private|signing|sign|encryption|encrypt|decryption|crypto|hmac|master|license|licence|jwt|cookie|session|shared|ssh|gpg|pgp)$/;
const OWNER_OF_VARIABLE_KEY =
  /^(?:auth|authentication|app|application|account|storage|integration|ingest|ingestion|admin|deploy|webhook|service|subscription|limit|connections|insert|write|instrumentation)$/;
/** What makes `key` anything but a secret. */
const PUBLIC_KEY =
  /^(?:public|publishable|recv|trusted|site|partition|sort|primary|foreign|cache|map|label|annotation|topology|host|kms|json|row|shard|object|pub|tag|config|s3|vapid|lookup|index|group|dedup|idempotency)$/;
/** A part of a Secret's name for its keys: `passwordKey: password`. */
const KEY_IN_SECRET = /^(?:id|password|token|secret|username|user|credentials?|existing|url|dsn|ca|cert|client)$/;
/** The last word of names whose values are public, or say where the secret is. */
const KNOWN =
  /^(?:names?|ref|refs|reference|file|files|path|paths|dir|directory|folder|mount|arn|arns|id|ids|uid|uuid|guid|kid|enabled|disabled|provider|issuer|audience|audiences|mode|ttl|seconds|minutes|hours|days|age|expiry|expiration|expires|type|kind|class|format|policy|url|uri|urls|host|hosts|hostname|endpoint|endpoints|address|server|port|image|images|repository|registry|tag|tags|version|revision|commit|head|sha|sha1|sha256|sha512|digest|digests|hash|checksum|checksums|sum|fingerprint|thumbprint|etag|integrity|certificate|certificates|cert|certs|crt|ca|pem|bundle|cabundle|jwks|publickey|pubkey|public|pub|region|zone|subnet|subnets|domain|domains|realm|scope|scopes|role|roles|group|groups|username|user|users|account|project|tenant|org|organization|cluster|namespace|bucket|queue|topic|table|schedule|timezone|email|emails|subjects?|dn|cn|verification|trace|traceparent|span|nonce|algorithm|alg|length|size|count|limit|max|min|field|filters?|claim|claims|property|template|prefix|suffix|store|manager|rotation|rotated|label|env|envvar|variable|annotation|description|title|text|message|query|expr|method|strategy|required|optional|interval|release|build|timeout|period|window|review|location|source|backend|driver|engine|plugin|icon|logo|font|favicon|colou?r|sitekey|stream|task|machine|instance|device|node|pod|container|job|run|workspace|dataset|placeholder|hint|help|tooltip|caption|heading|button|notice|warning|errors?)$/;
/** Words of names whose values nobody would take for random. */
const PLAIN =
  /^(?:servers?|hosts?|ports?|users?|username|email|regions?|zones?|roles?|modes?|types?|kinds?|class|drivers?|engines?|env|backends?|providers?|accounts?|projects?|orgs?|organization|title|timezone|methods?|strategy)$/;
/** What switches something about secrets on or off. */
const SWITCH = /^(?:flags?|features?|ff|toggle|enable|disable|allow|require|experiment)$/;
/** What a button or a page does with a secret: the name of its text. */
const VERB =
  /^(?:forgot|reset|change|show|hide|confirm|enter|repeat|retype|rotate|revoke|regenerate|generate|copy|invalid|missing)$/;
/** Words at the end of a name that say nothing about what the value is. */
const QUALIFIER =
  /^(?:values?|content|string|plain|plaintext|raw|data|b64|base|encoded|hex|old|new|current|previous|next|primary|secondary|main|default|prod|production|staging|stage|dev|test|live|ro|rw|read|readonly|readwrite|reader|writer|owner|superuser|backup|admin|v)$/;
/** What has a UUID, besides what has something else that is public. */
const IDENTIFIED =
  /^(?:client|subscription|app|application|object|principal|correlation|request|session|space|team|site|batch|serial|entity|customer|company|partition|plan|offer|sku|product|service|installation|operation|activity|channel|catalog|record|asset|system|machine|disk|volume|fs|boot|datasource|dashboard|folder|report|flow|step|stage|environment|kms|owner|actor|member|resource|policy|rule|template|parent|root)$/;
const LINK = /^(?:for|of|to|from|in|on|by|with)$/;

/** The words of a name, in lower case and without the numbers at their ends: `dbPassword_2` is db, password. */
export function wordsOf(name: string): string[] {
  return name
    .normalize('NFKD')
    .replace(/[^\w\s./:@-]/g, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.toLowerCase())
    .map((word) => (/^sha\d|^md5$|^s3$|^oauth2$|^k8s$/.test(word) ? word : word.replace(/\d+$/, '')))
    .filter((word) => word !== '');
}

/**
 * What a name says about its value.
 *
 * @param isVariable Whether it is the name of an environment variable, where nothing resolves the name of a Secret.
 */
export function meaningOf(name: string, isVariable: boolean): NameMeaning {
  const words = wordsOf(name);
  if (words[0] === 'existing' && words.includes('secret')) return 'reference';
  if (!isVariable && /^secret keys? ./.test(words.join(' '))) return 'perhaps';
  const link = words.findIndex((word, index) => index > 0 && LINK.test(word));
  const head = trimmed(link < 0 ? words : words.slice(0, link));
  const [last = '', before = ''] = [head.at(-1), head.at(-2)];
  // The key of an option is no key in a Secret.
  const meaning = meaningOfHead(last, before, isVariable || (name.startsWith('-') && /^keys?$/.test(last)));
  if (meaning === 'known') return meaning;
  const [first = '', ...others] = words;
  if ((SWITCH.test(first) || (!isVariable && VERB.test(first))) && others.some(isSecretWord)) return 'suspect';
  if (isForeignPassword(name)) return 'secret';
  if (meaning !== 'neutral') return meaning;
  return words.some(isSecretWord) ? 'suspect' : 'neutral';
}

/** Whether a random value does not fit a name of something public: a host or a mode, unlike an id or a digest. */
export function expectsWords(name: string): boolean {
  return PLAIN.test(wordsOf(name).at(-1) ?? '');
}

/** Whether a name has the word for a password in a language other than English. */
export function isForeignPassword(name: string): boolean {
  return FOREIGN_PASSWORD.test(`${wordsOf(name).join(' ')} ${name.normalize('NFKC').toLowerCase()}`);
}

/** Whether a word of a name says what a UUID identifies. */
export function isIdentified(word: string): boolean {
  return KNOWN.test(word) || IDENTIFIED.test(word);
}

function trimmed(words: readonly string[]): readonly string[] {
  const end = words.findLastIndex((word) => !QUALIFIER.test(word));
  return end < 0 ? words : words.slice(0, end + 1);
}

function meaningOfHead(last: string, before: string, isVariable: boolean): NameMeaning {
  if (PASSWORD.test(before) && WHERE_USED.test(last)) return 'secret';
  if (PASSWORD.test(last) || (before === 'pass' && /^(?:phrase|word|code)$/.test(last))) return 'secret';
  if (/^tokens?$/.test(last) && TOKEN_OF_MODEL.test(before)) return 'known';
  if (TOKEN.test(last) || OTHER_SECRET.test(`${before} ${last}`)) return 'secret';
  if (CREDENTIAL.test(last)) return meaningOfSecret(last, before, isVariable);
  if (/^keys?$/.test(last)) return meaningOfKey(before, isVariable);
  if (last === 'hash' && (PASSWORD.test(before) || HASHED.test(before))) return 'suspect';
  if (KNOWN.test(last)) return 'known';
  if (!JOINED.test(last)) return 'neutral';
  return /secrets?$|credentials?$/.test(last) && !/^(?:client|app|shared|hmac|jwt|session)/.test(last)
    ? meaningOfSecret('secret', last.replace(/(?:secrets?|credentials?)$/, ''), isVariable)
    : 'secret';
}

function meaningOfSecret(last: string, before: string, isVariable: boolean): NameMeaning {
  if (/^secrets?$/.test(last) && OWNER_OF_SECRET.test(before)) return 'secret';
  if (OBJECT_OF_SECRET.test(before)) return 'reference';
  return isVariable ? 'secret' : 'perhaps';
}

function meaningOfKey(before: string, isVariable: boolean): NameMeaning {
  if (before === 'secret') return isVariable ? 'secret' : 'perhaps';
  if (OWNER_OF_KEY.test(before) || (isVariable && OWNER_OF_VARIABLE_KEY.test(before))) return 'secret';
  if (PUBLIC_KEY.test(before)) return 'known';
  return KEY_IN_SECRET.test(before) ? 'perhaps' : 'suspect';
}

function isSecretWord(word: string): boolean {
  return (
    PASSWORD.test(word) ||
    TOKEN.test(word) ||
    CREDENTIAL.test(word) ||
    /^(?:auth|key|keys|webhook|hook|hmac|license|licence|cookie|sas|seed|totp|otp|mfa)$/.test(word) ||
    JOINED.test(word)
  );
}
