import { Aspects } from 'cdktf';
import type { Construct } from 'constructs';
import { AwsAccount } from '../constructs/aws/iam/aws-account';
import { PodRole } from '../constructs/aws/iam/pod-role';
import { PodSecurityGroup } from '../constructs/aws/network/pod-security-group';
import type { PostgresServer } from '../constructs/aws/rds/postgres-server';
import { ControlPlaneSecret } from '../constructs/aws/secrets/control-plane-secret';
import { ImportedSecret, type ReadableSecret } from '../constructs/aws/secrets/generated-secret';
import { IdentitySecret } from '../constructs/aws/secrets/identity-secret';
import { SecretPolicy } from '../constructs/aws/secrets/secret-policy';
import { BackupBucket } from '../constructs/aws/storage/backup-bucket';
import { EncryptionKey } from '../constructs/aws/storage/encryption-key';
import type { BackupStore, PostgresEndpoint, StoredSecret } from '../constructs/postgres-endpoint';
import { keepsReportsInOwnBucket } from '../contract/environment/api/reports';
import type { Environment } from '../contract/environment/environment';
import { announcesVerification } from '../contract/environment/verification';
import {
  BACKUP_SERVICE_ACCOUNT,
  backupBucketName,
  DUMP_PREFIX,
  databaseLogGroups,
  derivedName,
  keyAlias,
  SECRET_READER,
  stackNames,
  VERIFIED_PREFIX,
} from '../contract/names';
import { perRuntimeIdentity, type RuntimeIdentityName } from '../contract/postgres/identities';
import { storedVariables } from '../contract/product/authentication';
import { createServer } from './database-server';
import { DatabaseWatch } from './database-watch';
import { EnvironmentStack, PreventDestroy, RoleSettings } from './environment-stack';
import { hasOwnStore } from './secret-delivery';
import { WorkloadRoles } from './workload-roles';

/** The AWS side of an environment: database, secrets, and who may read them. It lives for years. */
export class DatabaseStack extends EnvironmentStack {
  /** How the workload reaches the database and its credentials. */
  readonly endpoint: PostgresEndpoint;
  private readonly account: AwsAccount;
  private readonly key: EncryptionKey;

  constructor(scope: Construct, environment: Environment) {
    super(scope, stackNames(environment.name).database, environment);
    this.account = new AwsAccount(this, 'account', { region: environment.region });
    this.key = this.createKey();
    const pods = this.createPodSecurityGroup();
    const server = this.createServer(pods);
    const identitySecrets = this.createIdentitySecrets();
    const controlPlaneSecret = this.createControlPlaneSecret();
    const reader = hasOwnStore(environment) ? this.createSecretReaderRole() : undefined;
    this.grantRead(reader, [server.adminSecret, ...Object.values(identitySecrets), controlPlaneSecret]);
    this.protectSecrets(reader, { ...identitySecrets, 'control-plane': controlPlaneSecret });
    const bucket = this.createBackupBucket();
    const roles = this.createWorkloadRoles(server, bucket);
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
      backup: this.createBackupStore(bucket),
    };
    this.watch(server, bucket);
    this.createOutputs(bucket);
    if (!environment.releaseProtection) Aspects.of(this).add(new PreventDestroy());
    Aspects.of(this).add(new RoleSettings(environment.cluster));
  }

  private createKey(): EncryptionKey {
    const { account } = this;
    const { name, encryption, alarms, database } = this.environment;
    if (encryption.keyArn !== undefined) {
      return EncryptionKey.fromArn(this, 'encryption', { arn: encryption.keyArn, account });
    }
    const identifier = derivedName(name, 'instance');
    const ownTopic = alarms.enabled && alarms.topicArn === undefined;
    return new EncryptionKey(this, 'encryption', {
      alias: keyAlias(name),
      account,
      logGroups: Object.values(databaseLogGroups(database.form, identifier)),
      topicName: ownTopic ? derivedName(name, 'topic') : undefined,
    });
  }

  private createPodSecurityGroup(): PodSecurityGroup | undefined {
    const { name, database } = this.environment;
    if (database.access.pods !== 'namespace') return undefined;
    return new PodSecurityGroup(this, 'pods', { name: `${derivedName(name, 'instance')}-pods`, cluster: this.cluster });
  }

  private createServer(pods: PodSecurityGroup | undefined): PostgresServer {
    const { environment, account, key, cluster } = this;
    const provideRegion = (region: string) => this.provideAws('aws-replication', region, 'replication');
    return createServer(this, { environment, account, key, pods, cluster, provideRegion });
  }

  private createIdentitySecrets(): Readonly<Record<RuntimeIdentityName, IdentitySecret>> {
    const { key } = this;
    const { name: environmentName, secrets } = this.environment;
    const { generation, recoveryWindowDays } = secrets;
    return perRuntimeIdentity((identity) => {
      const settings = { environmentName, identity, generation, recoveryWindowDays, key };
      return new IdentitySecret(this, `secret-${identity.name}`, settings);
    });
  }

  private createControlPlaneSecret(): ReadableSecret | undefined {
    const { name: environmentName, secrets } = this.environment;
    const { controlPlane, recoveryWindowDays } = secrets;
    if (controlPlane?.secretArn !== undefined) return ImportedSecret.fromSecretArn(controlPlane.secretArn, this.key);
    if (controlPlane?.secretName !== undefined) return undefined;
    const settings = { environmentName, key: this.key, recoveryWindowDays };
    return new ControlPlaneSecret(this, 'secret-control-plane', settings);
  }

  private createSecretReaderRole(): PodRole {
    const { account } = this;
    const { name, namespace, cluster } = this.environment;
    const operator = cluster.externalSecretsServiceAccount;
    return new PodRole(this, 'secret-reader', {
      name: derivedName(name, 'secretReaderRole'),
      description: `Reads the secrets of the agent-bom environment ${name}`,
      account,
      cluster: this.cluster,
      serviceAccount: cluster.podRoles === 'irsa' ? { namespace, name: SECRET_READER } : operator,
    });
  }

  /** The secrets, and those of another team that the API authenticates with, each once. */
  private grantRead(reader: PodRole | undefined, secrets: readonly (ReadableSecret | undefined)[]): void {
    if (reader === undefined) return;
    const authentication = new Set(storedVariables(this.environment.authentication).map(({ arn }) => arn));
    const imported = [...authentication].map((arn) => ImportedSecret.fromSecretArn(arn, this.key));
    for (const secret of [...secrets, ...imported]) secret?.grantRead(reader);
  }

  /** Secrets that this stack creates; a secret that is managed elsewhere keeps its own policy. */
  private protectSecrets(
    reader: PodRole | undefined,
    secrets: Readonly<Record<string, StoredSecret | undefined>>,
  ): void {
    const { account, environment } = this;
    const readers = reader === undefined ? [] : [reader];
    for (const [name, secret] of Object.entries(secrets)) {
      if (secret === undefined || (name === 'control-plane' && environment.secrets.controlPlane !== undefined))
        continue;
      new SecretPolicy(this, `secret-policy-${name}`, { secret, account, readers });
    }
  }

  private createWorkloadRoles(server: PostgresServer, bucket: BackupBucket): WorkloadRoles {
    const { environment, account, cluster } = this;
    return new WorkloadRoles(this, 'roles', { environment, account, cluster, server, bucket });
  }

  private createBackupBucket(): BackupBucket {
    const { name, backup, reports } = this.environment;
    const bucketName = backupBucketName(name, this.account.id);
    const { dumpRetentionDays } = backup;
    const reportRetentionDays = keepsReportsInOwnBucket(this.environment) ? reports.retentionDays : undefined;
    const retention = { dumpRetentionDays, reportRetentionDays };
    return new BackupBucket(this, 'backup', { name: bucketName, key: this.key, ...retention });
  }

  private createBackupStore(bucket: BackupBucket): BackupStore {
    const { account } = this;
    const { name, namespace, backup, cluster } = this.environment;
    const role = new PodRole(this, 'backup-uploader', {
      name: derivedName(name, 'backupRole'),
      description: `Uploads the dumps of the agent-bom environment ${name}`,
      account,
      cluster: this.cluster,
      serviceAccount: { namespace, name: BACKUP_SERVICE_ACCOUNT },
    });
    bucket.grantUpload(role, DUMP_PREFIX, ...(announcesVerification(this.environment) ? [VERIFIED_PREFIX] : []));
    if (backup.restore !== undefined) bucket.grantDownload(role, `${DUMP_PREFIX}${backup.restore.dump}/`);
    this.output('backup_role_arn', role.arn, 'IAM role that may upload dumps');
    const roleArn = cluster.podRoles === 'irsa' ? role.arn : undefined;
    return { bucket: bucket.name, prefix: DUMP_PREFIX, keyArn: this.key.arn, roleArn };
  }

  private watch(database: PostgresServer, bucket: BackupBucket): void {
    const { environment, account, key } = this;
    if (!environment.alarms.enabled) return;
    const watch = new DatabaseWatch(this, 'watch', { environment, account, key, database, bucket });
    this.output('alarm_topic_arn', watch.topicArn, 'SNS topic for alarms and events of the database');
  }

  private createOutputs(bucket: BackupBucket): void {
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
    const deploy = `npx cdktf deploy '${stackNames(this.environment.name).workload}'`;
    this.output('deploy_workload', deploy, 'Command that deploys the control plane');
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
}
