import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import {
  AwsAccount,
  DatabaseNetwork,
  EksCluster,
  EncryptionKey,
  PostgresInstance,
} from 'agent-bom-postgres/constructs';
import { TerraformOutput, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';

const NAME = 'ledger';
const REGION = 'eu-west-1';

/** A database alone, with its network and its key: no secrets of runtime identities, no bucket, no roles. */
export class LedgerDatabase extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new AwsProvider(this, 'aws', { region: REGION });
    // The name of the final snapshot comes from it; without this line Terraform takes its newest version.
    this.addOverride('terraform.required_providers.random', { source: 'hashicorp/random', version: '3.7.2' });
    const account = new AwsAccount(this, 'account', { region: REGION });
    const cluster = new EksCluster(this, 'eks', { name: 'platform' });
    const network = new DatabaseNetwork(this, 'network', {
      name: NAME,
      cluster,
      subnetIds: ['subnet-0a1b2c3d4e5f60718', 'subnet-0f1e2d3c4b5a69788'],
    });
    const key = new EncryptionKey(this, 'encryption', { alias: `alias/${NAME}`, account, logGroups: [] });
    const database = new PostgresInstance(this, 'database', {
      identifier: NAME,
      account,
      network,
      key,
      engineMajor: '17',
      instanceClass: 'db.t4g.small',
      storageGib: 20,
      maximumStorageGib: 100,
      multiAz: false,
      backupRetentionDays: 7,
      backupWindow: '02:00-03:00',
      maintenanceWindow: 'sun:04:30-sun:05:30',
      caIdentifier: 'rds-ca-rsa2048-g1',
      iamAuthentication: false,
      insights: 'standard',
      monitoringSeconds: 0,
      monitoringRoleName: `${NAME}-monitoring`,
      logRetentionDays: 30,
      deletionProtection: true,
    });
    database.allowFrom(cluster);
    new TerraformOutput(this, 'host', { value: database.host, staticId: true });
  }
}
