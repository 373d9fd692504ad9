import {
  DataAwsIamPolicyDocument,
  type DataAwsIamPolicyDocumentStatement,
} from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import { EksPodIdentityAssociation } from '@cdktf/provider-aws/lib/eks-pod-identity-association';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment';
import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import type { StoredSecret } from '../../postgres-endpoint';
import type { BackupBucket } from '../storage/backup-bucket';
import type { EncryptionKey } from '../storage/encryption-key';
import type { AwsAccount } from './aws-account';
import type { EksCluster } from './eks-cluster';

/** Who may take the role on. */
export interface PodRoleProps {
  /** Name of the role, at most 64 characters. Changing it REPLACES the role. */
  readonly name: string;
  /** What the role is for, in one line. */
  readonly description: string;
  /** Account of the role and of the cluster. */
  readonly account: AwsAccount;
  /** Cluster whose ServiceAccounts are meant. Its `podRoles` says by which way they get the role. */
  readonly cluster: EksCluster;
  /** ServiceAccount whose pods may take the role on. */
  readonly serviceAccount: ServiceAccountName;
}

/** A ServiceAccount, which may be created later. */
export interface ServiceAccountName {
  /** Namespace that it is in. */
  readonly namespace: string;
  /** Its name there. */
  readonly name: string;
}

/**
 * IAM role for one ServiceAccount of one cluster. It may do nothing until a `grant` method says so.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html
 * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html
 */
export class PodRole extends Construct {
  /** ARN of the role. */
  readonly arn: string;
  private readonly role: IamRole;

  constructor(scope: Construct, id: string, props: PodRoleProps) {
    super(scope, id);
    const byAgent = props.cluster.podRoles === 'pod-identity';
    const trust = byAgent ? this.trustOfAgent(props) : this.trustOfIssuer(props);
    this.role = new IamRole(this, 'role', {
      name: props.name,
      description: props.description,
      assumeRolePolicy: new DataAwsIamPolicyDocument(this, 'trust', { statement: [trust] }).json,
    });
    this.arn = this.role.arn;
    if (byAgent) this.associate(props);
  }

  /**
   * Lets the role read these secrets and no others, and decrypt with their key as far as reading them needs it. Called
   * once: the secrets are the whole of its policy.
   */
  grantRead(secrets: readonly StoredSecret[], key: EncryptionKey): void {
    this.grant('read-secrets', [
      {
        actions: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
        resources: secrets.map(({ arn }) => arn),
      },
      key.useThrough('secretsmanager', ['kms:Decrypt']),
    ]);
  }

  /**
   * Lets the role add objects below a prefix of a bucket. It can neither read nor list nor delete them. Called once.
   * A large upload comes in parts, and to encrypt the next part S3 decrypts the key of the first.
   */
  grantUpload(bucket: BackupBucket, prefix: string, key: EncryptionKey): void {
    this.grant('upload-dumps', [
      { actions: ['s3:PutObject'], resources: [`${bucket.arn}/${prefix}*`] },
      key.useThrough('s3', ['kms:Decrypt', 'kms:GenerateDataKey']),
    ]);
  }

  /** Lets the role read the objects below a prefix of a bucket besides, and decrypt them. Called once. */
  grantDownload(bucket: BackupBucket, prefix: string, key: EncryptionKey): void {
    this.grant(
      'download-dump',
      [{ actions: ['s3:GetObject'], resources: [`${bucket.arn}/${prefix}*`] }, key.useThrough('s3', ['kms:Decrypt'])],
      'download-policy',
    );
  }

  /**
   * Lets the role connect to databases as some of their users, which have to be members of `rds_iam`. Called once.
   *
   * @param userArns One ARN for each user: `arn:aws:rds-db:<region>:<account>:dbuser:<resource id>/<user>`.
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html
   */
  grantConnect(userArns: readonly string[]): void {
    this.grant('connect', [{ actions: ['rds-db:connect'], resources: [...userArns] }]);
  }

  /** Attaches managed policies, by their ARNs. Called once. */
  attach(policyArns: readonly string[]): void {
    for (const policyArn of policyArns) {
      new IamRolePolicyAttachment(this, policyArn.replaceAll('/', '-'), { role: this.role.name, policyArn });
    }
  }

  private grant(name: string, statement: DataAwsIamPolicyDocumentStatement[], id = 'policy'): void {
    const policy = new DataAwsIamPolicyDocument(this, name, { statement });
    new IamRolePolicy(this, id, { name, role: this.role.name, policy: policy.json });
  }

  private trustOfIssuer({ cluster, serviceAccount }: PodRoleProps): DataAwsIamPolicyDocumentStatement {
    const issuer = Fn.replace(cluster.oidcIssuer, 'https://', '');
    const subject = `system:serviceaccount:${serviceAccount.namespace}:${serviceAccount.name}`;
    return {
      actions: ['sts:AssumeRoleWithWebIdentity'],
      principals: [{ type: 'Federated', identifiers: [cluster.oidcProviderArn] }],
      condition: [
        equals(`${issuer}:sub`, subject),
        // The same in every partition.
        equals(`${issuer}:aud`, 'sts.amazonaws.com'),
      ],
    };
  }

  /** The agent states whom it asks for. Without these conditions an association of any pod with this role would do. */
  private trustOfAgent({ account, cluster, serviceAccount }: PodRoleProps): DataAwsIamPolicyDocumentStatement {
    return {
      actions: ['sts:AssumeRole', 'sts:TagSession'],
      principals: [{ type: 'Service', identifiers: ['pods.eks.amazonaws.com'] }],
      condition: [
        equals('aws:SourceAccount', account.id),
        equals('aws:RequestTag/eks-cluster-arn', cluster.arn),
        equals('aws:RequestTag/kubernetes-namespace', serviceAccount.namespace),
        equals('aws:RequestTag/kubernetes-service-account', serviceAccount.name),
      ],
    };
  }

  private associate({ cluster, serviceAccount }: PodRoleProps): void {
    new EksPodIdentityAssociation(this, 'association', {
      clusterName: cluster.name,
      namespace: serviceAccount.namespace,
      serviceAccount: serviceAccount.name,
      roleArn: this.arn,
    });
  }
}

function equals(variable: string, value: string) {
  return { test: 'StringEquals', variable, values: [value] };
}
