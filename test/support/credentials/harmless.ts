import { regionAuthorities } from '../../../contract/aws/certificate-authorities';
import type { HelmValues } from '../../../contract/product/helm-values';
import { base64, body, KEYS, random } from './tokens';

const CERTIFICATES = regionAuthorities('eu-west-1') ?? '';
const [CERTIFICATE = ''] = CERTIFICATES.split(/(?<=-----END CERTIFICATE-----)/);
const UUID = `${random('hex', 8)}-${random('hex', 4)}-4${random('hex', 3)}-a${random('hex', 3)}-${random('hex', 12)}`;

/** Values without a credential, by what they may be taken for. */
export const HARMLESS: readonly (readonly [what: string, values: HelmValues])[] = [
  ...annotations([
    ['nginx.ingress.kubernetes.io/auth-secret', 'basic-auth'],
    ['nginx.ingress.kubernetes.io/auth-secret', 'ingress/basic-auth'],
    ['nginx.ingress.kubernetes.io/auth-secret-type', 'auth-file'],
    ['nginx.ingress.kubernetes.io/auth-tls-secret', 'agent-bom/client-ca'],
    ['nginx.ingress.kubernetes.io/auth-realm', 'Authentication Required - agent-bom'],
    ['nginx.ingress.kubernetes.io/auth-url', 'https://auth.example.com/oauth2/auth?rd=$escaped_request_uri'],
    ['nginx.ingress.kubernetes.io/auth-response-headers', 'Authorization, X-Auth-Request-Access-Token'],
    ['nginx.ingress.kubernetes.io/configuration-snippet', 'proxy_set_header X-Token $http_x_token;'],
    ['vault.hashicorp.com/agent-inject', 'true'],
    ['vault.hashicorp.com/agent-inject-token', 'true'],
    ['vault.hashicorp.com/agent-inject-secret-db-creds', 'database/creds/agent-bom'],
    ['vault.hashicorp.com/agent-inject-secret-password', 'secret/data/agent-bom/app'],
    [
      'vault.hashicorp.com/agent-inject-template-db',
      '{{- with secret "database/creds/app" -}}\nexport URL="postgresql://{{ .Data.username }}:{{ .Data.password }}@db/x"\n{{- end }}',
    ],
    ['vault.hashicorp.com/role', 'agent-bom'],
    ['secret.reloader.stakater.com/reload', 'agent-bom-tls,agent-bom-oidc'],
    ['cert-manager.io/private-key-rotation-policy', 'Always'],
    ['cert-manager.io/cluster-issuer', 'letsencrypt-prod'],
    ['traefik.ingress.kubernetes.io/router.middlewares', 'agent-bom-basic-auth@kubernetescrd'],
    ['alb.ingress.kubernetes.io/auth-idp-oidc', `{"issuer":"https://x.okta.com","secretName":"oidc","scope":"openid"}`],
    ['alb.ingress.kubernetes.io/certificate-arn', `arn:aws:acm:eu-west-1:111122223333:certificate/${UUID}`],
    ['alb.ingress.kubernetes.io/subnets', `subnet-${random('hex', 17)}, subnet-${random('hex', 17, 'b')}`],
    ['alb.ingress.kubernetes.io/auth-session-timeout', '86400'],
    ['eks.amazonaws.com/role-arn', 'arn:aws:iam::111122223333:role/agent-bom-secret-reader'],
    ['eks.amazonaws.com/token-expiration', '86400'],
    ['checksum/config', random('hex', 64)],
    ['checksum/secret', random('hex', 64, 'b')],
    ['app.example.com/commit', random('hex', 40)],
    ['argocd.argoproj.io/tracking-id', 'agent-bom:apps/Deployment:agent-bom/agent-bom-api'],
    ['prometheus.io/scrape', 'true'],
    ['linkerd.io/inject', 'disabled'],
  ]),
  ...variables([
    ['CLIENT_SECRET_FILE', '/run/secrets/client-secret'],
    ['DB_PASSWORD', '$(TOKEN)'],
    ['DB_PASS', '${DB_PASS}'],
    ['API_TOKEN', '{{ .Values.token }}'],
    ['AUTHORIZATION', 'Bearer $(TOKEN)'],
    ['DATABASE_URL', 'postgresql://$(USER):$(PASSWORD)@db:5432/agent_bom'],
    ['REDIS_URL', 'redis://cache:6379/0'],
    ['OIDC_CLIENT_ID', random('base36', 26)],
    ['GOOGLE_CLIENT_ID', `123456789012-${random('base36', 32)}.apps.googleusercontent.com`],
    ['OIDC_ISSUER', 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_aB3dE5gHi'],
    ['AZURE_TENANT', UUID],
    ['AUTHORITY', `https://login.microsoftonline.com/${UUID}/v2.0`],
    ['TOKEN_URL', 'https://auth.example.com/oauth2/token'],
    ['TOKEN_ENDPOINT', 'https://auth.example.com/oauth2/token'],
    ['TOKEN_TTL', '3600'],
    ['ACCESS_TOKEN_LIFETIME', '15m'],
    ['SESSION_TOKEN', '{{ placeholder }}'],
    ['PASSWORD_POLICY', 'strict'],
    ['PASSWORD_MIN_LENGTH', '12'],
    ['SECRET_PROVIDER', 'aws_secrets_manager'],
    ['SECRET_NAME', 'agent-bom-oidc'],
    ['SECRETS_MANAGER_ARN', 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:a/b-AbCdEf'],
    ['DB_PASSWORD_SECRET', 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:a/b-AbCdEf'],
    ['MAIL_PASSWORD', 'vault:secret/data/mail#password'],
    ['API_KEY', 'ref+awssecrets://prod/agent-bom#/key'],
    ['AUTH_TOKEN_ENABLED', 'true'],
    ['USE_TOKEN', 'false'],
    ['GIT_COMMIT', random('hex', 40)],
    ['IMAGE_DIGEST', `sha256:${random('hex', 64)}`],
    ['IMAGE', `111122223333.dkr.ecr.eu-west-1.amazonaws.com/a/b:1.2.3@sha256:${random('hex', 64)}`],
    ['INTEGRITY', `sha384-${random('base64', 64)}`],
    ['KMS_KEY', `arn:aws:kms:eu-west-1:111122223333:key/${UUID}`],
    ['KMS_KEY_ID', UUID],
    ['PARTITION_KEY', 'tenant'],
    ['CACHE_KEY', 'agent-bom:v2:findings'],
    ['SORT_KEYS', 'true'],
    ['PUBLIC_KEY', body(KEYS.publicKey)],
    ['STRIPE_PUBLISHABLE', `pk_${'live_'}${random('base62', 24)}`],
    ['COOKIE_NAME', '__Host-session'],
    ['COOKIE_DOMAIN', '.example.com'],
    ['NO_PROXY', '10.0.0.0/8,169.254.169.254,.svc,.cluster.local,db.example.com'],
    ['TRUSTED', '10.0.0.0/8,fd00:ec2::/32'],
    ['TLS_CIPHERS', 'ECDHE-RSA-AES128-GCM-SHA256:TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384'],
    ['TLS_KEY', '/etc/tls/tls.key'],
    ['BYPASS', 'localhost'],
    ['PROXY_PASS', 'http://upstream'],
    ['COMPASS', 'north'],
    ['LOG_FORMAT', '%(asctime)s %(levelname)s %(token)s'],
    ['JAVA_OPTS', '-Xmx512m -Djavax.net.ssl.trustStorePassword=$(TRUST_PASSWORD)'],
    ['PWD', '/opt/agent-bom'],
    ['AUTHOR', 'Jane Doe <jane@example.com>'],
    ['TOKENIZER', 'cl100k_base'],
    ['MAX_TOKENS', '4096'],
    ['MODEL', 'claude-sonnet-4-20250514'],
    ['TRACEPARENT', `00-${random('hex', 32)}-${random('hex', 16)}-01`],
    ['AWS_ROLE_SESSION_NAME', 'agent-bom-scanner'],
    ['DB_HOST', `agent-bom.${random('base36', 12)}.eu-west-1.rds.amazonaws.com`],
    ['BUCKET', 'prod-agent-bom-111122223333'],
    ['ISSUER', `https://oidc.eks.eu-west-1.amazonaws.com/id/${random('hex', 32).toUpperCase()}`],
    ['CRON', '17 4 1 * *'],
    ['EMPTY_PASSWORD', ''],
    ['GREETING', 'The password is required, the token optional.'],
  ]),
  ['valueFrom', { env: [{ name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }] }],
  ['envFrom', { envFrom: [{ secretRef: { name: 'agent-bom-auth' } }] }],
  ['an existing Secret', { existingSecret: 'my-secret', existingSecretPasswordKey: 'password' }],
  [
    'an existing Secret in a section',
    { auth: { existingSecret: 'agent-bom-auth', secretKeys: { adminPasswordKey: 'admin-password' } } },
  ],
  ['the name of a Secret', { tls: { secretName: 'tls' }, imagePullSecrets: [{ name: 'regcred' }] }],
  ['a pull Secret', { pullSecret: 'regcred', tlsSecret: 'tls', credentialsSecret: 'cloud' }],
  [
    'a volume',
    {
      volumes: [
        { name: 'token', projected: { sources: [{ serviceAccountToken: { path: 'token', audience: 'vault' } }] } },
      ],
    },
  ],
  [
    'a Secret without content',
    {
      extra: [
        { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/service-account-token', metadata: { name: 'a' } },
      ],
    },
  ],
  [
    'a SealedSecret',
    { extra: [{ kind: 'SealedSecret', spec: { encryptedData: { password: `Ag${random('base64', 300)}` } } }] },
  ],
  [
    'an ExternalSecret',
    {
      extra: [
        {
          kind: 'ExternalSecret',
          spec: {
            secretStoreRef: { name: 'vault', kind: 'ClusterSecretStore' },
            target: { name: 'a', template: { data: { url: 'postgresql://{{ .user }}:{{ .password }}@db/x' } } },
            data: [{ secretKey: 'password', remoteRef: { key: 'prod/agent-bom/app', property: 'password' } }],
          },
        },
      ],
    },
  ],
  [
    'a SecretProviderClass',
    {
      extra: [
        {
          kind: 'SecretProviderClass',
          spec: { parameters: { objects: '- objectName: "prod/app"\n  objectType: "secretsmanager"\n' } },
        },
      ],
    },
  ],
  [
    'a reference to a Secret by kind',
    { valuesFrom: [{ kind: 'Secret', name: 'agent-bom-values', valuesKey: 'values.yaml' }] },
  ],
  ['certificates', { caBundle: CERTIFICATES }],
  ['certificates in base64', { webhook: { caBundle: base64(CERTIFICATES) } }],
  ['a certificate in one line', { something: body(`${CERTIFICATE.trim()}\n`) }],
  ['a public key', { verification: KEYS.publicKey }],
  [
    'a JSON Web Key Set',
    { jwks: `{"keys":[{"kty":"EC","kid":"1","x":"${random('base62', 43)}","y":"${random('base62', 43, 'y')}"}]}` },
  ],
  ['a key of SSH', { knownHosts: `github.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5${random('base62', 48)}` }],
  ['a picture', { branding: { image: `data:image/png;base64,${random('base64', 200)}` } }],
  ['a configuration in base64', { blob: base64('{"level": "info", "format": "json"}') }],
  ['a document', { config: 'auth:\n  type: oidc\n  token_env: JIRA_TOKEN\n  existingSecret: jira\n' }],
  [
    'a script',
    {
      args: [
        'sh',
        '-c',
        'export PGPASSWORD=$(cat /run/secrets/pw) TOKEN="$API_TOKEN"; exec run --token-file /run/token',
      ],
    },
  ],
  [
    'arguments',
    { args: ['--token-ttl=3600', '--password-file', '/run/password', '--auth', 'oidc', '--user', 'agent-bom'] },
  ],
  ['a priority class', { priorityClassName: 'agent-bom-admin', priorityClass: { name: 'agent-bom-app-g1' } }],
  ['a label', { podLabels: { 'app.kubernetes.io/version': random('hex', 40), tier: 'secret' } }],
  ['a node selector', { nodeSelector: { 'karpenter.sh/nodepool': 'agent-bom-backup', dedicated: 'password-manager' } }],
  ['a toleration', { tolerations: [{ key: 'token', operator: 'Equal', value: 'secret', effect: 'NoSchedule' }] }],
  ['a tag', { proxy: { tag: random('hex', 40) } }],
  ['a short tag', { scanner: { tag: `main-${random('hex', 7)}-20261127T162106Z` } }],
  ['a switch', { automountServiceAccountToken: false, token: { enabled: true, ttl: '1h' } }],
  [
    'networks',
    { networkPolicy: { additionalEgress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }] }] } },
  ],
  ['a route', { proxy: { routes: ['/v1/auth/token', '/v1/secrets/{id}', '/oauth2/callback'] } }],
  ['an address of Git', { repo: 'ssh://git@github.com/example/agent-bom.git', other: 'git@github.com:example/a.git' }],
  ['an address with a query', { url: 'https://example.com/search?page=2&sort=token&state=open' }],
  [
    'a rule of Prometheus',
    { rules: [{ expr: 'sum(rate(http_requests_total{path=~"/v1/token.*"}[5m])) by (pod) > 10' }] },
  ],
  ['a hash of a password policy', { hashing: { algorithm: 'argon2id', memory: 65536, passwordHashing: 'bcrypt' } }],
  [
    'names of classes',
    { aws: { policy: 'AmazonEKSWorkerNodePolicy', nodeClass: 'ip-10-0-12-34.eu-west-1.compute.internal' } },
  ],
  ['a description', { notes: 'Ask the platform team for the password: it is in the vault.' }],
  ['a mask', { auth: { password: '********', token: '<your token>', apiKey: 'REPLACE_ME_WITH_A_KEY' } }],
  ['a generated name', { pod: 'agent-bom-api-7d9f8b6c5d-x2x4z', job: 'agent-bom-migrate-0a1b2c3d4e-5f6071' }],
];

function annotations(items: readonly (readonly [string, string])[]): [string, HelmValues][] {
  return items.map(([name, value]) => [
    `the annotation ${name}: ${value.slice(0, 30)}`,
    { podAnnotations: { [name]: value } },
  ]);
}

function variables(items: readonly (readonly [string, string])[]): [string, HelmValues][] {
  return items.map(([name, value]) => [`the variable ${name}`, { scanner: { env: [{ name, value }] } }]);
}
