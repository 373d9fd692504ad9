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
import type { EncryptionKey } from '../storage/encryption-key';
import { AwsAccount } from './aws-account';
import type { EksCluster } from './eks-cluster';

/** What reading a secret takes. */
export const READ_SECRET = ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'];

/** Who may take the role on. */
export interface PodRoleProps {
  /** Name of the role, at most 64 characters. Changing it REPLACES the role. */
  readonly name: string;
  /** What the role is for, in one line. */
  readonly description: string;
  /**
   * Account of the role and of the cluster.
   * @default - the account of the provider
   */
  readonly account?: AwsAccount;
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
 * IAM role for one ServiceAccount of one cluster. It may do nothing until something is granted to it, as in
 * `secret.grantRead(role)`, `bucket.grantUpload(role, prefix)` or `database.grantConnect(role, logins)`.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html
 * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html
 */
export class PodRole extends Construct {
  /** ARN of the role. */
  readonly arn: string;
  private readonly role: IamRole;
  private readonly documents = new Map<string, DataAwsIamPolicyDocument>();
  private readonly secrets: { readonly arn: string; readonly key?: EncryptionKey }[] = [];

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
   * Gives the role an inline policy of these statements. Called again with the same name it replaces them.
   *
   * @param name Name of the policy in IAM, and of its document here.
   * @param policyId Id of the policy here, which is part of its address in Terraform.
   */
  allow(
    name: string,
    statements: DataAwsIamPolicyDocumentStatement[],
    policyId = this.documents.size === 0 ? 'policy' : `${name}-policy`,
  ): void {
    const known = this.documents.get(name);
    if (known !== undefined) {
      known.putStatement(statements);
      return;
    }
    const document = new DataAwsIamPolicyDocument(this, name, { statement: statements });
    this.documents.set(name, document);
    new IamRolePolicy(this, policyId, { name, role: this.role.name, policy: document.json });
  }

  /**
   * Lets the role read one more secret, and decrypt with its key as far as reading needs it. All secrets are in one policy.
   *
   * @param key Key that encrypts the secret; without it the policy of that key has to name the role.
   */
  allowReading(secretArn: string, key?: EncryptionKey): void {
    this.secrets.push({ arn: secretArn, key });
    const keys = new Set(this.secrets.map((secret) => secret.key).filter((one) => one !== undefined));
    this.allow('read-secrets', [
      { actions: READ_SECRET, resources: this.secrets.map(({ arn }) => arn) },
      ...[...keys].map((one) => one.useThrough('secretsmanager', ['kms:Decrypt'])),
    ]);
  }

  /** Attaches managed policies, by their ARNs. Called once. */
  attach(policyArns: readonly string[]): void {
    for (const policyArn of policyArns) {
      new IamRolePolicyAttachment(this, policyArn.replaceAll('/', '-'), { role: this.role.name, policyArn });
    }
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
  private trustOfAgent({ cluster, serviceAccount, ...props }: PodRoleProps): DataAwsIamPolicyDocumentStatement {
    const account = props.account ?? new AwsAccount(this, 'account');
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
