/** Texts that are or contain a credential, whatever their name is. What is filled in later is taken out before. */
const SHAPES: readonly RegExp[] = [
  // User and password in a URL; a database's password may hold a slash that nobody has encoded.
  /\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/@:"']{0,200}:[^\s/@"']{1,400}@/i,
  /\b(?:postgres|mysql|mariadb|redis|rediss|valkey|amqp|mongodb|clickhouse|mssql|sqlserver|nats|ldap|smtp)[a-z0-9+]{0,20}:\/\/[^\s/@:]{0,200}:[^\s@]{1,400}@/i,
  // A token instead of the user: a word without digits is the name of somebody.
  /\b(?:https?|oci|ssh|rediss?):\/\/(?![a-z_.-]{1,15}@)[^\s/@?#:"']{1,400}@/i,
  // The same without a scheme, in the way of Go's MySQL driver, of Oracle and of commands.
  /(?:^|[\s"'=])[\w.+-]{1,80}:[^\s:@/"']{3,200}@(?:tcp|unix)\(/,
  /^[\w.+-]{1,80}:[^\s:@/"']{3,200}@(?!sha\d)[\w.-]+(?::\d{1,5})?(?:\/\S*)?$/,
  /\bjdbc:oracle:\w+:[^\s/@]+\/[^\s/@]+@/i,
  /\b(?:curl|wget|http)\b[^\n]*\s(?:-u|--user|--proxy-user)[\s=]+["']?[^\s:"']+:[^\s"']+/i,
  /\b(?:mysql|mysqldump|mysqladmin)\b[^\n]*\s-p[^\s-]\S*/,
  /\bredis-cli\b[^\n]*\s-a\s+[^\s-]\S*/,
  /\bsshpass\b[^\n]*\s-p\s*[^\s-]\S*/,
  /\bopenssl\b[^\n]*\bpass:\S+/,
  /\bmachine\s+\S+\s+login\s+\S+\s+password\s+\S+/i,
  // A line of .pgpass.
  /^[^\s:#]+:(?:\d{2,5}|\*):[^\s:]+:[^\s:]+:[^\s:]+$/m,
  /[?&;](?:[\w-]{0,40}(?:password|passwd|pwd|token|secret|api_?key|access_?key|auth|code)|sig|signature|x-amz-signature|x-amz-security-token)=[^&\s]{6,}/i,
  /[?&;](?:password|passwd|pwd|secret)=[^&\s]+/i,
  // The other way to write a connection: `host=db password=...`, `Server=db;Pwd=...`, `AccountKey=...`.
  /\b(?:ssl)?(?:password|passwd|passphrase)\s*=\s*(?!["']?(?:[\s&;]|$)|[\w.-]+=)[^\s&;]+/i,
  /(?:^|;)\s*pwd\s*=\s*[^\s;]+/i,
  /\b(?:Account|SharedAccess|Access|Shared)Key\s*=\s*[A-Za-z0-9+/]{16,}/i,
  /\bSharedAccessSignature\s*=?\s*s[rvig]/i,
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY/,
  /\bPuTTY-User-Key-File-\d/,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/,
  /\b(?:bearer|basic|token|apikey|bot|splunk|ntlm|negotiate)[\s:]+(?=\S*\d)[A-Za-z0-9+/=._~-]{16,}/i,
  /\bbasic\s+[A-Za-z0-9+/]{8,}={0,2}$/i,
  /\bauthorization["']?\s*[:=]\s*["']?(?:bearer|basic|token|digest|apikey)\s+[^\s"']{4,}/i,
  /\bAWS4-HMAC-SHA256\b.*\bSignature=/,
  /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}(?:\.[\w-]*)?/,
  /\{S?SHA(?:256|512)?\}[A-Za-z0-9+/=]{16,}/,
  /\b(?:SCRAM-SHA-256\$\d+:|md5(?=[0-9a-f]{32}\b)[0-9a-f]{32}\b)/,
  // Prefixes by which programs know their own tokens.
  /\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|oas)-[\w-]{16,}|xox[abceoprs]-[\w-]{10,}|xapp-[\w-]{10,}|hv[sbr]\.[\w-]{20,})/,
  /\b(?:sk-[\w-]{20,}|[rs]k_(?:live|test|prod)_\w{8,}|whsec_\w{16,}|AIza[\w-]{30,}|GOCSPX-[\w-]{10,}|ya29\.[\w-]{20,}|npm_\w{30,}|pypi-[\w-]{16,}|AGE-SECRET-KEY-1\w{20,})/,
  /\b(?:sha256~[\w-]{20,}|dckr_[po]at_[\w-]{16,}|dop_v1_\w{20,}|glsa_\w{20,}|glc_\w{20,}|sntr(?:ys|yu)_\S{16,}|NRAK-\w{16,}|ATATT3x\S{20,}|ATBB\w{20,}|atlasv1\.\S{20,}|lin_api_\w{16,})/,
  /\b(?:shp(?:at|ca|pa|ss)_\w{16,}|xkeysib-\w{20,}|dapi[0-9a-f]{32}|hf_\w{20,}|gsk_\w{20,}|r8_\w{20,}|xai-\w{20,}|nvapi-\S{20,}|pat-[a-z]{2}\d-\S{16,}|PMAK-\S{16,}|figd_\S{16,}|ntn_\w{16,}|sbp_\w{16,}|pscale_\w+_\S{16,})/,
  /\b(?:SG\.[\w-]{16,}\.[\w-]{16,}|key-[0-9a-f]{32}|[0-9a-f]{32}-us\d{1,2}\b|SK[0-9a-f]{32}\b|EAA[A-Za-z0-9]{30,}|LTAI\w{12,}|AKID\w{16,}|sq0[a-z]{3}-[\w-]{16,}|PMAT-\w{16,}|CCIPAT_\w{16,}|bkua_\w{16,}|vercel_\w{16,})/,
  /\b\d{8,10}:AA[\w-]{30,}/,
  // Addresses that are a credential themselves.
  /\bhooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/\w+/i,
  /\bdiscord(?:app)?\.com\/api\/webhooks\/\d+\/\S+/i,
  /\b(?:webhook\.office\.com|outlook\.office\.com)\/webhook\S+/i,
  /\b(?:chat\.googleapis\.com\/v1\/spaces|api\.telegram\.org\/bot|events\.pagerduty\.com\/integration|hooks\.zapier\.com\/hooks|maker\.ifttt\.com\/trigger|hooks\.chime\.aws\/incomingwebhooks|open\.(?:feishu|larksuite)\.c\w+\/open-apis\/bot|oapi\.dingtalk\.com\/robot|api\.opsgenie\.com\/\S*apiKey|healthchecks?\.io\/ping|hc-ping\.com)\/?\S*[\w-]{8,}/i,
];

/** Hashes of passwords can be tried offline. Their dollars are no placeholders. */
const PASSWORD_HASH = /\$(?:2[abxy]|5|6|y|7|apr1|argon2(?:id|i|d)|scrypt|pbkdf2[\w-]*)\$[^\s]{8,}/;

/** A path of a webhook ends in a token, whoever runs it. */
const WEBHOOK = /^https?:\/\/[^\s/]*\/?\S*(?:web)?hooks?\S*\/(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{16,}(?:[/?]\S*)?$/i;
const URL_PART = /^[a-z][\w+.-]*:\/\/[^\s/]+(\/[^\s?#]*)?/i;

/** Whether a text is or contains a credential by what it looks like. */
export function hasShapeOfCredential(text: string): boolean {
  return SHAPES.some((shape) => shape.test(text)) || WEBHOOK.test(text);
}

/** Whether a text holds the hash of a password. */
export function hasPasswordHash(text: string): boolean {
  return PASSWORD_HASH.test(text);
}

/** Whether a text is an address and nothing else. */
export function isAddress(text: string): boolean {
  return URL_PART.test(text) && !/\s/.test(text);
}

/** Names and values that a text assigns: `export PGPASSWORD=x`, `token: x`, `--api-key x`. */
export function assignmentsIn(text: string): { readonly name: string; readonly value: string }[] {
  const assignment =
    /(?:^[ \t]*(?:- )?["']?(?=[\w.-]+["']?\s*:)|[{,]\s*["']?(?=[\w.-]+["']?\s*:)|(?:^|[\s{,;&|(?"'])(?=-{0,2}[\w.-]+\s*=))(-{0,2}[A-Za-z_][\w.-]*)["']?\s*(?:=>|[:=](?!=))\s*(?![\w.-]+=)("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s"'{}[\],;&|<>]+)/gm;
  const flag = /(?:^|\s)(--?[A-Za-z][\w-]+)\s+("[^"\n]*"|'[^'\n]*'|[^\s"'-][^\s"']*)/g;
  return [...text.matchAll(assignment), ...text.matchAll(flag)].map(([, name = '', value = '']) => ({
    name,
    value: value.replace(/^(["'])(.*)\1$/, '$2'),
  }));
}
