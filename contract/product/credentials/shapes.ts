/** Texts that are or contain a credential, whatever their name is. What is filled in later is taken out before. */
const SHAPES: readonly RegExp[] = [
  // User and password in a URL; a database's password may hold a slash that nobody has encoded.
  /\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/@:"']{0,200}:[^\s/@"']{1,400}@/i,
  /\b(?:postgres|mysql|mariadb|redis|rediss|valkey|amqp|mongodb|clickhouse|mssql|sqlserver|nats|ldap|smtp)[a-z0-9+]{0,20}:\/\/[^\s/@:]{0,200}:[^\s@]{1,400}@/i,
  // A token instead of the user: a word without digits is the name of somebody.
  /\b(?:https?|oci|ssh|rediss?):\/\/(?![a-z_.-]{1,15}@)[^\s/@?#:"']{1,400}@/i,
  // The same without a scheme, in the way of Go's MySQL driver, of Oracle and of commands.
  /(?:^|[\s"'=])[\w.+-]{1,80}:[^\s:@/"']{3,200}@(?:tcp|unix)\(/,
  /^(?!(?:mailto|sips?|xmpp|acct):)[\w.+-]{1,80}:[^\s:@/"']{3,200}@(?!sha\d)[\w.-]+(?::\d{0,5})?(?:\/\S*)?$/,
  /\bjdbc:oracle:\w+:[^\s/@]+\/[^\s/@]+@/i,
  /\b(?:curl|wget|http)\b[^\n]*\s(?:-[a-zA-Z]{0,5}u|--user|--proxy-user)[\s=]+["']?[^\s:"']+:[^\s"']+/,
  /\b(?:mysql|mysqldump|mysqladmin|mariadb|7z[ar]?)\b[^\n]*\s-p(?!["']{0,2}(?:\s|$))[^\s-]\S*/,
  /\b(?:docker|podman|skopeo|buildah|crane|oras|helm|az|mongosh?|sqlcmd|cqlsh|unzip|zip)\b[^\n]*\s(?:-p|-P)\s+(?!\d+:)["']?[^\s"'-]{2,}(?<=[a-z]\S*)/i,
  /\bldap(?:search|modify|add|delete|whoami|passwd)\b[^\n]*\s-w\s*["']?[^\s"'-]/,
  /\bopenssl\b[^\n]*\s-(?:k|pass(?:in|out)?)\s+["']?(?!file:|env:|fd:|stdin)[^\s"'-]/,
  /\becho\s+(?:-n\s+)?["']?[^\s"'|]+["']?\s*\|(?:[^\n]*--password-stdin|\s*(?:kinit|sudo\s+-S|passwd|vault\s+login|cryptsetup)\b)/,
  /\b(?:kinit|cryptsetup)\b[^\n]*<<<\s*\S/,
  /\bmc\s+(?:alias\s+set|config\s+host\s+add)\s+\S+\s+\S+\s+\S+\s+\S/,
  // An id and its secret.
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  /\b(?:create|alter)\s+(?:role|user)\b[^;]{1,300}?\b(?:password|identified\b[^;']{0,60}?\bby)\s+'[^'\s][^']*'/i,
  /\b(?:htpasswd\s+-\w*b\w*\s+\S+|rabbitmqctl\s+(?:add_user|change_password))\s+\S+\s+["']?[^\s"'-]/,
  /:[^\s:|]+\s*\|\s*(?:sudo\s+)?chpasswd\b/,
  /\breset-(?:admin-)?password\s+[^\s-]/,
  /[?&]u(?:ser)?=[^&\s]+&p(?:ass)?=[^&\s]/,
  /\bredis-cli\b[^\n]*\s-a\s+[^\s-]\S*/,
  /\bsshpass\b[^\n]*\s-p\s*[^\s-]\S*/,
  /\bopenssl\b[^\n]*\bpass:\S+/,
  /\bsqlplus\s+(?:-\w+\s+)*["']?[\w$#]+\/[^\s/@]+@/i,
  /\bnet\s+use\b[^\n]*\/user:\S+\s+[^\s/]|\bsmb\w*\b[^\n]*\s-U\s*[^\s%]+%\S|\bsnmp\w+\b[^\n]*\s-c\s*(?!public\b)[^\s-]/,
  /\bmachine\s+\S+\s+login\s+\S+\s+password\s+\S+/i,
  // Keys of IPsec, strings of PowerShell, and a sentence that says it.
  /(?:^|:\s*)(?:PSK|XAUTH|EAP)\s+["'][^"']/,
  /\bConvertTo-SecureString\s+(?:-String\s+)?["'][^"']/i,
  /\b(?:password|passphrase|passwort|passcode|token)\s+(?:is|was|ist|lautet)[\s:]+["'`]?(?=[^\s"'`]*\d)[^\s"'`]{4,}/i,
  // A password of an app at Google.
  /^[a-z]{4}(?: [a-z]{4}){3}$/,
  // A line of .npmrc, and a distinguished name with its password.
  /:_(?:auth(?:token)?|password)\s*=\s*[^\s$]/i,
  /^(?:cn|uid)=[^:\n]+,\s*dc=[^:\s]+:[^\s:]+$/i,
  // A name with a digest of its password, as ZooKeeper has it, and a line of the secrets of PPP.
  /^(?!sha\d|md5)[\w.-]{1,40}:[A-Za-z0-9+/]{27}=$/i,
  /^["']?[A-Za-z][\w.@-]*["']?[ \t]+\*[ \t]+["']?[^\s*"']{3,}["']?[ \t]+\*[ \t]*$/m,
  // A mechanism with a user and a password, and the root of something with a password that no word is.
  /^(?:plain|login|scram-sha-\d+|basic|digest(?:-md5)?):[^\s:]+:[^\s:]{3,}$/i,
  /^(?:root|admin|administrator|sa|superuser):(?!v?\d)(?=.*[A-Z\d])[^\s:/,]{4,}$/,
  // A line of .pgpass.
  /^[^\s:#]+:(?:\d{3,5}|\*):[^\s:]+:[^\s:]+:[^\s:]+$/m,
  /[?&;](?:[\w-]{0,40}(?:password|passwd|pwd|token|secret|api[_-]?key|access[_-]?key|auth|code|signature)|sig)=(?!["'<>\]])[^&\s]{6,}/i,
  /[?&]key=(?=[^&]*\d)[\w-]{20,}/,
  /[?&;](?:password|passwd|pwd|secret)=(?!["'<>\]])[^&\s]+/i,
  // Oracle's clients, and an ACL of Redis.
  /^[\w$#.-]{1,40}\/[^\s/@"']{1,100}@(?:\/\/[\w.-]+|[\w.-]+:\d{2,5}\/)/,
  /^\s*user\s+\S+\s[^\n]*?>[^\s>]+/m,
  // The other way to write a connection: `host=db password=...`, `Server=db;Pwd=...`, `AccountKey=...`.
  /(?<![\w-]\.)\b(?:ssl|SSL)?(?:[Pp]ass(?:word|wd|phrase)|PASS(?:WORD|WD|PHRASE))[ \t]*=[ \t]*(?!Pass(?:word|phrase)[?!.:]*[ \t]*$|\/(?:run|etc|var|vault|mnt|tmp)\/|\d{1,2};|>|["']{0,3}(?:[\s&;,)\]}]|$)|["']?\.{3}|\*{2,}|[\w.-]+=|\\+[wWsSdD]|\[\^|[\w.]+(?:\((?:["')]|[\w.]+[,)])|\[["'])|(?:process\.env|os\.environ|self|this|config|settings|var|local|module|data)\.)[^\s&;]+/m,
  /(?:^|;)\s*pwd\s*=\s*[^\s;]+/i,
  /\b(?:Account|SharedAccess|Access|Shared|Instrumentation)Key\s*=\s*[A-Za-z0-9+/-]{16,}/i,
  /\bSharedAccessSignature\s*=?\s*s[rvig]/i,
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY/,
  /\bPuTTY-User-Key-File-\d/,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/,
  /\b(?:bearer|basic|oauth|token|apikey|bot|splunk|ntlm|negotiate)[\s:]+(?=\S*\d)[A-Za-z0-9+/=._~-]{16,}/i,
  /\bbasic\s+[A-Za-z0-9+/]{8,}={0,2}$/i,
  /\bauthorization["']?\s*(?:[:=,]|\s(?=["']))\s*["']?(?:bearer|basic|token|digest|apikey)\s+[^\s"']{4,}/i,
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
  /\b(?:tskey-[a-z]+-\w{8,}|xa[ap]t-[0-9a-f-]{36}|sdk-[0-9a-f]{8}-[0-9a-f-]{27}|FlyV1 \S{20,}|S[UAOCN][A-Z2-7]{56}\b)/,
  /\b\d{8,10}:AA[\w-]{30,}/,
  // Addresses that are a credential themselves.
  /\bhooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/(?![TBX0]+\/[BX0]+\/X+)\w{3,}/i,
  /\bdiscord(?:app)?\.com\/api\/webhooks\/\d+\/\S+/i,
  /\b(?:webhook\.office\.com|outlook\.office\.com)\/webhook\S+/i,
  /\b(?:chat\.googleapis\.com\/v1\/spaces|api\.telegram\.org\/bot|events\.pagerduty\.com\/integration|hooks\.zapier\.com\/hooks|maker\.ifttt\.com\/trigger|hooks\.chime\.aws\/incomingwebhooks|open\.(?:feishu|larksuite)\.c\w+\/open-apis\/bot|oapi\.dingtalk\.com\/robot|api\.opsgenie\.com\/\S*apiKey|healthchecks?\.io\/ping|hc-ping\.com|nosnch\.in|cronitor\.link\/p|alert\.victorops\.com\/integrations|api\.squadcast\.com\/v\d\/incidents\/api|zenduty\.com\/(?:integration|api\/events)|(?:collectors|collection)\.(?:\w+\.)?sumologic\.com\/receiver|loggly\.com\/(?:inputs|bulk)|g\.alchemy\.com\/v\d|infura\.io\/v\d|quiknode\.pro|heartbeat\.uptimerobot\.com|push\.statuscake\.com|grafana\.net\/(?:oncall\/)?integrations\/v\d|script\.google\.com\/macros\/s|hook\.\w+\.make\.com|signl4\.com\/webhook)\/?\S*[\w-]{6,}/i,
];

/** Hashes of passwords can be tried offline. Their dollars are no placeholders. */
const PASSWORD_HASH =
  /(?:^|["'\s])\*[0-9A-F]{40}\b|(?<![0-9A-Fa-f])[0-9A-Fa-f]{32}:[0-9A-Fa-f]{32}(?![0-9A-Fa-f])|\$1\$[./\w]{1,8}\$[./\w]{22}|\$(?:2[abxy]|5|6|y|7|apr1|argon2(?:id|i|d)|scrypt|pbkdf2[\w-]*)\$[^\s]{8,}/;

/** What messages have in place of a value that may be a credential. */
export const NOT_SHOWN = '(not shown, because it may be a credential)';

/** Whether a text is or contains a credential by what it looks like. */
export function hasShapeOfCredential(text: string): boolean {
  return SHAPES.some((shape) => shape.test(text));
}

/** Whether a text holds the hash of a password. */
export function hasPasswordHash(text: string): boolean {
  return PASSWORD_HASH.test(text);
}
