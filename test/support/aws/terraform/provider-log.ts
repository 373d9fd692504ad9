import { textAt } from '../../../../commands/shared/program-runner';

/** What IAM calls the services that the SDK calls otherwise; the others in lower case and without spaces. */
const SERVICES: Readonly<Record<string, string>> = {
  'CloudWatch Logs': 'logs',
  EventBridge: 'events',
  'S3 Control': 's3',
  'Resource Groups Tagging API': 'tag',
};

/** Operations of S3 whose permission has another name. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html */
const S3_ACTIONS: Readonly<Record<string, string>> = {
  DeleteBucketEncryption: 'PutEncryptionConfiguration',
  DeleteBucketLifecycle: 'PutLifecycleConfiguration',
  DeleteBucketOwnershipControls: 'PutBucketOwnershipControls',
  DeleteBucketTagging: 'PutBucketTagging',
  DeletePublicAccessBlock: 'PutBucketPublicAccessBlock',
  GetBucketAccelerateConfiguration: 'GetAccelerateConfiguration',
  GetBucketCors: 'GetBucketCORS',
  GetBucketEncryption: 'GetEncryptionConfiguration',
  GetBucketLifecycleConfiguration: 'GetLifecycleConfiguration',
  GetBucketNotificationConfiguration: 'GetBucketNotification',
  GetBucketReplication: 'GetReplicationConfiguration',
  GetObjectLockConfiguration: 'GetBucketObjectLockConfiguration',
  GetPublicAccessBlock: 'GetBucketPublicAccessBlock',
  HeadBucket: 'ListBucket',
  PutBucketEncryption: 'PutEncryptionConfiguration',
  PutBucketLifecycleConfiguration: 'PutLifecycleConfiguration',
  PutBucketNotificationConfiguration: 'PutBucketNotification',
  PutPublicAccessBlock: 'PutBucketPublicAccessBlock',
};

/** Something that the provider asked of AWS: `action resource`, the resource as in an ARN where its URL names one. */
export type ProviderCall = string;

/** The requests in a log of the AWS provider as `TF_LOG=JSON` writes it, each once. */
export function providerCalls(log: string): ProviderCall[] {
  const calls = log
    .split('\n')
    .filter((line) => line.includes('"HTTP Request Sent"'))
    .map((line) => {
      const request: unknown = JSON.parse(line);
      const [name = '', operation = ''] = textAt(request, 'rpc.method').split('/');
      const service = SERVICES[name] ?? name.toLowerCase().replaceAll(' ', '');
      const action = `${service}:${service === 's3' ? (S3_ACTIONS[operation] ?? operation) : operation}`;
      return `${action} ${resourceOf(service, new URL(textAt(request, 'http.url')))}`;
    });
  return [...new Set(calls)].sort();
}

/** The bucket or the cluster, which the URL names. What other requests are about is in their bodies, which the log hides. */
function resourceOf(service: string, url: URL): string {
  const [, first = '', second = ''] = decodeURIComponent(url.pathname).split('/');
  if (service === 's3') return first === '' || first === 'v20180820' ? '*' : first;
  return service === 'eks' ? `cluster/${second}` : '*';
}
