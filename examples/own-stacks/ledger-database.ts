import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { EksCluster, PostgresInstance } from 'agent-bom-postgres';
import { TerraformOutput, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';

/** A database alone, with its network and its key: no secrets of runtime identities, no bucket, no roles. */
export class LedgerDatabase extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new AwsProvider(this, 'aws', { region: 'eu-west-1' });
    const cluster = new EksCluster(this, 'eks', { name: 'platform' });
    const database = new PostgresInstance(this, 'database', {
      identifier: 'ledger',
      network: cluster,
      engineVersion: '17',
      multiAz: false,
    });
    database.allowFrom(cluster);
    new TerraformOutput(this, 'host', { value: database.host, staticId: true });
  }
}
