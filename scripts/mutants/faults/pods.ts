import { inFile } from '../fault';

const POD = 'test/constructs/kubernetes/pods/restricted-pod.test.ts';
const MIGRATION = 'test/constructs/kubernetes/migration/migration-job.test.ts';
const DUMPS = 'test/constructs/kubernetes/backup/dump-jobs.test.ts';
const STACKS = 'test/stacks/stacks.test.ts';
const NAMESPACE = 'test/constructs/kubernetes/pods/namespace.test.ts';
const SYNCED = 'test/constructs/kubernetes/secrets/synced-secrets.test.ts';
const DELIVERIES = 'test/constructs/kubernetes/secrets/secret-deliveries.test.ts';
const GITOPS = 'test/stacks/gitops.test.ts';
const RELEASE = 'test/constructs/kubernetes/release/control-plane-release.test.ts';

/** In what every pod is made of, and in the release. */
export const POD_FAULTS = [
  ...inFile(
    'constructs/kubernetes/pods/restricted-pod.ts',
    [POD, MIGRATION],
    [
      ['a label of a program wins', '{ ...pods.labels, ...LABELS,', '{ ...LABELS, ...pods.labels,'],
      [
        'the accounts give their pods a token',
        '      automountServiceAccountToken: false,\n      dependsOn',
        '      automountServiceAccountToken: true,\n      dependsOn',
      ],
      [
        'the pods take a token',
        '      automountServiceAccountToken: false,\n      // ',
        '      automountServiceAccountToken: true,\n      // ',
      ],
      ['the files of the image can be written', 'readOnlyRootFilesystem: true', 'readOnlyRootFilesystem: false'],
      ['privileges can be gained', 'allowPrivilegeEscalation: false', 'allowPrivilegeEscalation: true'],
      ['no capability is dropped', "{ drop: ['ALL'] }", '{ drop: [] }'],
      ['every system call is allowed', "{ type: 'RuntimeDefault' }", "{ type: 'Unconfined' }"],
      ['the containers run as root', "{ runAsUser: '999', runAsGroup: '999' }", "{ runAsUser: '0', runAsGroup: '0' }"],
      ['a failed pod starts again in its place', "restartPolicy: 'Never'", "restartPolicy: 'OnFailure'"],
      ['the last step runs first', 'container: steps.slice(-1)', 'container: steps.slice(0, 1)'],
      ['the authorities can be written', 'mountPath: CA_DIRECTORY, readOnly: true', 'mountPath: CA_DIRECTORY'],
      [
        'every container has the role',
        "'eks.amazonaws.com/skip-containers': withoutRole",
        "'eks.amazonaws.com/skip': withoutRole",
      ],
      [
        'a node may be taken away during a restore',
        "'karpenter.sh/do-not-disrupt': 'true'",
        "'karpenter.sh/do-not-disrupt': 'false'",
      ],
      ['variables of Services look like settings', 'enableServiceLinks: false', 'enableServiceLinks: true'],
      ['the account is that of the namespace', 'serviceAccountName: account.accountName,', ''],
      ['what went wrong is not shown', "'FallbackToLogsOnError'", "'File'"],
    ],
  ),
  ...inFile(
    'constructs/kubernetes/pods/jobs.ts',
    [DUMPS, MIGRATION, STACKS],
    [
      ['Terraform does not wait for the end', 'waitForCompletion: true', 'waitForCompletion: false'],
      [
        'a Job runs without end',
        'activeDeadlineSeconds: deadlineSeconds,\n        podFailurePolicy',
        'podFailurePolicy',
      ],
      ['runs overlap', "concurrencyPolicy: 'Forbid'", "concurrencyPolicy: 'Allow'"],
      ['the schedule follows the clock of the cluster', "timezone: 'Etc/UTC',", ''],
      ['a drained node is a failure of the Job', "action: 'Ignore'", "action: 'FailJob'"],
      ['what was to run never runs on its schedule', 'suspend: suspended', 'suspend: true'],
      ['the wait ends before the Job', 'WAIT_BEYOND_MINUTES = 5', 'WAIT_BEYOND_MINUTES = -5'],
      ['nothing comes before the Job', 'dependsOn: [...after]', 'dependsOn: []'],
      ['a missed run is never made up for', '        startingDeadlineSeconds,\n        ...KEPT', '        ...KEPT'],
      ['failures are forgotten', 'failedJobsHistoryLimit: 5', 'failedJobsHistoryLimit: 0'],
    ],
  ),
  ...inFile(
    'constructs/kubernetes/pods/control-plane-namespace.ts',
    [NAMESPACE, STACKS],
    [
      [
        'any pod may run in the namespace',
        "'pod-security.kubernetes.io/enforce': 'baseline'",
        "'pod-security.kubernetes.io/enforce': 'privileged'",
      ],
      [
        'the chart deletes our objects',
        "'app.kubernetes.io/managed-by': 'terraform'",
        "'app.kubernetes.io/managed-by': 'Helm'",
      ],
      ['no pod is in the security groups', 'podSelector: {}', "podSelector: { matchLabels: { app: 'agent-bom' } }"],
      ['nothing waits for the security groups', 'this.prerequisites.push(...prerequisites);', ''],
    ],
  ),
  ...inFile(
    'constructs/kubernetes/pods/trust-bundle.ts',
    [NAMESPACE],
    [
      ['the authorities of every region', 'caBundle ?? this.bundled(region)', "this.bundled('eu-west-1')"],
      ['the text of the authorities is read by Terraform', 'terraformLiteral(authorities)', 'authorities'],
    ],
  ),
  ...inFile(
    'constructs/kubernetes/secrets/external-secrets.ts',
    [SYNCED, DELIVERIES, GITOPS],
    [
      ['a password is written into the URL as it stands', '| urlquery | replace "+" "%20" }}', '}}'],
      ['a space becomes a plus sign', ' | replace "+" "%20"', ''],
      ['any version of the password', '{ version: `uuid/${versionId}` }', '{}'],
      ['the Secret goes with its ExternalSecret', "deletionPolicy: 'Retain'", "deletionPolicy: 'Delete'"],
      [
        'the Secrets are read before the store is there',
        '[...namespace.ready, ...store.ready]',
        '[...namespace.ready]',
      ],
      [
        'the account of the reader has a token',
        'automountServiceAccountToken: false',
        'automountServiceAccountToken: true',
      ],
      ['nothing is waited for', 'content.renamed ? undefined : READY', 'undefined'],
      ['other keys stay in the Secret', "mergePolicy: 'Replace'", "mergePolicy: 'Merge'"],
    ],
  ),
  ...inFile(
    'constructs/kubernetes/secrets/terraform-secrets.ts',
    [DELIVERIES],
    [
      ['the state keeps the passwords', 'dataWo: Object', 'data: Object'],
      ['a password that is not yet valid', '"AWSCURRENT"', '"AWSPENDING"'],
      ['a new password is not written', 'this.versions.push(versionId);', ''],
      ['the previous Secret goes first', '{ createBeforeDestroy: renamed }', '{ createBeforeDestroy: false }'],
    ],
  ),
  ...inFile(
    'constructs/kubernetes/secrets/synced-secrets.ts',
    [SYNCED, DELIVERIES, 'test/stacks/existing-database.test.ts'],
    [
      ['the password of the administrator is read once an hour', 'refreshInterval: ADMIN_REFRESH_INTERVAL,', ''],
      [
        'a password changes while pods know the previous one',
        "source.versionId === undefined ? 'never' : undefined",
        'undefined',
      ],
      [
        'the migrations do not act as the owner',
        'this.url(endpoint.adminSecret, migrationUrl)',
        'this.url(endpoint.adminSecret, connectionUrl)',
      ],
      [
        'the keys of the API are not waited for',
        '[...Object.values(this.identities), this.controlPlane, this.authentication]',
        'Object.values(this.identities)',
      ],
    ],
  ),
  ...inFile(
    'constructs/kubernetes/release/control-plane-release.ts',
    [RELEASE, STACKS],
    [
      ['a release that fails stays', 'atomic: takenBack', 'atomic: false'],
      ['the pods are not waited for', 'wait: true', 'wait: false'],
      ['the release comes before the migrations', '...trustBundle.ready, ...after]', '...trustBundle.ready]'],
      [
        'Terraform runs what is in the values',
        'terraformLiteral(yamlText(controlPlaneValues(props, namespace.name)))',
        'yamlText(controlPlaneValues(props, namespace.name))',
      ],
      ['annotations of the user are replaced', 'if (mistakes.length > 0) throw', 'if (mistakes.length > 9) throw'],
    ],
  ),
  ...inFile(
    'constructs/kubernetes/release/control-plane-values.ts',
    [RELEASE],
    [
      [
        'the values of the user win over the contract',
        'props.values ?? RELEASE_DEFAULTS.values, owned',
        'owned, props.values ?? RELEASE_DEFAULTS.values',
      ],
    ],
  ),
];
