import { Construct } from 'constructs';
import type { AwsAccount } from '../constructs/aws/iam/aws-account';
import type { EksCluster } from '../constructs/aws/iam/eks-cluster';
import { PodRole } from '../constructs/aws/iam/pod-role';
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
  /** Name of the database that never changes, by which policies of IAM know it. */
  readonly databaseResourceId: string;
}

/**
 * IAM roles for the ServiceAccounts that the chart makes. They may do what the environment's policies say and nothing
 * else, but for the API: with tokens of IAM it may connect as the logins of the application.
 */
export class WorkloadRoles extends Construct {
  /** Role of the API pods. */
  readonly api: PodRole;
  /** Role of the scanner pods. */
  readonly scanner: PodRole;

  constructor(scope: Construct, id: string, props: WorkloadRolesProps) {
    super(scope, id);
    const { podRoles, database } = props.environment;
    this.api = this.createRole('api', 'apiRole', props);
    this.api.attach(podRoles.api.policyArns);
    if (database.iamAuthentication) this.api.grantConnect(applicationUsers(props));
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

function applicationUsers({ account, databaseResourceId }: WorkloadRolesProps): string[] {
  const application = RUNTIME_IDENTITIES.filter(({ name }) => name === 'app');
  return application.flatMap(({ logins }) => logins.map((login) => account.databaseUser(databaseResourceId, login)));
}
