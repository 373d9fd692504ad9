import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ADMIN_LOGIN, backupBucketName, DATABASE_NAME, DATABASE_PORT } from '../../../contract/names';
import { PROGRAM_ROOT } from '../../../program-root';
import type { ServerCertificates } from '../../embedded/certificates';
import type { KubernetesObject } from '../../shared/cluster/kubernetes-objects';
import { ENVIRONMENT_NAME } from './environment';
import type { RehearsalSecrets } from './secrets';

/** Name of the server's pod and Service. */
export const SERVER = 'rehearsal-postgres';
/** Name of the pod and Service that stand for S3. */
export const STORE = 'rehearsal-s3';
/** Port of the emulator of S3. */
export const STORE_PORT = 5000;
/** Account that the emulator answers for. */
const ACCOUNT = '123456789012';
/** Bucket for the dumps, where `doctor` looks for those of the environment. */
export const BUCKET = backupBucketName(ENVIRONMENT_NAME, ACCOUNT);
const USER = 999;
const SERVER_SCRIPT = join(PROGRAM_ROOT, 'commands', 'rehearse', 'cluster', 'server.sh');
const MAX_CONNECTIONS = 450;
const RESTRICTED = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  runAsUser: USER,
  runAsGroup: USER,
  seccompProfile: { type: 'RuntimeDefault' },
};

/** Images of what plays AWS. */
export interface RehearsalImages {
  readonly postgres: string;
  readonly s3: string;
}

/** A PostgreSQL with the privileges and the TLS of RDS, and an emulator of S3. Both keep everything in their pods. */
export function awsStandIns(
  namespace: string,
  images: RehearsalImages,
  certificates: ServerCertificates,
  secrets: RehearsalSecrets,
): KubernetesObject[] {
  const metadata = (name: string) => ({ name, namespace, labels: { app: name } });
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: metadata(SERVER),
      data: { 'server.sh': readFileSync(SERVER_SCRIPT, 'utf8') },
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: metadata(SERVER),
      stringData: {
        'tls.crt': certificates.certificate,
        'tls.key': certificates.privateKey,
        SUPERUSER_PASSWORD: secrets.password('rdsadmin'),
        ADMIN_PASSWORD: secrets.password(ADMIN_LOGIN),
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: metadata(SERVER),
      spec: pod(
        {
          image: images.postgres,
          command: ['bash', '/server/server.sh'],
          env: [
            { name: 'PGDATA', value: '/data/pgdata' },
            { name: 'DATABASE', value: DATABASE_NAME },
            { name: 'ADMIN_LOGIN', value: ADMIN_LOGIN },
            { name: 'MAX_CONNECTIONS', value: String(MAX_CONNECTIONS) },
            ...['SUPERUSER_PASSWORD', 'ADMIN_PASSWORD'].map((key) => ({
              name: key,
              valueFrom: { secretKeyRef: { name: SERVER, key } },
            })),
          ],
          readinessProbe: {
            exec: { command: ['test', '-e', '/tmp/ready'] },
            periodSeconds: 2,
            timeoutSeconds: 5,
            failureThreshold: 60,
          },
          volumeMounts: [
            { name: 'script', mountPath: '/server', readOnly: true },
            { name: 'certificates', mountPath: '/certificates', readOnly: true },
            { name: 'data', mountPath: '/data' },
            { name: 'tmp', mountPath: '/tmp' },
          ],
        },
        [
          { name: 'script', configMap: { name: SERVER } },
          {
            name: 'certificates',
            secret: { secretName: SERVER, items: ['tls.crt', 'tls.key'].map((key) => ({ key, path: key })) },
          },
        ],
      ),
    },
    service(metadata(SERVER), DATABASE_PORT),
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: metadata(STORE),
      spec: pod({
        image: images.s3,
        command: ['moto_server', '-H', '0.0.0.0', '-p', String(STORE_PORT)],
        env: [
          { name: 'HOME', value: '/tmp' },
          // Its name in the cluster has dots, and would be taken for that of a bucket.
          { name: 'S3_IGNORE_SUBDOMAIN_BUCKETNAME', value: 'true' },
        ],
        readinessProbe: { tcpSocket: { port: STORE_PORT }, periodSeconds: 2, timeoutSeconds: 5, failureThreshold: 60 },
        volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
      }),
    },
    service(metadata(STORE), STORE_PORT),
  ];
}

/** Variables that lead the AWS CLI to the emulator, which accepts every credential. */
export function storeVariables(namespace: string): { readonly name: string; readonly value: string }[] {
  return [
    { name: 'AWS_ENDPOINT_URL', value: `http://${STORE}.${namespace}.svc:${STORE_PORT}` },
    { name: 'AWS_ACCESS_KEY_ID', value: 'rehearsal' },
    { name: 'AWS_SECRET_ACCESS_KEY', value: 'rehearsal' },
  ];
}

/** Makes the bucket, with the Python that the emulator runs on. */
export const MAKE_BUCKET = [
  'python3',
  '-c',
  `import urllib.request as u; u.urlopen(u.Request('http://127.0.0.1:${STORE_PORT}/${BUCKET}', method='PUT'))`,
];

function pod(container: object, volumes: readonly object[] = []): object {
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 1,
    securityContext: { fsGroup: USER },
    containers: [{ name: 'main', securityContext: RESTRICTED, ...container }],
    volumes: [...volumes, { name: 'data', emptyDir: {} }, { name: 'tmp', emptyDir: {} }],
  };
}

function service(metadata: KubernetesObject['metadata'], port: number): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: metadata.labels, ports: [{ port }] } };
}
