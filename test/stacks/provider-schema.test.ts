import { readFileSync } from 'node:fs';
import { schemaDifferences, writtenIn } from '../../scripts/provider-schema';
import { minimal, parsed, synthesizeAll } from '../support/synth/environments';
import { PROVIDER_SCHEMA, PROVIDER_VERSIONS } from '../support/synth/schema/provider-schema';

/** Schemas in which every attribute is as the table has it. */
function agreeing() {
  const block = ({ replaces, kept = [], defaults = {}, framework = false }: (typeof PROVIDER_SCHEMA)[string]) => {
    const plain = [...replaces.map((path) => path.split('.')[0] ?? ''), ...Object.keys(defaults)];
    const attributes = Object.fromEntries([
      ...plain.map((name) => [name, { optional: true, computed: false }]),
      ...(framework ? [...kept, ...Object.keys(defaults)] : kept).map((name) => [
        name,
        { optional: true, computed: true },
      ]),
    ]);
    return { block: { attributes } };
  };
  const resources = Object.fromEntries(Object.entries(PROVIDER_SCHEMA).map(([type, schema]) => [type, block(schema)]));
  return { provider_schemas: { all: { resource_schemas: resources } } };
}

describe('the table of what the providers do', () => {
  it('is about the versions that the stacks ask for', () => {
    const { database, workload } = synthesizeAll(parsed(minimal()));
    const asked = [database, workload].flatMap((stack) =>
      Object.entries<{ version: string }>(stack?.json.terraform.required_providers ?? {}),
    );
    expect(new Set(asked.map(([name]) => name))).toEqual(new Set(Object.keys(PROVIDER_VERSIONS)));
    for (const [name, { version }] of asked) {
      expect([name, version]).toEqual([name, PROVIDER_VERSIONS[name as keyof typeof PROVIDER_VERSIONS]]);
    }
  });

  it('names attributes that the bindings have, and where each type was read', () => {
    const aws = Object.entries(PROVIDER_SCHEMA).filter(([type]) => type.startsWith('aws_'));
    expect(aws.length).toBeGreaterThan(30);
    for (const [type, { read, replaces, kept = [], defaults = {} }] of aws) {
      expect(read).toMatch(/^(?:internal\/service\/\S+\.go|documentation of aws_)/);
      const folder = type.replace(/^aws_/, '').replaceAll('_', '-');
      const bindings = readFileSync(require.resolve(`@cdktf/provider-aws/lib/${folder}/index.d.ts`), 'utf8');
      for (const name of [...replaces, ...kept, ...Object.keys(defaults)]) {
        const property = name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
        expect([type, name, new RegExp(`readonly ${property}\\??:`).test(bindings)]).toEqual([type, name, true]);
      }
    }
  });
});

describe('the comparison with the schemas of the providers', () => {
  it('finds nothing where they agree, and says nothing of providers that a stack does not use', () => {
    expect(schemaDifferences(agreeing())).toEqual([]);
    expect(schemaDifferences({ provider_schemas: {} })).toEqual([]);
  });

  it('names what a stack writes and the table has forgotten', () => {
    const schemas = agreeing();
    const { block } = schemas.provider_schemas.all.resource_schemas.aws_kms_key as { block: { attributes: object } };
    Object.assign(block.attributes, { rotation_period_in_days: { optional: true, computed: true } });
    const written = writtenIn({ aws_kms_key: { one: { policy: '{}' }, two: { rotation_period_in_days: 90 } } });
    expect(written).toEqual({ aws_kms_key: ['policy', 'rotation_period_in_days'] });
    expect(schemaDifferences(schemas, {})).toEqual([]);
    expect(schemaDifferences(schemas, written)).toEqual([
      'aws_kms_key.rotation_period_in_days is written, and optional and computed, which the table does not say',
    ]);
  });

  it('names every difference', () => {
    const schemas = agreeing();
    const resources: Record<string, { block: { attributes: Record<string, object> } }> =
      schemas.provider_schemas.all.resource_schemas;
    delete resources.aws_sqs_queue;
    delete resources.aws_db_instance?.block.attributes.iops;
    Object.assign(resources.aws_db_instance?.block.attributes ?? {}, {
      engine_version: { optional: true },
      skip_final_snapshot: { optional: true, computed: true },
    });
    delete resources.aws_security_group?.block.attributes.vpc_id;
    expect(schemaDifferences(schemas).sort()).toEqual([
      'aws_db_instance has no iops',
      'aws_db_instance.engine_version is not optional and computed',
      'aws_db_instance.skip_final_snapshot is computed, and has no default',
      'aws_security_group has no vpc_id',
      'aws_sqs_queue is no type of its provider',
    ]);
  });
});
