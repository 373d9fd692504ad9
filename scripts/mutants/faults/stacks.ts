import { inFile } from '../fault';

const STACKS = 'test/stacks/stacks.test.ts';
const REACH = 'test/stacks/network.test.ts';
const AURORA = 'test/constructs/aws/rds/aurora-cluster.test.ts';
const RESTORE = 'test/constructs/aws/rds/database-restore.test.ts';
const GITOPS = 'test/stacks/gitops.test.ts';
const DUMPS = 'test/constructs/kubernetes/backup/dump-jobs.test.ts';

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
    [STACKS, GITOPS, DUMPS, 'test/stacks/existing-database.test.ts'],
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
        'the dumps begin before the migration',
        '{ ...job, dumps, after: migrations.ready }',
        '{ ...job, dumps, after: [] }',
      ],
    ],
  ),
];
