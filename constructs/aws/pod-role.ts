import { DataAwsIamOpenidConnectProvider } from '@cdktf/provider-aws/lib/data-aws-iam-openid-connect-provider';
import { DataAwsIamPolicyDocument } from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import type { StoredSecret } from '../postgres-endpoint';
import type { BackupBucket } from './backup-bucket';
import type { EksCluster } from './eks-cluster';
import type { EncryptionKey } from './encryption-key';

/** Who may take the role on. */
export interface PodRoleProps {
  /** Name of the role, at most 64 characters. Changing it REPLACES the role. */
  readonly name: string;
  /** What the role is for, in one line. */
  readonly description: string;
  /** Cluster whose ServiceAccounts are meant. It needs an IAM OIDC provider. */
  readonly cluster: EksCluster;
  /** The only ServiceAccount that may take the role on. */
  readonly serviceAccount: ServiceAccountName;
}

/** A ServiceAccount, which may be created later. */
export interface ServiceAccountName {
  /** Namespace of the ServiceAccount. */
  readonly namespace: string;
  /** Name of the ServiceAccount. */
  readonly name: string;
}

/**
 * IAM role for one ServiceAccount of one cluster (IRSA). It may do nothing until a `grant` method says so.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html
 */
export class PodRole extends Construct {
  /** ARN of the role. */
  readonly arn: string;
  private readonly role: IamRole;

  constructor(scope: Construct, id: string, props: PodRoleProps) {
    super(scope, id);
    this.role = new IamRole(this, 'role', {
      name: props.name,
      description: props.description,
      assumeRolePolicy: this.trust(props).json,
    });
    this.arn = this.role.arn;
  }

  /**
   * Lets the role read these secrets and no others, and decrypt with their key as far as reading them needs it. Called
   * once: the secrets are the whole of its policy.
   */
  grantRead(secrets: readonly StoredSecret[], key: EncryptionKey): void {
    const policy = new DataAwsIamPolicyDocument(this, 'read-secrets', {
      statement: [
        {
          actions: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
          resources: secrets.map(({ arn }) => arn),
        },
        key.useThrough('secretsmanager', ['kms:Decrypt']),
      ],
    });
    new IamRolePolicy(this, 'policy', { name: 'read-secrets', role: this.role.name, policy: policy.json });
  }

  /**
   * Lets the role add objects below a prefix of a bucket. It can neither read nor list nor delete them. Called once.
   * A large upload comes in parts, and to encrypt the next part S3 decrypts the key of the first.
   */
  grantUpload(bucket: BackupBucket, prefix: string, key: EncryptionKey): void {
    const policy = new DataAwsIamPolicyDocument(this, 'upload-dumps', {
      statement: [
        { actions: ['s3:PutObject'], resources: [`${bucket.arn}/${prefix}*`] },
        key.useThrough('s3', ['kms:Decrypt', 'kms:GenerateDataKey']),
      ],
    });
    new IamRolePolicy(this, 'policy', { name: 'upload-dumps', role: this.role.name, policy: policy.json });
  }

  private trust({ cluster, serviceAccount }: PodRoleProps): DataAwsIamPolicyDocument {
    const provider = new DataAwsIamOpenidConnectProvider(this, 'oidc', { url: cluster.oidcIssuer });
    const issuer = Fn.replace(cluster.oidcIssuer, 'https://', '');
    const subject = `system:serviceaccount:${serviceAccount.namespace}:${serviceAccount.name}`;
    return new DataAwsIamPolicyDocument(this, 'trust', {
      statement: [
        {
          actions: ['sts:AssumeRoleWithWebIdentity'],
          principals: [{ type: 'Federated', identifiers: [provider.arn] }],
          condition: [
            { test: 'StringEquals', variable: `${issuer}:sub`, values: [subject] },
            { test: 'StringEquals', variable: `${issuer}:aud`, values: ['sts.amazonaws.com'] },
          ],
        },
      ],
    });
  }
}
