import type { HelmValues } from '../../../contract/product/helm-values';
import { base64, random } from './tokens';

const UUID = '5f0a3c1e-9d11-4a7b-8e55-7e0d6a2c4f11';
const [NTLM, LM] = [random('hex', 32, 'ntlm'), 'aad3b435b51404eeaad3b435b51404ee'];

/** Credentials that what is around them gives away: the path of an address, the key next to them, the command. */
export const DISGUISED_BY_CONTEXT: readonly (readonly [what: string, values: HelmValues])[] = [
  ...variables([
    ['STATUS', `https://uptime.example.com/api/push/Wv${random('base62', 8)}7x?status=up`],
    ['STATUS_PAGE', `https://ntfy.example.com/z1Hc3t55EvVTt7ww`],
    ['UPSTREAM', `https://things.example.com/v1/Ab1${random('base62', 24)}/state`],
    ['JOBS', `https://checks.example.com/ping/${UUID}`],
    ['FEED', `https://calendar.example.com/ical/private-${random('hex', 32)}/basic.ics`],
    ['NTLM_HASH', NTLM],
    ['ADMIN', `${LM}:${NTLM}`],
    ['SPLUNK_HEC', UUID],
    ['DOCUMENTS', `${UUID}:${UUID}`],
    ['PRODUCT', 'QT23A-USP2K-YM64I-TCQTY-6ZFTE'],
    ['HTTP_BASIC', 'prometheus:scr4pe'],
    ['GITEA_ADMIN', 'gitea:r8sA8CPHD9!bt6d'],
    ['ETCD_ROOT', 'root:etcdpw'],
    ['HARBOR_ADMIN', 'Harbor12345'],
    ['APP__WEB__SECRET_KEY', 'temporary_key'],
    ['DB_PASS_READONLY', 'viewer1'],
    ['PUSH_SERVER', `AAAA${random('base62', 7)}:APA91b${random('base62', 134)}`],
    ['STATUSPAGE', `OAuth ${UUID}`],
    ['OPTIONS', '-u svc:pa55w0rd --silent'],
    ['BOOTSTRAP', 'admin:Adm1nAdm1n!'],
    ['SITE_TOKEN', base64('{"url":"https://x.example.com","site":"0a1b2c3d4e5f6071"}')],
    ['MD5_CRYPT', `$1$${random('base62', 8)}$${random('base62', 22)}`],
    ['CHAT', `https://chat.example.com/send?key=${UUID}`],
    ['BOARD', `ATT${'A'}${random('hex', 72)}`],
    ['WP_AUTH_KEY', '|*E @*C8`D,hd=0. {,9<.3@>$4 ((^%ef+C->g~({>gG_53*4Cdf(b}b:Cg  :9'],
  ]),
  ...files([
    `curl -d up https://alerts.example.com/notify/${random('base62', 24, 'up')}`,
    'echo letmein | kinit admin@EXAMPLE.COM\n',
    'mc alias set s3 https://minio:9000 minio letmein9\n',
    'aws configure set aws_secret_access_key letmein\n',
    'db.password=letmein and more\n',
    'curl https://a.example.com -H "x-api-key: letmein"',
    'sqlplus scott/letmein@db',
    'smbclient //nas/x -U u%letmein',
    'proxy_set_header X-Secret "letmein-1";',
    'snmpwalk -v2c -c letmein host',
  ]),
  ['a list of receivers', { webhookConfigs: [{ url: `https://a.example.com/x/${random('base36', 26)}` }] }],
  ['the secret next to the user', { attributes: { username: 'minio', secretKey: 'tapir' } }],
  ['the secret next to an id', { clients: [{ id: 'app', secret: 'tapir' }] }],
  ['a key of a session', { config: { sessionKey: 'tapir' } }],
  ['what is not sealed', { kind: 'SealedSecret', spec: { encryptedData: {}, template: { data: { password: 'x' } } } }],
  ['a chosen word', { auth: { secretKey: 'banana' } }],
  ['a chosen word with a capital', { auth: { password: 'Summer', database: 'Orders' } }],
  ['an option', { args: ['--aws-secret-key', 'tapir'] }],
  ['a value below the name', { authentication: { password: { value: 'dugong' } } }],
];

/** Values that what is around them excuses. */
export const HARMLESS_BY_CONTEXT: readonly (readonly [what: string, values: HelmValues])[] = [
  ...variables([
    ['CHECKS', 'http://alertmanager.monitoring.svc:9093/api/v2/alerts'],
    ['DASHBOARD', 'https://grafana.example.com/d/aB3dE5fG7/agent-bom?orgId=1'],
    ['DOCS', `https://docs.google.com/document/d/1${random('base62', 43)}/edit`],
    ['ISSUER', `https://auth.example.com/oauth2/aus${random('base62', 17, 'okta')}`],
    ['COMMIT_URL', `https://git.example.com/a/b/commit/${random('hex', 40)}`],
    ['SENTRY_DSN_PUBLIC', `https://${random('hex', 32)}@o1.ingest.sentry.io/1`],
    ['CONTEXT_TOKENS', '128k'],
    ['ENCRYPTION_KEY', 'alias/agent-bom'],
    ['DB_PASSWORD', '@@DB_PASSWORD@@'],
    ['DB_PASSWORD', '__DB_PASSWORD__'],
    ['DB_PASSWORD', 'gcp-secret-manager:projects/x/secrets/y'],
    ['DB_PASSWORD', '>>vault:kv/data/agent-bom#password'],
    ['EOS_TOKEN', '</s>'],
    ['SPECIAL_TOKENS', '[CLS],[SEP]'],
    ['LOG_STREAM', `api/${random('hex', 32)}`],
    ['VAPID_PUBLIC', random('base62', 87)],
    ['TRACE_PARENT', `00-${random('hex', 32)}-${random('hex', 16)}-00`],
    ['FLAG_TOKEN_V2', 'rollout-25'],
    ['LOG_LEVELS', 'root=info,token=warn'],
    ['PRICE', `price_1${random('base62', 23)}`],
  ]),
  ...files([
    '{"password":"Password","token":"Access token","secret":"Secret name"}',
    '{"password":"Mot de passe","token":"Jeton","apiKey":"Clé d\'API"}',
    'password: Contraseña\nnewPassword: Nueva contraseña\n',
    'login.password=Password\nerror.token=The token has expired.\n',
    '{"passwordHint":"twelve letters","resetPassword":"Zurücksetzen"}',
    'PASSWORD=${DB_PASSWORD:?missing}\nif [ -z "$API_TOKEN" ]; then exit 1; fi\n',
    '{"password":"密码","token":"访问令牌"}',
    'htpasswd -bc /auth/htpasswd "$USER" "$PASSWORD"\n',
    'def test_password():\n    assert check(password="") is False\n    token = make(user, ttl=60)\n',
    'message Login { string user = 1; string password = 2; string token = 3; }',
    'type User { passwordHash: String @deprecated, token: String! }',
    `resolved "https://registry.example.com/a-1.0.0.tgz#${random('hex', 40)}"\nintegrity x\n`,
    'label.password=Password:\nlabel.secret=Secret:\n',
    'vault write auth/kubernetes/login role=a jwt=@/var/run/secrets/token',
    'kubectl create secret generic db --from-file=password=/run/secrets/db\n',
  ]),
  [
    'a key in a Secret',
    { remoteRef: { secretKey: 'password', key: 'prod/db' }, tls: { secretName: 'a', secretKey: 'b' } },
  ],
  ['a list of Secrets', { secretEnvVars: [{ name: 'TOKEN', secretName: 'x', secretKey: 'token' }] }],
  ['a cause of a change', { podAnnotations: { 'kubernetes.io/change-cause': `helm upgrade ${random('hex', 40)}` } }],
  ['switches', { featureFlags: { api_key_v2: 'canary' } }],
  ['a pool of nodes', { nodeSelector: { 'example.com/pool': 'secrets-pool-20240607081530' } }],
  ['a Secret next to an id', { clients: [{ id: 'agent-bom', secret: 'agent-bom-login-secret' }] }],
];

function files(contents: readonly string[]): [string, HelmValues][] {
  return contents.map((content) => [
    `a file with ${content.slice(0, 40)}`,
    { extraManifests: [{ kind: 'ConfigMap', data: { file: content } }] },
  ]);
}

function variables(items: readonly (readonly [string, string])[]): [string, HelmValues][] {
  return items.map(([name, value]) => [
    `the variable ${name}: ${value.slice(0, 40)}`,
    { scanner: { env: [{ name, value }] } },
  ]);
}
