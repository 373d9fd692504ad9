import {
  DataAwsIamPolicyDocument,
  type DataAwsIamPolicyDocumentStatement,
} from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import { SecretsmanagerSecretPolicy } from '@cdktf/provider-aws/lib/secretsmanager-secret-policy';
import { Construct } from 'constructs';
import type { StoredSecret } from '../../postgres-endpoint';
import type { AwsAccount } from '../iam/aws-account';
import { type PodRole, READ_SECRET } from '../iam/pod-role';

/** Whose policy, and whom it names. */
export interface SecretPolicyProps {
  /** A secret of this account. */
  readonly secret: StoredSecret;
  /** Account that the secret is in; no other one gets to it. */
  readonly account: AwsAccount;
  /**
   * The roles of pods that read the secret.
   * @default - none: it reaches the cluster by other means
   */
  readonly readers?: readonly PodRole[];
}

/**
 * Policy of a secret itself. It lets the readers read, and refuses everyone who comes from another account or without
 * TLS. Within the account it denies nothing: a denial that leaves out everyone but the readers would lock out who
 * administers the secret, and the next plan.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html
 */
export class SecretPolicy extends Construct {
  constructor(scope: Construct, id: string, { secret, account, readers = [] }: SecretPolicyProps) {
    super(scope, id);
    const resources = [secret.arn];
    const everyone = { effect: 'Deny', principals: [{ type: '*', identifiers: ['*'] }], resources };
    const policy = new DataAwsIamPolicyDocument(this, 'rules', {
      statement: [
        ...(readers.length === 0 ? [] : [readBy(readers, resources)]),
        {
          sid: 'OtherAccounts',
          ...everyone,
          actions: ['secretsmanager:*'],
          condition: [{ test: 'StringNotEquals', variable: 'aws:PrincipalAccount', values: [account.id] }],
        },
        {
          sid: 'PlainConnections',
          ...everyone,
          actions: ['secretsmanager:*'],
          condition: [{ test: 'Bool', variable: 'aws:SecureTransport', values: ['false'] }],
        },
      ],
    });
    new SecretsmanagerSecretPolicy(this, 'policy', {
      secretArn: secret.arn,
      policy: policy.json,
      blockPublicPolicy: true,
    });
  }
}

function readBy(readers: readonly PodRole[], resources: string[]): DataAwsIamPolicyDocumentStatement {
  return {
    sid: 'Readers',
    principals: [{ type: 'AWS', identifiers: readers.map(({ arn }) => arn) }],
    actions: READ_SECRET,
    resources,
  };
}
