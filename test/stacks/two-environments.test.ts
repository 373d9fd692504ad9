import { minimal, parsed, synthesize } from '../support/synth/environments';
import type { Block, Template } from '../support/synth/template';

/** Keys under which a resource of AWS says what it is called. */
const NAMES = ['name', 'identifier', 'bucket', 'final_snapshot_identifier'];
/** Belongs to a role, and is called like the same policy of another role. */
const INSIDE_ANOTHER = ['aws_iam_role_policy'];

const one = synthesize(parsed(minimal()));
const other = synthesize(parsed({ ...minimal(), name: 'staging', namespace: 'staging' }));

/** What the stack calls its resources in AWS, each with its type. */
function namesInAws({ json }: Template): string[] {
  return Object.entries<Record<string, Block>>(json.resource).flatMap(([type, resources]) =>
    INSIDE_ANOTHER.includes(type)
      ? []
      : Object.values(resources).flatMap((resource) =>
          NAMES.map((key) => resource[key])
            .filter((name) => typeof name === 'string' && !/^\$\{[^}]*\}$/.test(name))
            .map((name) => `${type} ${name}`),
        ),
  );
}

/** Kind, namespace and name of every object in the cluster. */
function objects(template: Template): string[] {
  const typed = [
    'kubernetes_config_map_v1',
    'kubernetes_cron_job_v1',
    'kubernetes_job_v1',
    'kubernetes_role_binding_v1',
    'kubernetes_role_v1',
    'kubernetes_service_account_v1',
    'kubernetes_namespace_v1',
  ];
  return [
    ...typed.flatMap((type) =>
      template.resources(type).map(({ metadata }) => [type, metadata.namespace, metadata.name]),
    ),
    ...template
      .resources('kubernetes_manifest')
      .map(({ manifest }) => [manifest.kind, manifest.metadata.namespace, manifest.metadata.name]),
    ...template.resources('helm_release').map(({ namespace, name }) => ['release', namespace, name]),
  ].map((parts) => parts.join(' '));
}

const shared = (mine: readonly string[], theirs: readonly string[]) => mine.filter((name) => theirs.includes(name));

describe('two environments in one cluster and one account', () => {
  it('call nothing in AWS the same', () => {
    expect(namesInAws(one.database).length).toBeGreaterThanOrEqual(14);
    expect(shared(namesInAws(one.database), namesInAws(other.database))).toEqual([]);
  });

  it('call no object in the cluster the same', () => {
    expect(objects(one.workload)).toHaveLength(one.workload.inventory().length);
    expect(shared(objects(one.workload), objects(other.workload))).toEqual([]);
  });

  it('let no ServiceAccount of one take on a role of the other', () => {
    const subjects = ({ json }: Template) =>
      Object.values<Block>(json.data.aws_iam_policy_document)
        .flatMap(({ statement }) => statement)
        .flatMap(({ condition }: Block) => condition ?? [])
        .flatMap(({ values }: Block) => values)
        .filter((value: string) => value.startsWith('system:serviceaccount:'));
    expect(subjects(one.database).sort()).toEqual([
      'system:serviceaccount:agent-bom:agent-bom-backup',
      'system:serviceaccount:agent-bom:agent-bom-prod-api',
      'system:serviceaccount:agent-bom:agent-bom-prod-scanner',
      'system:serviceaccount:agent-bom:agent-bom-secret-reader',
    ]);
    expect(shared(subjects(one.database), subjects(other.database))).toEqual([]);
  });

  it('keep their state apart', () => {
    const states = [one.database, one.workload, other.database, other.workload].map(
      ({ json }) => json.terraform.backend.local.path,
    );
    expect(new Set(states).size).toBe(4);
  });
});
