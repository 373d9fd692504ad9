import { parsed, synthesize } from '../support/synth/environments';
import type { Template } from '../support/synth/template';
import { over, VARIETIES } from '../support/synth/varieties';

/** What each object of a stack waits for by itself, in the names that they have in the stack. */
function waits(template: Template): Record<string, readonly string[]> {
  const idOf = (address: string) => address.replace(/^[^.]+\./, '').replace(/_[0-9A-F]{8}$/, '');
  const blocks = Object.values(template.json.resource as Record<string, Record<string, { depends_on?: string[] }>>);
  return Object.fromEntries(
    blocks.flatMap((ofType) =>
      Object.entries(ofType).map(([id, { depends_on: before = [] }]) => [
        idOf(`type.${id}`),
        [...new Set(before.map(idOf))].sort(),
      ]),
    ),
  );
}

const SECRETS = ['admin', 'app', 'authentication', 'backup', 'control-plane', 'maintenance'].map(
  (name) => `secrets_${name}_external-secret`,
);
/** Where a namespace is created, and its pods have access to the database by a security group. */
const ROOM = ['namespace', 'pod-firewall_policy'];
const POD = [...SECRETS, 'migration-files', 'trust_authorities'];
const DUMPS = [...POD, 'dumps_account', 'dumps_scripts_files'];
const MIGRATIONS = [...POD, 'migrations_account', 'migrations_api_binding'];
/** What is the same whoever installs the chart. */
const SHARED: Readonly<Record<string, readonly string[]>> = {
  'backup_scheduled_cron-job': [...DUMPS, 'migrations_job'],
  dumps_account: ROOM,
  dumps_scripts_files: ROOM,
  'migration-files': ROOM,
  migrations_account: ROOM,
  migrations_api_binding: ['migrations_account', 'migrations_api_role'],
  migrations_api_role: ROOM,
  migrations_job: [...MIGRATIONS, 'restore_job'],
  'monthly-migration_monthly_cron-job': [...MIGRATIONS, 'migrations_job'],
  namespace: [],
  'pod-firewall_policy': ['namespace'],
  reports_variables: ROOM,
  restore_job: DUMPS,
  retire_account: ROOM,
  'secret-reader_account': ROOM,
  'secret-reader_store': ['secret-reader_account'],
  trust_authorities: ROOM,
  'verification_scheduled_cron-job': [...DUMPS, 'migrations_job'],
  ...Object.fromEntries(SECRETS.map((secret) => [secret, [...ROOM, 'secret-reader_store']])),
};

function sorted(order: Readonly<Record<string, readonly string[]>>) {
  return Object.fromEntries(Object.entries(order).map(([id, before]) => [id, [...before].sort()]));
}

describe('the objects of the workload are made in this order', () => {
  const content = over(VARIETIES.large, {
    namespace: { name: 'control-plane', create: true },
    database: { access: { pods: 'namespace' } },
  });

  it('where Terraform installs the chart', () => {
    expect(waits(synthesize(parsed(content)).workload)).toEqual(
      sorted({
        ...SHARED,
        'control-plane_release': [...SECRETS, 'trust_authorities', 'migrations_job', 'reports_variables'],
        retire_api_binding: ['retire_account', 'retire_api_role'],
        retire_api_role: ROOM,
        // Not while the monthly Job that ran with the previous URLs could open their logins again.
        retire_job: [
          'retire_account',
          'retire_api_binding',
          'monthly-migration_monthly_cron-job',
          'control-plane_release',
        ],
      }),
    );
  });

  it('where Argo CD or Flux installs it', () => {
    const gitops = over(content, { release: { managedBy: 'gitops' } });
    expect(waits(synthesize(parsed(gitops)).workload)).toEqual(
      sorted({
        ...SHARED,
        'retire_scheduled_cron-job': [...MIGRATIONS, 'retire_account', 'migrations_job'],
      }),
    );
  });
});
