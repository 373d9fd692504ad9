import { Aspects, TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import { AwsAccount } from '../constructs/aws/aws-account';
import { BackupBucket } from '../constructs/aws/backup-bucket';
import { ControlPlaneSecret } from '../constructs/aws/control-plane-secret';
import { DatabaseNetwork } from '../constructs/aws/database-network';
import { EncryptionKey } from '../constructs/aws/encryption-key';
import { IdentitySecret } from '../constructs/aws/identity-secret';
import { PodRole } from '../constructs/aws/pod-role';
import { PostgresInstance } from '../constructs/aws/postgres-instance';
import type { PostgresEndpoint, StoredCredentials, StoredSecret } from '../constructs/postgres-endpoint';
import type { Environment } from '../contract/environment';
import { perRuntimeIdentity, type RuntimeIdentityName } from '../contract/identities';
import {
  BACKUP_SERVICE_ACCOUNT,
  backupBucketName,
  DATABASE_LOGS,
  DUMP_PREFIX,
  databaseLogGroup,
  derivedName,
  keyAlias,
  SECRET_READER,
} from '../contract/names';
import { EnvironmentStack } from './environment-stack';
import { PreventDestroy } from './prevent-destroy';

const RANDOM_PROVIDER = { source: 'hashicorp/random', version: '3.7.2' };

/** The AWS side of an environment: database, secrets, and who may read them. It lives for years. */
export class DatabaseStack extends EnvironmentStack {
  /** How the workload reaches the database and its credentials. */
  readonly endpoint: PostgresEndpoint;

  constructor(scope: Construct, environment: Environment) {
    super(scope, `${environment.name}-database`, environment);
    // cdktf lists the providers that it has a class for; the ephemeral passwords need one more.
    this.addOverride('terraform.required_providers.random', RANDOM_PROVIDER);
    const account = new AwsAccount(this, 'account', environment);
    const key = this.createKey(environment, account);
    const instance = this.createInstance(environment, account, key);
    const identitySecrets = this.createIdentitySecrets(environment, key);
    const controlPlaneSecret = this.createControlPlaneSecret(environment, key);
    const role = this.createSecretReaderRole(environment);
    role.grantRead([instance.adminSecret, ...Object.values(identitySecrets), controlPlaneSecret], key);
    this.createBackupBucket(environment, account, key);
    this.endpoint = {
      host: instance.host,
      port: instance.port,
      database: instance.database,
      adminSecret: instance.adminSecret,
      identitySecrets,
      controlPlaneSecret,
      secretReaderRoleArn: role.arn,
    };
    this.createOutputs();
    if (!environment.releaseProtection) Aspects.of(this).add(new PreventDestroy());
  }

  private createKey({ name, encryption }: Environment, account: AwsAccount): EncryptionKey {
    const identifier = derivedName(name, 'instance');
    return new EncryptionKey(this, 'encryption', {
      alias: keyAlias(name),
      account,
      logGroups: DATABASE_LOGS.map((log) => databaseLogGroup(identifier, log)),
      existingArn: encryption.keyArn,
    });
  }

  private createInstance(
    { name, database, releaseProtection }: Environment,
    account: AwsAccount,
    key: EncryptionKey,
  ): PostgresInstance {
    const identifier = derivedName(name, 'instance');
    const instance = new PostgresInstance(this, 'database', {
      ...database,
      identifier,
      deletionProtection: !releaseProtection,
      account,
      key,
      monitoringRoleName: derivedName(name, 'monitoringRole'),
      engineMajor: database.engine,
      network: new DatabaseNetwork(this, 'network', {
        name: identifier,
        cluster: this.cluster,
        subnetIds: database.subnetIds,
      }),
    });
    instance.allowFrom(this.cluster);
    return instance;
  }

  private createIdentitySecrets(
    { name, secrets }: Environment,
    key: EncryptionKey,
  ): Readonly<Record<RuntimeIdentityName, StoredCredentials>> {
    return perRuntimeIdentity(
      (identity) =>
        new IdentitySecret(this, `secret-${identity.name}`, { ...secrets, environmentName: name, identity, key }),
    );
  }

  private createControlPlaneSecret({ name, secrets }: Environment, key: EncryptionKey): StoredSecret {
    return new ControlPlaneSecret(this, 'secret-control-plane', {
      environmentName: name,
      key,
      recoveryWindowDays: secrets.recoveryWindowDays,
    });
  }

  private createSecretReaderRole({ name, namespace }: Environment): PodRole {
    return new PodRole(this, 'secret-reader', {
      name: derivedName(name, 'secretReaderRole'),
      description: `Reads the secrets of the agent-bom environment ${name}`,
      cluster: this.cluster,
      serviceAccount: { namespace, name: SECRET_READER },
    });
  }

  private createBackupBucket({ name, namespace, backup }: Environment, account: AwsAccount, key: EncryptionKey): void {
    const bucket = new BackupBucket(this, 'backup', { ...backup, name: backupBucketName(name, account.id), key });
    const role = new PodRole(this, 'backup-uploader', {
      name: derivedName(name, 'backupRole'),
      description: `Uploads the dumps of the agent-bom environment ${name}`,
      cluster: this.cluster,
      serviceAccount: { namespace, name: BACKUP_SERVICE_ACCOUNT },
    });
    role.grantUpload(bucket, DUMP_PREFIX, key);
    this.output('backup_location', `s3://${bucket.name}/${DUMP_PREFIX}`, 'Where the dumps of the database are');
    this.output('backup_role_arn', role.arn, 'IAM role that may upload dumps');
  }

  private createOutputs(): void {
    const { host, port, database, adminSecret, identitySecrets, controlPlaneSecret, secretReaderRoleArn } =
      this.endpoint;
    this.output('database_host', host, 'Host name of the database');
    this.output('database_port', port, 'TCP port of the database');
    this.output('database_name', database, 'Name of the database');
    this.output('admin_secret_arn', adminSecret.arn, "Secret with the administrator's credentials, rotated by RDS");
    for (const [identity, { arn }] of Object.entries(identitySecrets)) {
      this.output(`${identity}_secret_arn`, arn, `Secret with the credentials of the identity ${identity}`);
    }
    this.output('control_plane_secret_arn', controlPlaneSecret.arn, 'Secret with the keys of the control plane');
    this.output('secret_reader_role_arn', secretReaderRoleArn, 'IAM role that may read these secrets');
  }

  private output(id: string, value: string | number, description: string): void {
    new TerraformOutput(this, id, { value, description, staticId: true });
  }
}
