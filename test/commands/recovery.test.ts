import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventOf } from '../../commands/deploy/events';
import { changesOf, type ResourceChange } from '../../commands/deploy/plan-file';
import { adoptionOf, removeImports, writeImports } from '../../commands/deploy/recovery/adoption';
import { awsImports, createdRoles } from '../../commands/deploy/recovery/aws-objects';
import { jobRuns, tellingLines } from '../../commands/deploy/recovery/job-failure';
import { createdObjects, type ExistingObject } from '../../commands/deploy/recovery/objects';
import { releaseRepair } from '../../commands/deploy/recovery/release';
import { withoutIdentity } from '../../commands/deploy/recovery/state-repair';

const OURS = { 'app.kubernetes.io/name': 'agent-bom-postgres', 'app.kubernetes.io/managed-by': 'terraform' };

const manifest = (name: string) => ({
  manifest: {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name, namespace: 'agent-bom', labels: OURS },
  },
});
const metadata = (name: string, more: object = {}) => ({ metadata: [{ name, namespace: 'agent-bom', ...more }] });

/** As `terraform show -json` of Terraform 1.11.4 writes them. */
const changed = (
  address: string,
  actions: readonly string[],
  after: unknown,
  before: unknown = null,
  more: object = {},
): ResourceChange => ({ address, type: address.split('.')[0], change: { actions, before, after }, ...more });

describe('the objects that a plan creates', () => {
  it('are named as kubectl and as an import name them', () => {
    expect(
      createdObjects([
        changed('kubernetes_manifest.a', ['create'], manifest('agent-bom-app-g1')),
        changed('kubernetes_config_map_v1.b', ['create'], metadata('agent-bom-postgres-ca')),
        changed('kubernetes_namespace_v1.c', ['create'], { metadata: [{ name: 'agent-bom' }] }),
      ]),
    ).toEqual([
      {
        address: 'kubernetes_manifest.a',
        occupied: false,
        kind: 'ExternalSecret.v1.external-secrets.io',
        name: 'agent-bom-app-g1',
        namespace: 'agent-bom',
        importId: 'apiVersion=external-secrets.io/v1,kind=ExternalSecret,namespace=agent-bom,name=agent-bom-app-g1',
      },
      {
        address: 'kubernetes_config_map_v1.b',
        occupied: false,
        kind: 'ConfigMap',
        name: 'agent-bom-postgres-ca',
        namespace: 'agent-bom',
        importId: 'agent-bom/agent-bom-postgres-ca',
      },
      {
        address: 'kubernetes_namespace_v1.c',
        occupied: false,
        kind: 'Namespace',
        name: 'agent-bom',
        importId: 'agent-bom',
      },
    ]);
  });

  it('are not those that stay, go, have generated names, or are replaced under their own name', () => {
    expect(
      createdObjects([
        changed('kubernetes_config_map_v1.a', ['no-op'], metadata('a')),
        changed('kubernetes_config_map_v1.b', ['update'], metadata('b')),
        changed('kubernetes_config_map_v1.c', ['delete'], null, metadata('c')),
        changed('kubernetes_job_v1.d', ['create'], { metadata: [{ generate_name: 'd-', namespace: 'agent-bom' }] }),
        changed('kubernetes_role_v1.e', ['delete', 'create'], metadata('e'), metadata('e')),
        changed('helm_release.f', ['create'], { name: 'agent-bom' }),
        changed('aws_kms_key.g', ['create'], {}),
      ]),
    ).toEqual([]);
  });
});

describe('what exists and is in no state', () => {
  const planned = createdObjects([
    changed('kubernetes_manifest.a', ['create'], manifest('agent-bom-app-g2')),
    changed('kubernetes_config_map_v1.b', ['create', 'delete'], metadata('new'), metadata('old')),
  ]);
  const existing = (kind: string, name: string, labels = OURS): ExistingObject => ({ kind, name, labels });

  it('is imported, or deleted where its address holds what it replaces', () => {
    const found = [
      existing('ExternalSecret.v1.external-secrets.io', 'agent-bom-app-g2'),
      existing('ConfigMap', 'new'),
      existing('ConfigMap', 'old'),
      existing('ConfigMap', 'agent-bom-app-g2'),
    ];
    const { imports, deletions } = adoptionOf(planned, found);
    expect([imports.map(({ name }) => name), deletions.map(({ name }) => name)]).toEqual([
      ['agent-bom-app-g2'],
      ['new'],
    ]);
    expect(adoptionOf(planned, [])).toEqual({ imports: [], deletions: [] });
  });

  it.each<[string, Record<string, string>]>([
    ['no labels', {}],
    ['another application', { ...OURS, 'app.kubernetes.io/name': 'other' }],
    ['another manager', { ...OURS, 'app.kubernetes.io/managed-by': 'Helm' }],
  ])('is refused with the labels of somebody else: %s', (_what, labels) => {
    expect(() => adoptionOf(planned, [{ kind: 'ConfigMap', name: 'new', labels }])).toThrow(
      /^ConfigMap new in the namespace agent-bom\n {2}got: {2}an object that this project did not create/,
    );
  });

  it('is named in import blocks that are gone afterwards', () => {
    const directory = mkdtempSync(join(tmpdir(), 'imports-'));
    try {
      const stack = { name: 'prod-workload', directory, dependencies: [] };
      writeImports(stack, planned.slice(0, 1));
      const file = join(directory, 'adopted.tf.json');
      expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
        import: [{ to: 'kubernetes_manifest.a', id: planned[0]?.importId }],
      });
      removeImports(stack);
      removeImports(stack);
      writeFileSync(file, '', { flag: 'wx' });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe('what a killed deployment created in AWS', () => {
  const TAGGED = [
    'arn:aws:rds:eu-west-1:111122223333:db:prod-agent-bom',
    'arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/agent-bom/app-a1B2c3',
    'arn:aws:s3:::prod-agent-bom-111122223333',
    'arn:aws:logs:eu-west-1:111122223333:log-group:/aws/rds/instance/prod-agent-bom/postgresql',
  ];

  it('is imported by its name or ARN', () => {
    const found = awsImports(
      [
        changed('aws_db_instance.a', ['create'], { identifier: 'prod-agent-bom' }),
        changed('aws_secretsmanager_secret.b', ['create'], { name: 'prod/agent-bom/app' }),
        changed('aws_s3_bucket.c', ['create'], { bucket: 'prod-agent-bom-111122223333' }),
        changed('aws_cloudwatch_log_group.d', ['create'], { name: '/aws/rds/instance/prod-agent-bom/postgresql' }),
      ],
      TAGGED,
    );
    expect(found.map(({ importId }) => importId)).toEqual([
      'prod-agent-bom',
      TAGGED[1],
      'prod-agent-bom-111122223333',
      '/aws/rds/instance/prod-agent-bom/postgresql',
    ]);
  });

  it('is not what has a similar name, is replaced, or is not created', () => {
    expect(
      awsImports(
        [
          changed('aws_db_instance.a', ['create'], { identifier: 'prod-agent' }),
          changed('aws_db_instance.b', ['create', 'delete'], { identifier: 'prod-agent-bom' }),
          changed('aws_db_instance.c', ['update'], { identifier: 'prod-agent-bom' }),
          changed('aws_secretsmanager_secret.d', ['create'], { name: 'prod/agent-bom' }),
          changed('aws_secretsmanager_secret.e', ['create'], { name: 'prod/agent.bom/app' }),
          changed('aws_kms_key.f', ['create'], {}),
        ],
        TAGGED,
      ),
    ).toEqual([]);
    expect(createdRoles([changed('aws_iam_role.a', ['create'], { name: 'prod-agent-bom-api' })])).toEqual([
      { address: 'aws_iam_role.a', importId: 'prod-agent-bom-api' },
    ]);
  });
});

describe('a release', () => {
  const revision = (version: number, status: string): ExistingObject => ({
    kind: 'Secret',
    name: `sh.helm.release.v1.agent-bom.v${version}`,
    labels: { owner: 'helm', name: 'agent-bom', version: String(version), status },
  });
  const removed = (...records: ExistingObject[]) =>
    releaseRepair(records)?.secrets.map((name) => name.split('.v').at(-1));

  it.each<[string, ExistingObject[]]>([
    ['that is not there', []],
    ['that is deployed', [revision(1, 'superseded'), revision(2, 'deployed')]],
    ['that failed', [revision(1, 'deployed'), revision(2, 'failed')]],
  ])('%s is left alone', (_what, records) => expect(releaseRepair(records)).toBeUndefined());

  it.each<[string, ExistingObject[], string[], string]>([
    ['installed', [revision(1, 'pending-install')], ['1'], 'installed again'],
    [
      'upgraded',
      [revision(9, 'deployed'), revision(10, 'pending-upgrade')],
      ['10'],
      'goes back to revision 9, and is upgraded again',
    ],
    [
      'taken back',
      [revision(1, 'deployed'), revision(2, 'failed'), revision(3, 'pending-rollback')],
      ['3'],
      'goes back to revision 1, and is upgraded again',
    ],
    [
      'upgraded, all but its last record',
      [revision(1, 'superseded'), revision(2, 'pending-upgrade')],
      ['2'],
      'goes back to revision 1, and is upgraded again',
    ],
    ['upgraded after a failure', [revision(1, 'failed'), revision(2, 'pending-upgrade')], ['2'], 'installed again'],
    ['uninstalled', [revision(1, 'superseded'), revision(2, 'uninstalling')], ['2', '1'], 'installed again'],
  ])('that was being %s loses the records of what did not end', (_what, records, secrets, sentence) => {
    expect(removed(...records)).toEqual(secrets);
    expect(releaseRepair(records)?.sentence).toContain(sentence);
  });
});

describe('what Terraform says', () => {
  const said = (message: object) => eventOf(JSON.stringify(message));
  const hook = { resource: { addr: 'kubernetes_job_v1.a' }, action: 'create', elapsed_seconds: 12 };

  it('is read line by line', () => {
    expect(said({ type: 'apply_complete', hook })).toEqual({
      kind: 'complete',
      address: 'kubernetes_job_v1.a',
      action: 'create',
      seconds: 12,
    });
    for (const ignored of [
      { type: 'version' },
      { type: 'refresh_start', hook },
      { type: 'apply_start', hook: { ...hook, action: 'read' } },
      { type: 'apply_start', hook: { ...hook, resource: { addr: 'ephemeral.aws_secretsmanager_secret_version.a' } } },
    ])
      expect(said(ignored)).toBeUndefined();
    expect(eventOf('no JSON')).toBeUndefined();
  });

  it('of an object without its identity is found, and nothing else', () => {
    const diagnostic = (summary: string, address?: string) => ({ severity: 'error', summary, detail: '', address });
    const finished = (...diagnostics: ReturnType<typeof diagnostic>[]) => ({
      code: 1,
      output: '',
      errors: '',
      diagnostics,
    });
    expect(
      withoutIdentity(
        finished(
          diagnostic('Unexpected Identity Change', 'kubernetes_service_account_v1.a'),
          diagnostic('Other', 'b.c'),
        ),
      ),
    ).toEqual(['kubernetes_service_account_v1.a']);
    expect(withoutIdentity(finished(diagnostic('Other', 'b.c')))).toEqual([]);
  });

  it('of a plan is told with the reason of every loss', () => {
    expect(
      changesOf({
        resource_changes: [
          changed('a.tainted', ['delete', 'create'], {}, {}, { action_reason: 'replace_because_tainted' }),
          {
            address: 'a.moved',
            change: {
              actions: ['create', 'delete'],
              replace_paths: [
                ['metadata', 0, 'name'],
                ['metadata', 0, 'name'],
              ],
            },
          },
          changed('a.gone', ['delete'], null, {}, { action_reason: 'delete_because_no_resource_config' }),
          { address: 'a.taken', change: { actions: ['update'], importing: { id: 'x' } } },
          changed('a.same', ['no-op'], {}, {}),
        ],
      }),
    ).toEqual([
      { address: 'a.tainted', action: 'replace', reason: 'its creation did not end well' },
      { address: 'a.moved', action: 'replace', reason: 'another metadata.name' },
      { address: 'a.gone', action: 'delete', reason: 'no longer in the environment' },
      { address: 'a.taken', action: 'import' },
    ]);
  });
});

describe('a Job that fails', () => {
  it('is found by the label that its resource has, or gets', () => {
    const labelled = (run: string) => ({ metadata: [{ labels: { 'agent-bom-postgres/job': run } }] });
    const resources = [
      { address: 'kubernetes_job_v1.a', type: 'kubernetes_job_v1', mode: 'managed', values: labelled('old') },
    ];
    expect([
      ...jobRuns({
        resource_changes: [changed('kubernetes_job_v1.b', ['create'], labelled('new'))],
        prior_state: { values: { root_module: { resources } } },
      }),
    ]).toEqual([
      ['kubernetes_job_v1.a', 'old'],
      ['kubernetes_job_v1.b', 'new'],
    ]);
  });

  it.each<[string, string, string[]]>([
    [
      'the checks',
      'step verify on database agent_bom at db\npass  tls.session  yes\nfail  roles.owner  agent_bom_owner may log in\nerror: the contract does not hold: roles.owner\n',
      ['fail  roles.owner  agent_bom_owner may log in', 'error: the contract does not hold: roles.owner'],
    ],
    [
      'the server',
      'psql:/contract/before/005.sql:12: ERROR:  the administrator is a superuser\nHINT:  connect as another login\n',
      ['psql:/contract/before/005.sql:12: ERROR:  the administrator is a superuser', 'HINT:  connect as another login'],
    ],
    ['its end, where no line tells', 'one\ntwo\nthree\nfour\nfive\nsix\n', ['two', 'three', 'four', 'five', 'six']],
  ])('is explained by %s', (_what, log, lines) => expect(tellingLines(log)).toEqual(lines));
});
