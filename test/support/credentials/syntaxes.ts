import type { HelmValues } from '../../../contract/product/helm-values';
import { base64, random } from './tokens';

const UUID = '5f0a3c1e-9d11-4a7b-8e55-7e0d6a2c4f11';
/** The first bytes of a PKCS #12 file with a key, as openssl writes it. */
const KEY_STORE = `MIIJzwIBAzCCCYUGCSqGSIb3DQEHAaCCCXYEggly${random('base62', 200, 'store')}`;

/** Credentials in the syntax of commands, languages, configuration files and services. */
export const DISGUISED_IN_SYNTAX: readonly (readonly [what: string, values: HelmValues])[] = [
  ...files([
    ["CREATE ROLE app LOGIN PASSWORD 'letmein';"],
    ["CREATE USER 'app'@'%' IDENTIFIED BY 'letmein';"],
    ["define('DB_PASSWORD', 'letmein');"],
    ["<?php return ['password' => 'letmein'];"],
    ['p.setProperty("api_key", "letmein9")'],
    ['<server><username>ci</username><password>letmein</password></server>'],
    ['<add key="Username" value="ci" /><add key="ClearTextPassword" value="letmein" />'],
    ['<add name="db" connectionString="Server=db;Password=letmein;" />'],
    ['bind 0.0.0.0\nrequirepass letmein\n'],
    ['user app on >letmein ~* +@all'],
    ['userlist x\n  user admin insecure-password letmein\n'],
    ['[OUTPUT]\n    HTTP_User u\n    HTTP_Passwd letmein\n'],
    ['proxy_set_header X-Api-Key letmein-1234;'],
    [`proxy_set_header Authorization "Basic ${base64('app:letmein')}";`],
    ['name,password\nalice,letmein\n'],
    ['postgres: ${DB_PASSWORD:-letmein}'],
    ['spring.datasource.password=${DB_PASSWORD:letmein}'],
    [base64('auth:\n  adminPassword: letmein\n')],
    ['"app" "letmein9"', 'userlist.txt'],
    [KEY_STORE, 'keystore.p12'],
    ['/u3+7QAAAAIAAAABAAAAAQABYQAAAZ', 'keystore.jks'],
  ]),
  ...commands([
    ['mysql', '-uapp', '-pletmein'],
    ['redis-cli', '-a', 'letmein', 'ping'],
    ['sh', '-c', 'curl -su app:letmein https://a.example.com'],
    ['sh', '-c', 'docker login -u app -p letmein registry.example.com'],
    ['sh', '-c', 'echo letmein | helm registry login --password-stdin -u app registry.example.com'],
    ['sh', '-c', 'ldapsearch -D cn=x -w letmein'],
    ['sh', '-c', 'openssl enc -d -aes256 -k letmein -in x'],
    ['psql', '-c', "alter user app with password 'letmein'"],
    ['--user=root:letmein'],
  ]),
  ...variables([
    ['REDISCLI_AUTH', 'Qx7letmein'],
    ['NEO4J_AUTH', 'neo4j/letmein12'],
    ['ORACLE', 'app/letmein@//db.internal:1521/ORCL'],
    ['HSM_PIN', '839201'],
    ['BOOTSTRAP_OTP', '839201'],
    ['VAULT_SECRET_ID', UUID],
    ['OTEL_EXPORTER_OTLP_HEADERS', `x-honeycomb-team=${random('base62', 22, 'q')}`],
    ['LOGS', `https://logs-01.loggly.com/inputs/${UUID}/tag/http`],
    ['LOGS', `https://endpoint4.collection.sumologic.com/receiver/v1/http/${random('base62', 80, 's')}==`],
    ['BEAT', `https://uptime.example.com/api/v1/heartbeat/${random('base36', 24, 't')}`],
    ['ON_CALL', `https://alert.victorops.com/integrations/generic/20131114/alert/${UUID}/ops`],
    ['RPC', `https://mainnet.infura.io/v3/${random('hex', 32, 'u')}`],
    ['EVENTS', `https://intake.example.com/v2/events?dd-api-key=${random('hex', 32, 'v')}`],
    ['DOWNLOAD', `https://storage.googleapis.com/b/o?X-Goog-Signature=${random('hex', 64, 'w')}`],
    ['FLAGS', `sdk-${UUID}`],
    ['NETWORK', `tskey-auth-${random('base62', 11, 'x')}CNTRL-${random('base62', 32, 'y')}`],
  ]),
  ['the name of a map', { passwords: { alice: 'letmein-1' } }],
  ['the name of a map of tokens', { tokens: { ci: 'letmein-42' } }],
  ['a token as key of a map of tokens', { tokens: { [random('base62', 40, 'z')]: 'admin' } }],
  ['the content of a Secret in a map of another name', { extraSecret: { stringData: { user: 'letmein' } } }],
  ['variables that a chart makes a Secret of', { secretEnv: { COLOUR: 'letmein' } }],
  ['codes for recovery', { recovery: { recoveryCodes: 'letmein-c3d4' } }],
];

/** What looks like the above and holds no credential. */
export const HARMLESS_IN_SYNTAX: readonly (readonly [what: string, values: HelmValues])[] = [
  ...files([
    ["alter role app password :'app_password';"],
    ['import os\npassword = os.environ["DB_PASSWORD"]\ntoken = get_token()\nSECRET_KEY = os.getenv("SECRET_KEY")\n'],
    ['let token = await fetchToken(id)\nconst apiKey = process.env.API_KEY;\n'],
    ['<server><username>${env.U}</username><password>${env.P}</password></server>'],
    ['<config><tokenTtl>3600</tokenTtl><authMode>oidc</authMode><secretName>db</secretName></config>'],
    ['<form><input type="password" name="password" placeholder="Password"/><button>Log in</button></form>'],
    ['exporters:\n  otlp:\n    headers:\n      api-key: ${env:API_KEY}\n'],
    ['spring:\n  datasource:\n    username: ${DB_USER:app}\n    password: ${DB_PASSWORD}\n'],
    ['mask:\n  - "(?i)(password|token|secret)=\\\\S+"\n  - "token=\\\\w+"\n'],
    ['[Peer]\nPublicKey = QcEOVMw4pH0awrufB7IZ60VJgaL1GlzWHJJjMfs9f+I=\nEndpoint = vpn.example.com:51820'],
    [`${random('hex', 64, '1')}  agent-bom.tar.gz\n${random('hex', 64, '2')} *agent-bom.sig\n`],
    [`FileChecksum: SHA1: ${random('hex', 40, '3')}\nFileChecksum: MD5: ${random('hex', 32, '4')}`],
    [`hashes = [\n "h1:${random('base62', 43, '5')}=",\n "zh:${random('hex', 64, '6')}",\n]`],
    ['password_encryption = scram-sha-256\nhost all all 127.0.0.1/32 password\n'],
    ['maxmemory 256mb\naclfile /etc/redis/users.acl\nprotected-mode yes\n'],
    ['auth_request_set $token $upstream_http_x_token;\nproxy_set_header X-Auth-Token $http_x_auth_token;\n'],
    ['more_clear_headers X-Api-Key X-Token;\nallow_headers X-Api-Key X-Token\n'],
    ['password: Passwort eingeben\ntoken: Enter your token\n'],
    [KEY_STORE, 'truststore.p12'],
  ]),
  ...commands([
    ['sh', '-c', 'mysql -u app -p"$PW" x'],
    ['sh', '-c', 'psql -v password="$PW" -f x.sql'],
    ['sh', '-c', 'kubectl create secret generic a --from-literal=password="$PW"'],
    ['sh', '-c', 'echo "$PW" | docker login -u app --password-stdin registry.example.com'],
    ['sh', '-c', 'docker run -p 8080:8080 registry.example.com/app'],
    ['sh', '-c', 'mkdir -p /data && openssl enc -d -pass env:PW -in x'],
    ['sh', '-c', 'export TOKEN=$(cat /run/secrets/token); exec run'],
    ['--user', '1000:1000'],
    ['--user', 'nginx:nginx'],
    ['--user=nobody:nogroup'],
    ['--cookie-secret-file=/run/s', `--client-id=${random('base36', 20, '7')}`],
  ]),
  ...variables([
    ['SMTP_AUTH', 'CRAM-MD5'],
    ['MAIL_AUTH', 'xoauth2'],
    ['DB_AUTH', 'scram-sha-256'],
    ['SENTRY_RELEASE', `agent-bom@${random('hex', 40, '8')}`],
    ['PUBLIC_KEY_PINS', `pin-sha256="${random('base62', 43, '9')}="; max-age=5184000`],
    ['WORKSPACE', '01ARZ3NDEKTSV4RRFFQ69G5FAV'],
    ['ADMIN_SUBJECTS', `auth0|${random('hex', 24, '0')}`],
    ['DB_PASSWORD', 'akv:db-password@azurekeyvault'],
    ['SECRET_ID', 'prod/agent-bom/db'],
    ['OTP_ISSUER', '20261127'],
    ['SOURCE', `https://github.com/example/x/commit/${random('hex', 40, 'i')}`],
  ]),
  ['the key of a Secret', { scanner: { cloud: { snowflake: { keySecretName: 'mine', keySecretKey: 'rsa_key.p8' } } } }],
  ['switches in a map of passwords', { passwords: { enabled: true, minimum: 12, existingSecret: 'mine' } }],
];

function files(items: readonly (readonly [content: string, name?: string])[]): [string, HelmValues][] {
  return items.map(([content, name = 'file']) => [
    `the file ${name} with ${content.slice(0, 40)}`,
    { extraManifests: [{ kind: 'ConfigMap', data: { [name]: content } }] },
  ]);
}

function commands(items: readonly string[][]): [string, HelmValues][] {
  return items.map((command) => [`the command ${command.join(' ')}`, { scanner: { command } }]);
}

function variables(items: readonly (readonly [string, string])[]): [string, HelmValues][] {
  return items.map(([name, value]) => [
    `the variable ${name}: ${value.slice(0, 30)}`,
    { scanner: { env: [{ name, value }] } },
  ]);
}
