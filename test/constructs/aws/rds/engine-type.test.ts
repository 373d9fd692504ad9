import { minimal, parsed, synthesizeDatabase } from '../../../support/synth/environments';
import { evaluate, hasTerraform } from '../../../support/synth/expressions';
import type { Block } from '../../../support/synth/template';

const FORMS = [
  ['instance', 'aws_db_instance', 'aws_rds_clusters', 'db-cluster-id', 'cluster_identifiers'],
  ['aurora', 'aws_rds_cluster', 'aws_db_instances', 'db-instance-id', 'instance_identifiers'],
] as const;

describe.each(FORMS)('the engine type %s', (form, type, others, filter, identifiers) => {
  const made = (rest: object = {}) =>
    synthesizeDatabase(parsed({ ...minimal(), ...rest, database: { ...minimal().database, form } }));
  const conditions = (template: ReturnType<typeof made>): Block[] =>
    (template.resource(type).lifecycle.precondition ?? []).filter(({ error_message: message }: Block) =>
      message.includes('another engine type'),
    );

  it('asks for a database of the other type with the same name', () => {
    expect(made().data(others)).toMatchObject({ filter: [{ name: filter, values: ['prod-agent-bom'] }] });
    expect(conditions(made())).toHaveLength(1);
  });

  (hasTerraform ? it : it.skip)('is not changed while the database is protected', () => {
    const [{ condition }] = conditions(made()) as [Block];
    const allowed = (names: readonly string[]) =>
      evaluate([condition], { [`data.${others}.`]: { [identifiers]: names } });
    expect([allowed([]), allowed(['prod-agent-bom'])]).toEqual([[true], [false]]);
  });

  it('may be changed once the database may be destroyed', () => {
    const released = made({ releaseProtection: true });
    expect(conditions(released)).toEqual([]);
    expect(released.json.data).not.toHaveProperty(others);
  });
});
