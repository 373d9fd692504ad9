import { Construct } from 'constructs';
import type { AwsAccount } from '../constructs/aws/iam/aws-account';
import type { EksCluster } from '../constructs/aws/iam/eks-cluster';
import { PodRole } from '../constructs/aws/iam/pod-role';
import type { PostgresServer } from '../constructs/aws/rds/postgres-server';
import type { BackupBucket } from '../constructs/aws/storage/backup-bucket';
import { keepsReportsInOwnBucket } from '../contract/environment/api/reports';
import type { Environment } from '../contract/environment/environment';
import { chartServiceAccount, derivedName } from '../contract/names';
import { RUNTIME_IDENTITIES } from '../contract/postgres/identities';

/** Whose pods, and the database that they may connect to. */
export interface WorkloadRolesProps {
  /** Environment whose policies the roles get. */
  readonly environment: Environment;
  /** Account of the roles. */
  readonly account: AwsAccount;
  /** Cluster that the pods run on. */
  readonly cluster: EksCluster;
  /** Database that the API may connect to. */
  readonly server: PostgresServer;
  /** Bucket that the API may keep reports in, where the environment says so. */
  readonly bucket: BackupBucket;
}

/**
 * IAM roles for the ServiceAccounts that the chart makes. They may do what the environment's policies say and nothing
 * else, but for the API: with tokens of IAM it may connect as the logins of the application, and it may keep reports.
 */
export class WorkloadRoles extends Construct {
  /** Role of the API pods. */
  readonly api: PodRole;
  /** Role of the scanner pods. */
  readonly scanner: PodRole;

  constructor(scope: Construct, id: string, props: WorkloadRolesProps) {
    super(scope, id);
    const { environment, server, bucket } = props;
    const { podRoles, database } = environment;
    this.api = this.createRole('api', 'apiRole', props);
    this.api.attach(podRoles.api.policyArns);
    if (database.iamAuthentication) server.grantConnect(this.api, applicationLogins());
    if (keepsReportsInOwnBucket(environment)) bucket.grantReports(this.api);
    this.scanner = this.createRole('scanner', 'scannerRole', props);
    this.scanner.attach(podRoles.scanner.policyArns);
  }

  private createRole(
    workload: 'api' | 'scanner',
    kind: 'apiRole' | 'scannerRole',
    { environment: { name, namespace }, account, cluster }: WorkloadRolesProps,
  ): PodRole {
    return new PodRole(this, workload, {
      name: derivedName(name, kind),
      description: `Pods of the ${workload} of the agent-bom environment ${name}`,
      account,
      cluster,
      serviceAccount: { namespace, name: chartServiceAccount(name, workload) },
    });
  }
}

function applicationLogins(): string[] {
  return RUNTIME_IDENTITIES.filter(({ name }) => name === 'app').flatMap(({ logins }) => [...logins]);
}
