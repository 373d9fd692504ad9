import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import {
  ClusterAccess,
  ControlPlaneNamespace,
  EksCluster,
  ExternalSecrets,
  MigrationFiles,
  MigrationJob,
  type PostgresEndpoint,
  SecretReader,
  SyncedSecrets,
  TrustBundle,
} from 'agent-bom-postgres';
import { perRuntimeIdentity } from 'agent-bom-postgres/contract';
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';

const REGION = 'eu-west-1';
const SECRETS = `arn:aws:secretsmanager:${REGION}:111122223333:secret:ledger`;

/** A database that exists already, and who reads its secrets. */
const ENDPOINT: PostgresEndpoint = {
  host: 'ledger.abcdefghijkl.eu-west-1.rds.amazonaws.com',
  port: 5432,
  database: 'agent_bom',
  adminSecret: { arn: `${SECRETS}/admin` },
  identitySecrets: perRuntimeIdentity(({ name, role }) => ({
    arn: `${SECRETS}/${name}`,
    versionId: '11111111-2222-3333-4444-555555555555',
    login: role,
  })),
  controlPlaneSecret: { arn: `${SECRETS}/control-plane` },
  secretReaderRoleArn: 'arn:aws:iam::111122223333:role/ledger-secret-reader',
};

/** The contract on a database of yours: the migration Job and what it needs, without the Helm release. */
export class LedgerMigration extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new AwsProvider(this, 'aws', { region: REGION });
    const cluster = new EksCluster(this, 'eks', { name: 'platform' });
    new ClusterAccess(this, 'access', { cluster, region: REGION });
    const namespace = new ControlPlaneNamespace(this, 'namespace', { name: 'ledger' });
    const roleArn = ENDPOINT.secretReaderRoleArn;
    const store = new SecretReader(this, 'secret-reader', { namespace, region: REGION, roleArn });
    new MigrationJob(this, 'migrations', {
      namespace,
      trustBundle: new TrustBundle(this, 'trust', { namespace, region: REGION }),
      endpoint: ENDPOINT,
      secrets: new SyncedSecrets(this, 'secrets', {
        namespace,
        delivery: new ExternalSecrets({ namespace, store }),
        endpoint: ENDPOINT,
        trustedProxy: true,
      }),
      files: new MigrationFiles(this, 'migration-files', { namespace }),
      engineMajor: '17',
    });
  }
}
