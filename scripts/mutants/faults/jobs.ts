import { inFile } from '../fault';

const MIGRATION = 'test/constructs/kubernetes/migration/migration-job.test.ts';
const DUMPS = 'test/constructs/kubernetes/backup/dump-jobs.test.ts';
const ORDER = 'test/stacks/order.test.ts';
const JOB_NAME = 'test/stacks/job-name.test.ts';
const STACKS = 'test/stacks/stacks.test.ts';
const REVOCATION = 'test/constructs/kubernetes/migration/revocation-job.test.ts';
const GITOPS = 'test/stacks/gitops.test.ts';
const VERIFICATION = 'test/constructs/kubernetes/migration/verification-job.test.ts';
const SCALING = 'test/constructs/kubernetes/migration/api-scaling.test.ts';
const POD = 'test/constructs/kubernetes/pods/restricted-pod.test.ts';
const INVARIANTS = 'test/stacks/invariants.test.ts#instance|large';

/** In the Jobs that migrate, dump and restore. */
export const JOB_FAULTS = [
  ...[
    'constructs/kubernetes/release/report-settings.ts',
    'constructs/kubernetes/pods/trust-bundle.ts',
    'constructs/kubernetes/pods/restricted-pod.ts',
  ].flatMap((file) =>
    inFile(
      file,
      [INVARIANTS],
      [['an object is created before its namespace', 'dependsOn: [...namespace.ready],', 'dependsOn: [],']],
    ),
  ),
  ...inFile(
    'constructs/kubernetes/migration/migration-files.ts',
    [MIGRATION, DUMPS],
    [
      ['Terraform runs what is in the scripts', 'terraformLiteral(text)', 'text'],
      ['the files go before the new ones are there', 'createBeforeDestroy: true', 'createBeforeDestroy: false'],
      ['a byte more than a ConfigMap holds', 'bytes <= CONFIG_MAP_LIMIT_BYTES', 'bytes <= CONFIG_MAP_LIMIT_BYTES + 1'],
      ['the files can change under a Job', 'immutable: true,', ''],
    ],
  ),
  ...inFile(
    'constructs/kubernetes/migration/migration-job.ts',
    [MIGRATION, JOB_NAME, DUMPS],
    [
      ['a changed pod is the same Job', 'shortHash(JSON.stringify(this.template))', "shortHash('')"],
      ['another database is the same Job', '({ host, port, database, secrets })', '({ secrets })'],
      ['a new password is the same Job', '({ arn, versionId }))', '({ arn }))'],
      [
        'the migration does not wait for the restore',
        'after: [...this.prerequisites, ...after]',
        'after: [...this.prerequisites]',
      ],
      ['every day of the month', "'17 4 1 * *'", "'17 4 * * *'"],
    ],
  ),
  ...inFile(
    'constructs/kubernetes/migration/verification-job.ts',
    [VERIFICATION],
    [
      ['a verification that nobody removes', 'keptSeconds: KEPT_SECONDS,', ''],
      [
        'the cluster does not say whose verification it is',
        'labels: { [ENVIRONMENT_LABEL]: props.environmentName },',
        '',
      ],
      ['it runs although it is switched off', 'suspended: props.suspended,', ''],
      [
        'a failure after a success does not alert',
        '> max(${last})`,\n        labels',
        '< max(${last})`,\n        labels',
      ],
      ['an alert that waits for hours as if they were seconds', '${hours * HOUR_SECONDS}', '${hours}'],
    ],
  ),
  ...inFile(
    'migrations/scale_api.py',
    [SCALING],
    [
      ['a proxy of the shell is asked', 'urllib.request.ProxyHandler({}), ', ''],
      ['a pod that has failed is waited for', 'not in ("Succeeded", "Failed")', 'not in ("Succeeded",)'],
      ['a pod that has succeeded is waited for', 'not in ("Succeeded", "Failed")', 'not in ("Failed",)'],
      ['an API without pods is available', 'running >= wanted > 0', 'running >= wanted'],
      ['every migration stops the API', 'if stop["migration"] in ahead]', 'if ahead]'],
      ['a change that nobody has seen yet counts', 'return seen and running', 'return running'],
      [
        'a pod of the version before counts',
        'min(status.get("updatedReplicas", 0), status.get("availableReplicas", 0))',
        'status.get("availableReplicas", 0)',
      ],
      ['another authority is trusted', 'cafile=f"{CREDENTIALS}/ca.crt"', ''],
      ['any answer will do', '        if error.code == 404:', '        if error.code >= 400:'],
    ],
  ),
  ...inFile(
    'stacks/verification.ts',
    [VERIFICATION],
    [
      ['a success is told where no alarm waits for it', 'announcesVerification(environment) ? dumps', 'true ? dumps'],
      ['a PrometheusRule where nobody asked for it', 'prometheusRule ? verification', 'true ? verification'],
    ],
  ),
  ...inFile(
    'constructs/kubernetes/migration/verification-job.ts',
    [DUMPS],
    [
      [
        'its Secrets are replaced before it is',
        '...trustBundle.ready, ...secrets.ready, ...after]',
        '...trustBundle.ready, ...after]',
      ],
    ],
  ),
  ...inFile(
    'constructs/kubernetes/pods/restricted-pod.ts',
    [DUMPS],
    [['a pod asks for all that it may use', 'cpu: cpu[end]', 'cpu: cpu[1]']],
  ),
  ...inFile(
    'constructs/kubernetes/migration/migration-pod.ts',
    [MIGRATION, STACKS, REVOCATION],
    [
      [
        'the packaged migrations see every password',
        "productContainer('packaged', 'migrate', administrator, props)",
        "productContainer('packaged', 'migrate', everyone, props)",
      ],
      ['the revisions fill the disk of the node', "emptyDir: { sizeLimit: '1Mi' }", 'emptyDir: {}'],
      ['the first step sees every password', '[...administrator, contractOptions(props)]', '[...everyone]'],
      [
        'verify does not ask for the revision of the image',
        'contractOptions(props), REVISIONS_VARIABLE]',
        'contractOptions(props)]',
      ],
      ['every workload has every URL', '.filter(({ workloads }) => workloads.includes(workload))', ''],
      [
        'the scripts can be written',
        'mountPath: CONTRACT_DIRECTORY, readOnly: true }',
        'mountPath: CONTRACT_DIRECTORY }',
      ],
      [
        'the image of the product runs as root',
        "{ runAsUser: '100', runAsGroup: '101' }",
        "{ runAsUser: '0', runAsGroup: '0' }",
      ],
      ['the limits of the environment are not passed on', 'props.limits ?? connectionLimits', 'connectionLimits'],
      ['verify comes before the packaged migrations are closed', "psqlContainer('after', everyone, props),", ''],
    ],
  ),
  ...inFile(
    'constructs/kubernetes/migration/revocation-job.ts',
    [REVOCATION, STACKS, GITOPS],
    [
      ['the CronJob follows its schedule', 'suspended: true,', ''],
      ['the next generation is the same Job', 'shortHash(JSON.stringify(template))', "shortHash('')"],
    ],
  ),
  ...inFile(
    'constructs/kubernetes/backup/backup-job.ts',
    [DUMPS, POD, STACKS],
    [
      ['the container that reads the database has the role', 'withoutRole: [dump.name],', ''],
      ['the dump runs before the login is there', '...secrets.ready, ...after]', '...secrets.ready]'],
      [
        'the dump has the administrator’s URL',
        "connectionVariables('backup', secrets",
        "connectionVariables('migration', secrets",
      ],
      ['the upload comes before the dump', 'steps: [dump, dumps.awsContainer(', 'steps: [dumps.awsContainer('],
    ],
  ),
  ...inFile(
    'constructs/kubernetes/backup/dump-store.ts',
    [DUMPS, POD],
    [
      ['a request that fails is never made again', "      AWS_MAX_ATTEMPTS: '5',\n", ''],
      [
        'the dump looks for the contract where it is not',
        "{ name: 'MIGRATIONS_DIRECTORY', value: CONTRACT_DIRECTORY }, ",
        '',
      ],
      ['the role of the node is taken', "AWS_EC2_METADATA_DISABLED: 'true'", "AWS_EC2_METADATA_DISABLED: 'false'"],
      ['the dump fills the disk of the node', '{ sizeLimit: `${this.scratchGib}Gi` }', '{}'],
      ['less room than one dump', '`${this.scratchGib + 1}Gi`', '`${this.scratchGib - 1}Gi`'],
      ['the dump is encrypted with another key', 'BACKUP_KEY_ARN: store.keyArn', "BACKUP_KEY_ARN: 'alias/aws/s3'"],
      [
        'another user than the one that wrote the dump',
        'user: POSTGRES_USER,\n      // The node',
        "user: { runAsUser: '1000', runAsGroup: '1000' },\n      // The node",
      ],
      ['the scripts can be written', 'mountPath: SCRIPTS_DIRECTORY, readOnly: true', 'mountPath: SCRIPTS_DIRECTORY'],
    ],
  ),
  ...inFile(
    'constructs/kubernetes/backup/restore-job.ts',
    [DUMPS, POD, STACKS],
    [
      ['another change runs the restore again', "{ ignoreChanges: ['spec'] }", '{}'],
      ['a Job that is recreated restores again', "'--once', ", ''],
      ['the restore has the role of the bucket', 'withoutRole: steps.map(({ name }) => name)', 'withoutRole: []'],
      ['a database is replaced that was not named', "['--replace', replace]", "['--replace', 'agent_bom']"],
      ['what was restored is not migrated', '...migrationSteps(props)]', ']'],
    ],
  ),
  ...inFile(
    'stacks/workload-stack.ts',
    [ORDER],
    [
      [
        'logins are revoked while the monthly migration has the previous URLs',
        'after: [...monthly.ready, ...installed.ready] }',
        'after: [...installed.ready] }',
      ],
      [
        'logins are revoked on demand before the migrations',
        'after: [...migrations.prerequisites, ...migrations.ready] }',
        'after: [...migrations.prerequisites] }',
      ],
    ],
  ),
  ...inFile(
    'constructs/kubernetes/release/control-plane-release.ts',
    [ORDER],
    [
      [
        'the API starts before its authorities are there',
        '...secrets.ready, ...trustBundle.ready, ...after',
        '...secrets.ready, ...after',
      ],
    ],
  ),
  ...inFile(
    'constructs/kubernetes/migration/api-scaling.ts',
    [ORDER],
    [['the binding is made before its ServiceAccount', 'dependsOn: [role, ...account.ready]', 'dependsOn: [role]']],
  ),
  ...inFile(
    'constructs/kubernetes/migration/migration-job.ts',
    [ORDER],
    [['the migrations begin before they may stop the API', '[...account.ready, ...access, ', '[...account.ready, ']],
  ),
  ...inFile(
    'constructs/kubernetes/migration/revocation-job.ts',
    [ORDER],
    [
      [
        'the API is started before that is allowed',
        'after: [...account.ready, ...(start?.ready ?? []), ...after]',
        'after: [...account.ready, ...after]',
      ],
    ],
  ),
];
