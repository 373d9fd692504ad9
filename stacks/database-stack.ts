import { Aspects, TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import { AwsAccount } from '../constructs/aws/iam/aws-account';
import { PodRole } from '../constructs/aws/iam/pod-role';
import { PodSecurityGroup } from '../constructs/aws/network/pod-security-group';
import type { PostgresServer } from '../constructs/aws/rds/postgres-server';
import { ControlPlaneSecret } from '../constructs/aws/secrets/control-plane-secret';
import { IdentitySecret } from '../constructs/aws/secrets/identity-secret';
import { SecretPolicy } from '../constructs/aws/secrets/secret-policy';
import { BackupBucket } from '../constructs/aws/storage/backup-bucket';
import { EncryptionKey } from '../constructs/aws/storage/encryption-key';
import type { BackupStore, PostgresEndpoint, StoredCredentials, StoredSecret } from '../constructs/postgres-endpoint';
import type { Environment } from '../contract/environment/environment';
import {
  BACKUP_SERVICE_ACCOUNT,
  backupBucketName,
  backupEventsLogGroup,
  DUMP_PREFIX,
  databaseLogGroups,
  derivedName,
  keyAlias,
  SECRET_READER,
  stackNames,
} from '../contract/names';
import { perRuntimeIdentity, type RuntimeIdentityName } from '../contract/postgres/identities';
import { storedVariables } from '../contract/product/authentication';
import { createServer } from './database-server';
import { DatabaseWatch } from './database-watch';
import { EnvironmentStack } from './environment-stack';
import { PermissionsBoundary } from './permissions-boundary';
import { PreventDestroy } from './prevent-destroy';
import { hasOwnStore } from './secret-delivery';
import { WorkloadRoles } from './workload-roles';

const RANDOM_PROVIDER = { source: 'hashicorp/random', version: '3.7.2' };

/** The AWS side of an environment: database, secrets, and who may read them. It lives for years. */
export class DatabaseStack extends EnvironmentStack {
  /** How the workload reaches the database and its credentials. */
  readonly endpoint: PostgresEndpoint;

  constructor(scope: Construct, environment: Environment) {
    super(scope, stackNames(environment.name).database, environment);
    // cdktf lists the providers that it has a class for; the ephemeral passwords need one more.
    this.addOverride('terraform.required_providers.random', RANDOM_PROVIDER);
    const account = new AwsAccount(this, 'account', environment);
    const key = this.createKey(environment, account);
    const pods = this.createPodSecurityGroup(environment);
    const server = this.createServer(environment, account, key, pods);
    const identitySecrets = this.createIdentitySecrets(environment, key);
    const controlPlaneSecret = this.createControlPlaneSecret(environment, key);
    const reader = hasOwnStore(environment) ? this.createSecretReaderRole(environment, account) : undefined;
    const secrets = [
      ...Object.values(identitySecrets),
      ...(controlPlaneSecret === undefined ? [] : [controlPlaneSecret]),
    ];
    reader?.grantRead([server.adminSecret, ...secrets, ...authenticationSecrets(environment)], key);
    this.protectSecrets(environment, account, reader, { ...identitySecrets, 'control-plane': controlPlaneSecret });
    const bucket = this.createBackupBucket(environment, account, key);
    const roles = this.createWorkloadRoles(environment, account, server);
    this.endpoint = {
      host: server.host,
      port: server.port,
      database: server.database,
      adminSecret: server.adminSecret,
      identitySecrets,
      controlPlaneSecret,
      secretReaderRoleArn: reader?.arn,
      podRoleArns: { api: roles.api.arn, scanner: roles.scanner.arn },
      podSecurityGroupId: pods?.securityGroupId,
      backup: this.createBackupStore(environment, account, bucket, key),
    };
    this.watch(environment, account, key, server, bucket);
    this.createOutputs(environment, bucket);
    if (!environment.releaseProtection) Aspects.of(this).add(new PreventDestroy());
    const { permissionsBoundaryArn } = environment.cluster;
    if (permissionsBoundaryArn !== undefined) Aspects.of(this).add(new PermissionsBoundary(permissionsBoundaryArn));
  }

  private createKey({ name, encryption, alarms, database }: Environment, account: AwsAccount): EncryptionKey {
    const identifier = derivedName(name, 'instance');
    const ownTopic = alarms.enabled && alarms.topicArn === undefined;
    return new EncryptionKey(this, 'encryption', {
      alias: keyAlias(name),
      account,
      logGroups: [
        ...Object.values(databaseLogGroups(database.form, identifier)),
        ...(alarms.enabled ? [backupEventsLogGroup(identifier)] : []),
      ],
      topicName: ownTopic ? derivedName(name, 'topic') : undefined,
      existingArn: encryption.keyArn,
    });
  }

  private createPodSecurityGroup({ name, database }: Environment): PodSecurityGroup | undefined {
    if (database.access.pods !== 'namespace') return undefined;
    return new PodSecurityGroup(this, 'pods', { name: `${derivedName(name, 'instance')}-pods`, cluster: this.cluster });
  }

  private createServer(
    environment: Environment,
    account: AwsAccount,
    key: EncryptionKey,
    pods: PodSecurityGroup | undefined,
  ): PostgresServer {
    const provideRegion = (region: string) => this.provideAws('aws-replication', environment, region, 'replication');
    return createServer(this, { environment, account, key, pods, cluster: this.cluster, provideRegion });
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

  private createControlPlaneSecret({ name, secrets }: Environment, key: EncryptionKey): StoredSecret | undefined {
    const { secretArn, secretName } = secrets.controlPlane ?? {};
    if (secretArn !== undefined) return { arn: secretArn };
    if (secretName !== undefined) return undefined;
    return new ControlPlaneSecret(this, 'secret-control-plane', {
      environmentName: name,
      key,
      recoveryWindowDays: secrets.recoveryWindowDays,
    });
  }

  private createSecretReaderRole({ name, namespace, cluster }: Environment, account: AwsAccount): PodRole {
    const operator = cluster.externalSecretsServiceAccount;
    return new PodRole(this, 'secret-reader', {
      name: derivedName(name, 'secretReaderRole'),
      description: `Reads the secrets of the agent-bom environment ${name}`,
      account,
      cluster: this.cluster,
      serviceAccount: cluster.podRoles === 'irsa' ? { namespace, name: SECRET_READER } : operator,
    });
  }

  /** Secrets of ours; one that was given belongs to somebody else, with its policy. */
  private protectSecrets(
    { secrets: { controlPlane } }: Environment,
    account: AwsAccount,
    reader: PodRole | undefined,
    secrets: Readonly<Record<string, StoredSecret | undefined>>,
  ): void {
    for (const [name, secret] of Object.entries(secrets)) {
      if (secret === undefined || (name === 'control-plane' && controlPlane !== undefined)) continue;
      new SecretPolicy(this, `secret-policy-${name}`, {
        secret,
        account,
        readers: reader === undefined ? [] : [reader],
      });
    }
  }

  private createWorkloadRoles(
    environment: Environment,
    account: AwsAccount,
    { resourceId: databaseResourceId }: PostgresServer,
  ): WorkloadRoles {
    return new WorkloadRoles(this, 'roles', { environment, account, cluster: this.cluster, databaseResourceId });
  }

  private createBackupBucket({ name, backup }: Environment, account: AwsAccount, key: EncryptionKey): BackupBucket {
    return new BackupBucket(this, 'backup', { ...backup, name: backupBucketName(name, account.id), key });
  }

  private createBackupStore(
    { name, namespace, backup, cluster }: Environment,
    account: AwsAccount,
    bucket: BackupBucket,
    key: EncryptionKey,
  ): BackupStore {
    const role = new PodRole(this, 'backup-uploader', {
      name: derivedName(name, 'backupRole'),
      description: `Uploads the dumps of the agent-bom environment ${name}`,
      account,
      cluster: this.cluster,
      serviceAccount: { namespace, name: BACKUP_SERVICE_ACCOUNT },
    });
    role.grantUpload(bucket, DUMP_PREFIX, key);
    if (backup.restore !== undefined) role.grantDownload(bucket, `${DUMP_PREFIX}${backup.restore.dump}/`, key);
    this.output('backup_role_arn', role.arn, 'IAM role that may upload dumps');
    const roleArn = cluster.podRoles === 'irsa' ? role.arn : undefined;
    return { bucket: bucket.name, prefix: DUMP_PREFIX, keyArn: key.arn, roleArn };
  }

  private watch(
    environment: Environment,
    account: AwsAccount,
    key: EncryptionKey,
    database: PostgresServer,
    bucket: BackupBucket,
  ): void {
    if (!environment.alarms.enabled) return;
    const watch = new DatabaseWatch(this, 'watch', { environment, account, key, database, bucket });
    this.output('alarm_topic_arn', watch.topicArn, 'SNS topic for alarms and events of the database');
  }

  private createOutputs({ name }: Environment, bucket: BackupBucket): void {
    const { host, port, database, adminSecret, identitySecrets, controlPlaneSecret } = this.endpoint;
    this.output('database_host', host, 'Host name of the database');
    this.output('database_port', port, 'TCP port of the database');
    this.output('database_name', database, 'Name of the database');
    this.output('admin_secret_arn', adminSecret.arn, "Secret with the administrator's credentials, rotated by RDS");
    for (const [identity, { arn }] of Object.entries(identitySecrets)) {
      this.output(`${identity}_secret_arn`, arn, `Secret with the credentials of the identity ${identity}`);
    }
    if (controlPlaneSecret !== undefined) {
      this.output('control_plane_secret_arn', controlPlaneSecret.arn, 'Secret with the keys of the control plane');
    }
    this.output('backup_bucket', bucket.name, 'Bucket for the dumps of the database');
    this.output('backup_location', `s3://${bucket.name}/${DUMP_PREFIX}`, 'Where the dumps of the database are');
    this.createRoleOutputs();
    this.output('deploy_workload', `npx cdktf deploy '${name}-workload'`, 'Command that deploys the control plane');
  }

  private createRoleOutputs(): void {
    const { secretReaderRoleArn, podRoleArns } = this.endpoint;
    if (secretReaderRoleArn !== undefined) {
      this.output('secret_reader_role_arn', secretReaderRoleArn, 'IAM role that may read these secrets');
    }
    for (const [workload, arn] of Object.entries(podRoleArns ?? {})) {
      this.output(`${workload}_role_arn`, arn, `IAM role of the pods of the ${workload}`);
    }
  }

  private output(id: string, value: string | number, description: string): void {
    new TerraformOutput(this, id, { value, description, staticId: true });
  }
}

/** Secrets of somebody else's that the API authenticates with, each once. */
function authenticationSecrets({ authentication }: Environment): StoredSecret[] {
  return [...new Set(storedVariables(authentication).map(({ arn }) => arn))].map((arn) => ({ arn }));
}
