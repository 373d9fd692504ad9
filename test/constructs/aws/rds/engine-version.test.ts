import { EngineVersion, type EngineVersionProps } from '../../../../constructs/aws/rds/engine-version';
import { minimal, parsed, synthesize } from '../../../support/synth/environments';
import { evaluate, hasTerraform } from '../../../support/synth/expressions';
import { type Block, Template } from '../../../support/synth/template';

let made: EngineVersion;

function version(settings: Partial<EngineVersionProps> = {}): Template {
  const props: EngineVersionProps = {
    identifier: 'prod-agent-bom',
    form: 'aurora',
    version: '16',
    restored: false,
    ...settings,
  };
  return Template.of((stack) => {
    made = new EngineVersion(stack, 'version', props);
    stack.addOverride('output.version.value', made.value);
    stack.addOverride('output.group.value', made.unlessUpgraded('group'));
    stack.addOverride('output.safe.value', made.noStepBack.condition);
  });
}

/** What RDS knows: the version that runs, the targets of an upgrade from it, and the default of a major version. */
interface World {
  readonly runs?: string;
  readonly targets?: readonly string[];
  readonly standard?: string;
}

function evaluated(template: Template, { runs, targets, standard }: World): Block {
  const kind = template.json.data.aws_rds_cluster === undefined ? 'aws_db_instance' : 'aws_rds_cluster';
  const lookedUp = template.json.data.aws_rds_engine_version ?? {};
  const questions = Object.entries<Block>(lookedUp);
  const of = (id: string) => questions.find(([name]) => name.includes(id))?.[1].for_each ?? '${[]}';
  const { version: asked, group, safe } = template.json.output;
  const known = {
    [`data.${kind}.version_running_`]: runs === undefined ? {} : { here: { engine_version: runs } },
    'data.aws_rds_engine_version.version_upgrade_':
      targets === undefined ? {} : { [String(runs)]: { valid_major_targets: targets } },
    'data.aws_rds_engine_version.version_default_': standard === undefined ? {} : { any: { version_actual: standard } },
  };
  const [value, named, allowed, defaults, upgrades] = evaluate(
    [asked.value, group.value, safe.value, of('default'), of('upgrade')],
    known,
  );
  return { value, group: named, allowed, defaults, upgrades };
}

describe('the version of a cluster', () => {
  it('comes from what runs, which the plan looks up', () => {
    const template = version();
    expect(template.data('aws_rds_clusters').filter).toEqual([{ name: 'db-cluster-id', values: ['prod-agent-bom'] }]);
    expect(template.data('aws_rds_cluster')).toEqual({
      for_each: expect.stringMatching(/data\.aws_rds_clusters\.[\w-]+\.cluster_identifiers/),
      cluster_identifier: '${each.value}',
    });
    const lookedUp = Object.values<Block>(template.json.data.aws_rds_engine_version);
    expect(lookedUp.map(({ engine, version: which, default_only: only }) => [engine, which, only])).toEqual([
      ['aurora-postgresql', '${each.value}', true],
      ['aurora-postgresql', '${each.value}', undefined],
    ]);
    expect(template.unresolvedReferences()).toEqual([]);
  });

  it('asks nothing of the versions that RDS offers where a minor version is given', () => {
    expect(version({ version: '16.9' }).json.data).not.toHaveProperty('aws_rds_engine_version');
  });

  const rows: [asked: EngineVersionProps['version'], world: World, expected: Block][] = [
    // A new cluster: a major version alone becomes the default minor version, so that the state never holds it.
    ['16', { standard: '16.8' }, { value: '16.8', group: 'group', allowed: true, defaults: ['16'], upgrades: [] }],
    ['16.9', {}, { value: '16.9', group: 'group', allowed: true }],
    // One that runs keeps its minor version, also behind the default and beyond what is asked for.
    ['16', { runs: '16.6' }, { value: '16.6', group: 'group', allowed: true, defaults: [], upgrades: [] }],
    ['16', { runs: '16.11' }, { value: '16.11', group: 'group', allowed: true, defaults: [], upgrades: [] }],
    ['16.9', { runs: '16.9' }, { value: '16.9', group: 'group', allowed: true }],
    ['16.9', { runs: '16.11' }, { value: '16.11', group: 'group', allowed: true }],
    ['16.9', { runs: '16.10' }, { value: '16.10', group: 'group', allowed: true }],
    // A release of RDS within a minor version is not taken back either.
    ['16.9', { runs: '16.9-R2' }, { value: '16.9-R2', group: 'group', allowed: true }],
    // A higher minor version is an upgrade that is asked for.
    ['16.11', { runs: '16.9' }, { value: '16.11', group: 'group', allowed: true }],
    // So is a higher major version: to the highest target of what runs; the instances keep their group until then.
    [
      '17',
      { runs: '16.9', targets: ['16.10', '17.5', '17.10', '17.9', '18.1'] },
      { value: '17.10', group: null, allowed: true, defaults: [], upgrades: ['16.9'] },
    ],
    ['17.5', { runs: '16.9' }, { value: '17.5', group: null, allowed: true }],
    // Without a target RDS is asked, and says no; nothing would be a plan that does nothing.
    ['18', { runs: '15.4', targets: ['16.1'] }, { value: '18', group: null, allowed: true }],
    // There is no way back.
    ['16', { runs: '17.4', targets: ['18.1'] }, { value: '16', group: null, allowed: false }],
    ['16.9', { runs: '17.4' }, { value: '16.9', group: null, allowed: false }],
    ['18', { runs: '18.1' }, { value: '18.1', group: 'group', allowed: true }],
  ];
  (hasTerraform ? it : it.skip).each(rows)('%s with %j: %j', (asked, world, expected) => {
    expect(evaluated(version({ version: asked }), world)).toMatchObject(expected);
  });

  (hasTerraform ? it : it.skip)('of a restored one is that of its source', () => {
    const template = version({ restored: true });
    expect(evaluated(template, {})).toMatchObject({ value: null, defaults: [] });
    expect(evaluated(template, { runs: '16.4' })).toMatchObject({ value: '16.4' });
    expect(evaluated(version({ version: '16.9', restored: true }), {})).toMatchObject({ value: '16.9' });
  });
});

describe('the version of an instance', () => {
  const instance = (engine: string | number) => {
    const database = { ...minimal().database, engine };
    return synthesize(parsed({ ...minimal(), database }));
  };

  it('is the major version alone, which the provider sends once, where no more is asked for', () => {
    const { database } = instance('17');
    expect(database.resource('aws_db_instance').engine_version).toBe('17');
    expect(JSON.stringify(database.resource('aws_db_instance').lifecycle)).not.toContain('no way back');
    expect(database.text).not.toMatch(/data\.aws_db_instances?\./);
  });

  it('is at least a minor version that is asked for, and its family and image are those of the major version', () => {
    const { database, workload } = instance('17.5');
    expect(database.resource('aws_db_parameter_group').family).toBe('postgres17');
    expect(workload.text).toContain('postgres:17');
    expect(workload.text).not.toContain('postgres:17.5');
    expect(database.data('aws_db_instances').filter).toEqual([{ name: 'db-instance-id', values: ['prod-agent-bom'] }]);
    const noWayBack = { error_message: expect.stringContaining('RDS has no way back') };
    expect(database.resource('aws_db_instance').lifecycle.precondition).toContainEqual(
      expect.objectContaining(noWayBack),
    );
  });

  const rows: [runs: string | undefined, expected: Block][] = [
    [undefined, { value: '17.5', allowed: true }],
    ['16.9', { value: '17.5', allowed: true }],
    ['17.4', { value: '17.5', allowed: true }],
    ['17.5', { value: '17.5', allowed: true }],
    ['17.5-R2', { value: '17.5-R2', allowed: true }],
    ['17.6', { value: '17.6', allowed: true }],
    ['17.10', { value: '17.10', allowed: true }],
    ['18.1', { value: '17.5', allowed: false }],
  ];
  (hasTerraform ? it : it.skip).each(rows)('17.5 where %s runs: %j', (runs, expected) => {
    expect(evaluated(version({ form: 'instance', version: '17.5' }), { runs })).toMatchObject(expected);
  });
});
