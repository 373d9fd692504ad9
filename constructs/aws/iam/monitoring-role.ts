import { DataAwsIamPolicyDocument } from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment';
import { Construct } from 'constructs';
import type { AwsAccount } from './aws-account';

/** Which role, and where. */
export interface MonitoringRoleProps {
  /** Name of the role, at most 64 characters. Changing it REPLACES the role. */
  readonly name: string;
  /** Account whose partition the managed policy is in. */
  readonly account: AwsAccount;
}

/**
 * IAM role with which RDS writes the measurements of the operating system to CloudWatch Logs.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html
 */
export class MonitoringRole extends Construct {
  /** ARN of the role. */
  readonly arn: string;

  constructor(scope: Construct, id: string, { name, account }: MonitoringRoleProps) {
    super(scope, id);
    const role = new IamRole(this, 'role', {
      name,
      description: 'Enhanced monitoring of the agent-bom database',
      assumeRolePolicy: this.trust(account).json,
    });
    new IamRolePolicyAttachment(this, 'policy', {
      role: role.name,
      policyArn: `arn:${account.partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole`,
    });
    this.arn = role.arn;
  }

  private trust(account: AwsAccount): DataAwsIamPolicyDocument {
    return new DataAwsIamPolicyDocument(this, 'trust', {
      statement: [
        {
          actions: ['sts:AssumeRole'],
          principals: [{ type: 'Service', identifiers: ['monitoring.rds.amazonaws.com'] }],
          condition: [{ test: 'StringEquals', variable: 'aws:SourceAccount', values: [account.id] }],
        },
      ],
    });
  }
}
