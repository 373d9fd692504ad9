import { minimal, minimalExisting } from './environments';
import type { Block } from './template';

export const ACCOUNT = '111122223333';
const SECRET_ARN = `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:platform/agent-bom-a1b2c3`;
export const KEY_ID = '0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9';
const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

/** Every way for the API to know who asks, with secrets in Secrets Manager. */
export const AUTHENTICATION = {
  trustedProxy: { issuer: 'https://auth.example.com' },
  oidc: {
    issuer: 'https://login.example.com',
    audience: 'agent-bom',
    jwksUri: 'https://login.example.com/keys',
    browser: {
      clientId: 'agent-bom',
      redirectUri: 'https://agent-bom.example.com/callback',
      clientSecret: { secretArn: SECRET_ARN, property: 'client-secret' },
    },
  },
  saml: {
    idpEntityId: 'https://idp.example.com/metadata',
    idpSsoUrl: 'https://idp.example.com/sso',
    idpCertificate: CERTIFICATE,
    spEntityId: 'https://agent-bom.example.com/saml/metadata',
    acsUrl: 'https://agent-bom.example.com/v1/auth/saml/login',
  },
  scim: { bearerToken: { secretArn: SECRET_ARN, property: 'scim' } },
  apiKeys: { secretArn: SECRET_ARN, property: 'api-keys' },
};

/** The same ways, with secrets that are in the namespace. */
export const AUTHENTICATION_IN_NAMESPACE = over(
  {
    ...AUTHENTICATION,
    scim: { bearerToken: { secretName: 'agent-bom-scim', key: 'token' } },
    apiKeys: { secretName: 'agent-bom-api-keys', key: 'keys' },
  },
  { oidc: { browser: { clientSecret: undefined } } },
);

/** Much of what an instance can have at once. */
const LARGE = {
  cluster: {
    vpcId: 'vpc-0a1b2c3d',
    oidcProviderArn: `arn:aws:iam::${ACCOUNT}:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/0A1B`,
    permissionsBoundaryArn: `arn:aws:iam::${ACCOUNT}:policy/boundary`,
  },
  database: {
    access: { securityGroupIds: ['sg-0a1b2c3d'], cidrs: ['10.20.0.0/16'] },
    instanceClass: 'db.m7g.large',
    storageGib: 400,
    iops: 13_000,
    throughputMibps: 600,
    iamAuthentication: true,
    replication: { region: 'eu-central-1' },
    restore: { sourceIdentifier: 'prod-before', time: '2026-01-31T09:30:00Z' },
  },
  alarms: { emails: ['oncall@example.com'] },
  podRoles: { api: { policyArns: [`arn:aws:iam::${ACCOUNT}:policy/reports`] } },
  namespace: { name: 'team', create: false },
  authentication: AUTHENTICATION,
  backup: { restore: { dump: '2026-01-31T03-00-00Z' } },
  release: {
    autoscaling: { minimumReplicas: 2, maximumReplicas: 4 },
    ingress: { host: 'agent-bom.example.com' },
    images: { registry: 'registry.example.com/docker-hub', pullSecretName: 'registry' },
  },
  state: { bucket: 'states', region: 'eu-west-1' },
};

/** Valid environment files of every kind, as objects to change. */
export const VARIETIES = {
  instance: minimal(),
  large: over(minimal(), LARGE),
  aurora: over(minimal(), { database: { form: 'aurora' } }),
  serverless: over(minimal(), {
    database: {
      form: 'aurora',
      aurora: { minimumCapacity: 2, maximumCapacity: 8 },
      restore: { snapshotIdentifier: 'prod-final' },
    },
  }),
  existing: minimalExisting(),
  existingLarge: over(minimalExisting(), { authentication: AUTHENTICATION, secrets: { generation: 2 } }),
  existingInNamespace: over(minimalExisting(), {
    secrets: { delivery: 'existing', existing: undefined, readerRoleArn: undefined },
  }),
  gitops: over(minimal(), { release: { managedBy: 'gitops' }, authentication: AUTHENTICATION }),
  terraform: over(minimal(), { secrets: { delivery: 'terraform' }, authentication: AUTHENTICATION }),
  inNamespace: over(minimal(), {
    secrets: { delivery: 'existing' },
    authentication: AUTHENTICATION_IN_NAMESPACE,
  }),
  podIdentity: over(minimal(), {
    cluster: { podRoles: 'pod-identity' },
    database: { subnetIds: undefined, access: { pods: 'namespace' } },
  }),
  unprotected: over(minimal(), { releaseProtection: true, alarms: { enabled: false }, backup: { enabled: false } }),
} as const satisfies Record<string, object>;

export type Variety = keyof typeof VARIETIES;

/** One object over another, section by section; what is undefined goes. */
export function over(under: Block, change: Block): Block {
  if (typeof change !== 'object' || change === null || Array.isArray(change)) return change;
  const keys = Object.entries(change).map(([key, value]) => [key, over(under?.[key], value)]);
  const whole = { ...under, ...Object.fromEntries(keys) };
  return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined));
}

/** The same file in another place: its ARNs and hosts belong to that region and partition. */
export function inPlace(file: object, { region, second, partition }: Place): object {
  const domain = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  const text = JSON.stringify(file)
    .replaceAll('arn:aws:', `arn:${partition}:`)
    .replaceAll('eu-west-1.rds.amazonaws.com', `eu-west-1.rds.${domain}`)
    .replaceAll('eu-west-1', region)
    .replaceAll('eu-central-1', second);
  return JSON.parse(text);
}

/** Two regions of a partition. */
export interface Place {
  readonly region: string;
  readonly second: string;
  readonly partition: string;
}

/** A place in every partition, and one in a region whose certificate authorities are not bundled. */
export const PLACES: readonly Place[] = [
  { region: 'eu-west-1', second: 'eu-central-1', partition: 'aws' },
  { region: 'ap-southeast-2', second: 'us-east-1', partition: 'aws' },
  { region: 'il-central-1', second: 'eu-central-1', partition: 'aws' },
  { region: 'cn-north-1', second: 'cn-northwest-1', partition: 'aws-cn' },
  { region: 'us-gov-west-1', second: 'us-gov-east-1', partition: 'aws-us-gov' },
  { region: 'us-iso-east-1', second: 'us-iso-west-1', partition: 'aws-iso' },
  { region: 'us-isob-east-1', second: 'us-isob-west-1', partition: 'aws-iso-b' },
  { region: 'eu-isoe-west-1', second: 'eu-isoe-east-1', partition: 'aws-iso-e' },
  { region: 'us-isof-south-1', second: 'us-isof-east-1', partition: 'aws-iso-f' },
  { region: 'eusc-de-east-1', second: 'eusc-de-west-1', partition: 'aws-eusc' },
];
