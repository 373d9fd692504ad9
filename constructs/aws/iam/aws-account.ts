import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { DataAwsPartition } from '@cdktf/provider-aws/lib/data-aws-partition';
import { DataAwsRegion } from '@cdktf/provider-aws/lib/data-aws-region';
import { Construct } from 'constructs';

/** Where the account is looked at from. */
export interface AwsAccountProps {
  /**
   * Region of the resources, such as `eu-west-1`.
   * @default - the region of the provider, which is looked up
   */
  readonly region?: string;
}

/** The account that the provider's credentials belong to, whichever partition it is in. Creates nothing. */
export class AwsAccount extends Construct {
  /** Region of the resources. */
  readonly region: string;
  /** Id of the account: twelve digits. */
  readonly id: string;
  /** `aws`, `aws-cn` or `aws-us-gov`: the second part of every ARN. */
  readonly partition: string;
  private readonly dnsSuffix: string;

  constructor(scope: Construct, id: string, { region }: AwsAccountProps = {}) {
    super(scope, id);
    this.region = region ?? new DataAwsRegion(this, 'region').region;
    this.id = new DataAwsCallerIdentity(this, 'identity').accountId;
    const partition = new DataAwsPartition(this, 'partition');
    this.partition = partition.partition;
    this.dnsSuffix = partition.dnsSuffix;
  }

  /** ARN of the account itself: everyone in it whom their own policies allow. */
  get root(): string {
    return `arn:${this.partition}:iam::${this.id}:root`;
  }

  /** Name under which a service of the region uses a key, as in `kms:ViaService`, or acts as a principal. */
  service(name: string): string {
    return `${name}.${this.region}.${this.dnsSuffix}`;
  }

  /**
   * ARN of a user of a database, for policies that let someone connect with a token.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html
   */
  databaseUser(resourceId: string, user: string): string {
    return `arn:${this.partition}:rds-db:${this.region}:${this.id}:dbuser:${resourceId}/${user}`;
  }
}
