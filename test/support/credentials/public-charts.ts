import type { HelmValues } from '../../../contract/product/helm-values';
import { base64, random } from './tokens';

const UUID = '5f0a3c1e-9d11-4a7b-8e55-7e0d6a2c4f11';

/** Credentials in the ways that values files of charts, and the files in them, have them. */
export const DISGUISED_IN_CHARTS: readonly (readonly [what: string, values: HelmValues])[] = [
  ...variables([
    ['PWD_DB', 'letmein'],
    ['BASIC', base64('admin:opensesame')],
    ['LOGO', `data:image/png;base64,${random('base62', 20)}== password=opensesame`],
    ['PAGE', `data:text/plain;base64,${base64('password: opensesame')}`],
    ['SEED', 'abandon ability able about above absent absorb abstract absurd abuse access accident'],
    ['ORIGIN_CA', `v1.0-${random('hex', 24, 'id')}-${random('hex', 146)}`],
    ['NETBIRD_SETUP', UUID],
    ['SASL', 'plain:agent:kafka-secret-1'],
    ['ZK_DIGEST', `super:${base64('a digest of SHA-1...')}`],
    ['MILVUS', 'root:Milvus'],
    ['ANCHORE', 'admin:foobar'],
    ['TSIG', `hmac-sha256:app:${base64('a key of TSIG with 32 characters')}`],
    ['SERVICENOW', 'svc_bom:ServiceN0w'],
    ['LDAP_BIND', 'bindpw!2024'],
    ['CHROMATIC', `chpt_${random('hex', 14)}0`],
    ['COLLECTOR', `https://logs.example.com/receiver/v1/http/+${random('base62', 40)}/${random('base62', 30)}==`],
    ['CONFIG', JSON.stringify(JSON.stringify({ token: 'pulsar-77' }))],
    ['CONFIG', '<cfg><secret>letmein</secret></cfg>'],
    ['PASSWORD', '{{ .Values.x | default "letmein" }}'],
    ['PASSWORD', '{{ "letmein" }}'],
    ['P4SSW0RD', 'mars'],
    ['AUTHKEY', 'wombat'],
    ['UNLOCK_CODE', '7731'],
    ['SECURITY_ANSWER', 'Fluffy'],
    ['CALLBACK', `https://webhook.example.com/${UUID}`],
    ['PRODUCT', 'ACME-QT23A-USP2K-YM64I-TCQTY'],
    ['COMMENTED', '# token: hunter2\n'],
  ]),
  ...files([
    'port 6379\nrequirepass letmeinpw\n',
    'user * letmein *\n',
    'client nas {\n  secret = letmein123\n}\n',
    '[Service]\nEnvironment="DB_PASSWORD=letmein"\n',
    '{"users":[{"username":"a","credentials":[{"type":"password","value":"letmein"}]}]}',
    '| user | password |\n|---|---|\n| admin | letmein |\n',
  ]),
  ['a variable that has a UUID', { extraEnv: { SEARCH: UUID } }],
  ['an option beside that of the user', { args: ['-p', 'hunter2secret', '--user', 'app'] }],
  ['a file of a secret', { data: { 'secret.txt': 'wombat\n' } }],
  ['a label', { podLabels: { 'example.com/api-key': random('hex', 32, 'label') } }],
  ['what is inline', { spec: { credentials: { source: 'Inline', inline: 'wombat' } } }],
  ['variables of a map of secrets', { secrets: { DB: 'easy-db-word' } }],
  ['the value of a secret', { nextauth: { secret: { value: 'wombat' } } }],
  ['a word as the secret of something', { hasura: { adminSecret: 'wombat' } }],
  ['a password of words with capitals', { postgresql: { password: 'ThisIsNotASecurePassword' } }],
  ['the secret key next to the access key', { minio: { accessKey: 'agent-bom', secretKey: 'supersecret' } }],
  ['the same with a word for a password', { storage: { access_key: 'minio', secret_key: 'minio-pw' } }],
];

/** Values of such files that only look like one. */
export const HARMLESS_IN_CHARTS: readonly (readonly [what: string, values: HelmValues])[] = [
  ...variables([
    ['DB_PASSWORD', '%{DB_PASSWORD}'],
    ['XRAY', `Root=1-${random('hex', 8)}-${random('hex', 24)};Parent=${random('hex', 16)};Sampled=1`],
    ['B3', `${random('hex', 32)}-${random('hex', 16)}-1`],
    ['HEAD', random('hex', 40)],
    ['LOGO_TOKEN', `data:image/png;base64,${random('base62', 200)}==`],
    ['THEME', `.logo { background: url(data:font/woff2;base64,${random('base62', 200)}) }`],
    ['GRANT', 'admin:write'],
    ['API_TOKEN', 'from-secret'],
    ['API_TOKEN', 'managed-by-eso'],
    ['DB_PASSWORD', '_PASSWORD_'],
    ['DB_PASSWORD', 'NEW_RELIC_LICENSE_KEY'],
    ['CONTACT', 'mailto:security@example.com'],
    ['UUID', UUID],
    ['ENTRA_TENANT', UUID],
    ['ANALYTICS_API_KEY', `phc_${random('base62', 43)}`],
    ['SNMP_COMMUNITY', 'public'],
    ['ZONE_FILTERS', `Z${random('capitals', 20, 'zone')}`],
    ['WEBHOOK', 'https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX'],
    ['BLOG', 'https://example.com/blog/9-tips-going-production-galera-cluster-mysql'],
    ['ACTION', `actions/checkout@${random('hex', 40)}`],
  ]),
  ...files([
    `$ANSIBLE_VAULT;1.1;AES256\n${random('hex', 80)}\n${random('hex', 80, '2')}\n`,
    ...['PGP MESSAGE', 'PGP SIGNATURE', 'SSH SIGNATURE'].map(
      (label) => `-----BEGIN ${label}-----\n${random('base64', 60, label)}\n-----END ${label}-----\n`,
    ),
    'rules:\n- id: x\n  pattern: password = "..."\n',
    'locals { password = jsondecode(data.aws_x.db.secret_string)["password"] }\n',
    'login.password=Şifre\nlogin.token=Erişim anahtarı\n',
    'login.password=Passwort\nlogin.password.wrong=Das Passwort ist falsch\n',
    'password: Hasło\ntoken: Żeton\n',
    'location / {\n  proxy_pass       $backend:3100$request_uri;\n}\n',
    '# AMQP_PASSWORD = guest\n# crypto_key = "vault-unseal-key"\n',
    `#     "container_id": "${random('hex', 64)}"\n# and more\n`,
    'password: "{{ print "{{ETCD_PASSWORD}}" }}"\n{{- end }}\n',
    'PGPASSWORD="${PGPASSWORD:-$(< "$PGPASSWORD_FILE")}" pg_dumpall --clean',
    'curl --data-urlencode "previousPassword=$OLD" --data-urlencode "password=$NEW"',
    "output { elasticsearch {\n  user => '${ES_USER}'\n  password => '${ES_PASSWORD}'\n} }\n",
    'users:\n- id: "${chart-admin-username}"\n  password: "${chart-admin-password}"\n',
    '# stream: x:///<path>?name=<name>[&username=<my username>&password=<my password>][&volume=100]\n',
    '<p>Your password expires. <a href="https://example.com/reset?token={{ token }}">Reset</a></p>',
    'Get the password:\n  kubectl get secret app -o jsonpath="{.data.password}" | base64 -d\n',
    "regex = '''https://hooks.slack.com/services/T[a-zA-Z0-9_]{8}/B[a-zA-Z0-9_]{8}'''\nid = 1\n",
    JSON.stringify({ hashes: [{ alg: 'SHA-256', content: random('hex', 64) }] }),
    '[user]\n  signingkey = 2636F0A1554914D9\n',
  ]),
  [
    'a file of logins to be filled in',
    { template: { data: { '.pgpass': '{{ .host }}:5432:db:{{ .user }}:{{ .pw }}' } } },
  ],
  ['where a key is expected', { apiKeys: { existingSecret: 'keys', header: 'X-API-Key' } }],
  ['how long a token lasts', { lifespans: { access_token: '1 hour', refresh_token: '1 hour and 30 minutes' } }],
  ['a key in a Secret', { authSecretRef: { clientSecret: { name: 'a', key: 'ClientSecret' } } }],
  ['a key in an existing Secret', { geoip: { existingSecret: { secretName: 'a', licenseKey: 'license_key' } } }],
  ['what a key in a Secret is for', { k6: { secretKeyToken: 'token' } }],
  ['a group of a pattern', { rewrite: { source: 'x-(.*)', target: 'prod-$1' } }],
  ['words with capitals', { jvm: ['-XX:+ExitOnOutOfMemoryError'] }],
  ['options of a server', { args: ['-U', 'app', '-p', '5432'] }],
  ['an existing Secret', { existingSecretAdminPassword: 'harbor-admin', existingSecretKeyPassword: 'password' }],
  ['an access key next to a Secret', { users: [{ accessKey: 'agent-bom', existingSecret: 'minio-agent-bom' }] }],
  ['an existing Secret of a configuration', { s3: { existingConfigSecret: 'langfuse' } }],
];

function files(contents: readonly string[]): [string, HelmValues][] {
  return contents.map((content) => [
    `a file with ${content.slice(0, 40)}`,
    { extraManifests: [{ kind: 'ConfigMap', data: { settings: content } }] },
  ]);
}

function variables(items: readonly (readonly [string, string])[]): [string, HelmValues][] {
  return items.map(([name, value]) => [
    `the variable ${name}: ${value.slice(0, 40)}`,
    { controlPlane: { api: { env: [{ name, value }] } } },
  ]);
}
