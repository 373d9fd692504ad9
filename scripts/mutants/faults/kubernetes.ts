import { inFile } from '../fault';

const REACH = 'test/stacks/network.test.ts';
const POD = 'test/constructs/kubernetes/pods/restricted-pod.test.ts';
const NAMESPACE = 'test/constructs/kubernetes/pods/namespace.test.ts';
const SCALING = 'test/constructs/kubernetes/migration/api-scaling.test.ts';
const REVOCATION = 'test/constructs/kubernetes/migration/revocation-job.test.ts';
const DUMPS = 'test/constructs/kubernetes/backup/dump-jobs.test.ts';
const DELIVERIES = 'test/constructs/kubernetes/secrets/secret-deliveries.test.ts';
const SYNCED = 'test/constructs/kubernetes/secrets/synced-secrets.test.ts';
const RELEASE = 'test/constructs/kubernetes/release/control-plane-release.test.ts';
const STACKS = 'test/stacks/stacks.test.ts';
const AURORA = 'test/constructs/aws/rds/aurora-cluster.test.ts';
const RESTORE = 'test/constructs/aws/rds/database-restore.test.ts';
const GITOPS = 'test/stacks/gitops.test.ts';

/** In what is created in the cluster, and in the stacks: of the kinds that a review by eye passes over. */
export const KUBERNETES_FAULTS = [
  ...inFile(
    'constructs/kubernetes/pods/restricted-pod.ts',
    [POD],
    [
      [
        'a root user is accepted',
        'securityContext: { runAsNonRoot: true, seccompProfile',
        'securityContext: { runAsNonRoot: false, seccompProfile',
      ],
      [
        'a root user of a container is accepted',
        '      ...user,\n      runAsNonRoot: true,',
        '      ...user,\n      runAsNonRoot: false,',
      ],
      [
        'limits are those of the requests',
        'limits: amounts(1, LITTLE_DISK.limits)',
        'limits: amounts(0, LITTLE_DISK.limits)',
      ],
      ['no limits', ', limits: amounts(1, LITTLE_DISK.limits) }', ' }'],
      [
        'the temporary directory fills the node',
        "{ name: 'tmp', emptyDir: { sizeLimit: TMP_LIMIT } }",
        "{ name: 'tmp', emptyDir: {} }",
      ],
      ['images are pulled without a secret', '[images?.pullSecretName, ...', '[...'],
      [
        'the role of the account is forgotten',
        "roleArn === undefined ? undefined : { 'eks",
        "roleArn !== undefined ? undefined : { 'eks",
      ],
      [
        'new authorities leave the pods as they are',
        "    'agent-bom-postgres/authorities': trustBundle.contentHash,\n",
        '',
      ],
    ],
  ),
  ...inFile(
    'constructs/kubernetes/pods/control-plane-namespace.ts',
    [NAMESPACE],
    [['a namespace of others is created', 'create ? [this.createNamespace()] : []', '[this.createNamespace()]']],
  ),
  ...inFile(
    'constructs/kubernetes/pods/cluster-access.ts',
    [STACKS, NAMESPACE],
    [
      ['the token of another region', "'--region', region,", "'--region', 'us-east-1',"],
      [
        'the authority of the cluster is not decoded',
        'Fn.base64decode(cluster.certificateAuthority)',
        'cluster.certificateAuthority',
      ],
    ],
  ),
  ...inFile(
    'constructs/kubernetes/migration/api-scaling.ts',
    [SCALING, 'test/stacks/stacks.test.ts'],
    [
      [
        'every Deployment may be stopped',
        "resources: ['deployments/scale'], resourceNames: [deployment]",
        "resources: ['deployments/scale']",
      ],
      [
        'the Deployment may be changed',
        "resourceNames: [deployment], verbs: ['get']",
        "resourceNames: [deployment], verbs: ['get', 'patch']",
      ],
      ['pods may be deleted', "verbs: ['list']", "verbs: ['list', 'delete']"],
      ['who stops waits as long as who starts', "direction === 'stop' ? API_STOP", "direction === 'start' ? API_STOP"],
      ['a token for a day', 'TOKEN_SECONDS = 60 * 60', 'TOKEN_SECONDS = 24 * 60 * 60'],
      [
        'the time to start is that to stop',
        "direction === 'stop' ? API_STOP_SECONDS",
        "direction === 'start' ? API_STOP_SECONDS",
      ],
    ],
  ),
  ...inFile(
    'constructs/kubernetes/migration/revocation-job.ts',
    [REVOCATION],
    [['the Job begins before the rights are there', '...(start?.ready ?? []), ', '']],
  ),
  ...inFile(
    'constructs/kubernetes/backup/backup-job.ts',
    [DUMPS],
    [
      ['a dump of ten minutes', '6 * HOUR_SECONDS', '600'],
      ['a dump is never tried again', 'backoffLimit: 2', 'backoffLimit: 0'],
    ],
  ),
  ...inFile(
    'constructs/kubernetes/backup/restore-job.ts',
    [DUMPS],
    [
      ['a restore of an hour', 'DEADLINE_SECONDS = 6 * 60 * 60', 'DEADLINE_SECONDS = 60 * 60'],
      ['another dump is the same Job', '{ dump, replace })', '{ replace })'],
    ],
  ),
  ...inFile(
    'constructs/kubernetes/secrets/synced-secrets.ts',
    [SYNCED, DELIVERIES],
    [
      [
        'generated keys lack the one of the proxy',
        'controlPlane.secretArn === undefined || trustedProxy',
        'trustedProxy',
      ],
      [
        'the URL has the user for a password',
        "encodedPassword: encoded('password')",
        "encodedPassword: encoded('username')",
      ],
      [
        'an identity has the secret of another',
        'const source = endpoint.identitySecrets[name];',
        'const source = endpoint.identitySecrets.app;',
      ],
      [
        'a Secret of the previous generation',
        'name: syncedSecretName(name, generation),\n      values: { [environmentVariable]: this.url(source, connectionUrl) }',
        'name: syncedSecretName(name, 1),\n      values: { [environmentVariable]: this.url(source, connectionUrl) }',
      ],
    ],
  ),
  ...inFile(
    'constructs/kubernetes/secrets/external-secrets.ts',
    ['test/stacks/existing-database.test.ts', SYNCED, DELIVERIES, 'test/stacks/gitops.test.ts'],
    [
      ['what is fixed is read every hour', "refreshPolicy: 'CreatedOnce'", "refreshPolicy: 'Periodic'"],
      [
        'the previous Secret stays with everybody',
        "keepPrevious && renamed ? 'Orphan'",
        "keepPrevious || renamed ? 'Orphan'",
      ],
    ],
  ),
  ...inFile(
    'constructs/kubernetes/release/control-plane-release.ts',
    [RELEASE],
    [
      [
        'a release that may not be taken back is',
        'takenBack = writerStopsUpTo(chartVersion).length === 0',
        'takenBack = true',
      ],
      ['the chart creates the namespace', 'createNamespace: false', 'createNamespace: true'],
      ['the wait of five minutes', 'TIMEOUT_SECONDS = 15 * 60', 'TIMEOUT_SECONDS = 5 * 60'],
    ],
  ),
  ...inFile(
    'constructs/kubernetes/release/control-plane-values.ts',
    [RELEASE],
    [
      [
        'the API has the login of the maintenance',
        'appSecretName: app.secretName',
        'appSecretName: maintenance.secretName',
      ],
      [
        'maintenance has the login of the administrator',
        'maintenanceSecretName: maintenance.secretName',
        'maintenanceSecretName: admin.secretName',
      ],
      ['the largest pool is the smallest', 'poolMaximum: pool.poolMaximum', 'poolMaximum: pool.poolMinimum'],
    ],
  ),
  ...inFile(
    'stacks/database-stack.ts',
    [STACKS, REACH, 'test/stacks/changes.test.ts'],
    [
      ['plans may destroy what lasts', 'Aspects.of(this).add(new PreventDestroy())', 'void PreventDestroy'],
      ['the scanner has the role of the API', 'scanner: roles.scanner.arn', 'scanner: roles.api.arn'],
      ['the dump has the role of the reader', 'BACKUP_SERVICE_ACCOUNT },', 'SECRET_READER },'],
      ['uploads of a whole bucket', 'bucket.grantUpload(role, DUMP_PREFIX,', "bucket.grantUpload(role, '',"],
      ['nothing is watched', 'if (!environment.alarms.enabled) return;', 'if (environment.alarms.enabled) return;'],
    ],
  ),
  ...inFile(
    'stacks/database-server.ts',
    [REACH, STACKS, 'test/stacks/changes.test.ts'],
    [
      ['an administrator’s network is left out', 'for (const cidr of access.cidrs) server.allowFrom({ cidr });', ''],
      ['backups are kept for the usual days', '    backupRetentionDays,\n    backupWindow,', '    backupWindow,'],
    ],
  ),
  ...inFile(
    'stacks/environment-stack.ts',
    [STACKS],
    [
      ['a key may be destroyed', 'RdsClusterInstance, KmsKey, S3Bucket', 'RdsClusterInstance, S3Bucket'],
      ['a secret may be destroyed', 'S3Bucket, SecretsmanagerSecret]', 'S3Bucket]'],
      ['an instance may be destroyed', '[DbInstance, RdsCluster, ', '[RdsCluster, '],
      ['two stacks have one state', '`${prefix}/${id}.tfstate`', '`${prefix}/terraform.tfstate`'],
    ],
  ),
];

/** In the stacks that put the constructs together. */
export const STACK_FAULTS = [
  ...inFile(
    'stacks/database-stack.ts',
    [STACKS, REACH, 'test/constructs/kubernetes/backup/dump-jobs.test.ts'],
    [
      [
        'a plan may destroy the data',
        'if (!environment.releaseProtection) Aspects',
        'if (environment.releaseProtection) Aspects',
      ],
      ['a restore reads every dump', '`${DUMP_PREFIX}${backup.restore.dump}/`', '`${DUMP_PREFIX}`'],
      ['the secrets have no policy', 'this.protectSecrets(reader, {', 'void ({'],
      ['the roles have no boundary', 'Aspects.of(this).add(new RoleSettings(environment.cluster));', ''],
    ],
  ),
  ...inFile(
    'stacks/environment-stack.ts',
    [STACKS, AURORA, RESTORE],
    [
      ['a bucket may be destroyed', 'KmsKey, S3Bucket, SecretsmanagerSecret]', 'KmsKey, SecretsmanagerSecret]'],
      ['a cluster may be destroyed', 'RdsCluster, RdsClusterInstance, KmsKey', 'RdsClusterInstance, KmsKey'],
      ['the state is not encrypted', 'encrypt: true', 'encrypt: false'],
      ['the state is not locked', "this.addOverride('terraform.backend.s3.use_lockfile', true);", ''],
      ['a Terraform that writes secrets into the state', "'>= 1.11.0'", "'>= 1.5.0'"],
    ],
  ),
  ...inFile(
    'stacks/database-stack.ts',
    [DELIVERIES],
    [
      [
        'beside keys of another team no secret has a policy',
        "(name === 'control-plane' && environment.secrets.controlPlane !== undefined)",
        'environment.secrets.controlPlane !== undefined',
      ],
      [
        'the secret of another team gets our policy',
        " || (name === 'control-plane' && environment.secrets.controlPlane !== undefined)",
        '',
      ],
    ],
  ),
  ...inFile(
    'stacks/environment-stack.ts',
    ['test/contract/environment/account/tags.test.ts'],
    [
      [
        'a program hides the tags by which an environment is found',
        '{ ...this.environment.tags, ...ownTags(this.environment.name) }',
        '{ ...ownTags(this.environment.name), ...this.environment.tags }',
      ],
    ],
  ),
  ...inFile(
    'stacks/database-server.ts',
    [REACH, STACKS],
    [
      [
        'the cluster has access where the namespace alone should',
        "if (access.pods === 'cluster') server",
        "if (access.pods !== 'none') server",
      ],
      ['the protection is on when it is released', '!releaseProtection', 'releaseProtection'],
    ],
  ),
  ...inFile(
    'stacks/workload-roles.ts',
    [REACH],
    [
      [
        'the API connects as every identity',
        "filter(({ name }) => name === 'app')",
        "filter(({ name }) => name !== '')",
      ],
    ],
  ),
  ...inFile(
    'stacks/workload-stack.ts',
    [STACKS, GITOPS, DUMPS, REACH, 'test/stacks/existing-database.test.ts'],
    [
      [
        'Terraform uninstalls the release that it hands to Argo CD',
        'lifecycle: { destroy: false }',
        'lifecycle: { destroy: true }',
      ],
      [
        'logins are revoked before the release is up',
        'after: [...monthly.ready, ...installed.ready]',
        'after: [...monthly.ready]',
      ],
      [
        'the groups of the pods are not waited for',
        'namespace.waitFor(new SecurityGroupPolicy(',
        'void (new SecurityGroupPolicy(',
      ],
      ['the migration runs before the restore', 'after: restore?.ready', 'after: []'],
      [
        'the scanner has a role that may do nothing',
        'scanner: scanner.policyArns.length > 0',
        'scanner: granted || scanner.policyArns.length > 0',
      ],
      [
        'the API has no role for its reports',
        'iamAuthentication || keepsReportsInOwnBucket(environment)',
        'iamAuthentication',
      ],
      ['the API has no role for its login', 'database.iamAuthentication || keeps', 'keeps'],
      [
        'no restore where no dumps are made',
        'used = backup.enabled || backup.restore !== undefined ||',
        'used = backup.enabled ||',
      ],
      [
        'no dumps where nothing else needs the bucket',
        'used = backup.enabled || backup.restore',
        'used = backup.restore',
      ],
      [
        'no announcement where nothing else needs the bucket',
        ' || announcesVerification(this.environment);\n    if (store',
        ';\n    if (store',
      ],
      [
        'the dumps begin before the migration',
        '{ ...job, dumps, after: migrations.ready }',
        '{ ...job, dumps, after: [] }',
      ],
    ],
  ),
];
