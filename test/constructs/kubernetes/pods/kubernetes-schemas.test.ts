import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { describeEachOf } from '../../../support/describe-if';
import { minimal, parsed, synthesize } from '../../../support/synth/environments';
import { kubernetesObjects } from '../../../support/synth/kubernetes-objects';
import type { Block } from '../../../support/synth/template';

/** Directory with `<version>/swagger.json` of Kubernetes, as its source has it in `api/openapi-spec/`. */
const SCHEMAS = process.env.KUBERNETES_SCHEMAS;

const versions = SCHEMAS === undefined ? [] : readdirSync(SCHEMAS).sort();
if (SCHEMAS === undefined) {
  console.warn(
    'NOT RUN: the objects are compared with the schemas of Kubernetes where KUBERNETES_SCHEMAS names them; scripts/fetch-schemas.sh makes one',
  );
}

/** Definitions that refuse what they do not list, as the server warns of unknown fields and then drops them. */
function strictDefinitions(version: string): Record<string, Block> {
  const { definitions } = JSON.parse(readFileSync(join(SCHEMAS ?? '', version, 'swagger.json'), 'utf8'));
  for (const definition of Object.values<Block>(definitions)) {
    if (definition.properties !== undefined) definition.additionalProperties = false;
  }
  return definitions;
}

describeEachOf(versions)('Kubernetes %s', (version) => {
  let objects: Block[];
  let mistakes: (object: Block) => string[];

  beforeAll(() => {
    const restore = { dump: '2026-01-31T03-00-00Z' };
    objects = kubernetesObjects(synthesize(parsed({ ...minimal(), backup: { restore } })).workload);
    const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
    ajv.addSchema({ $id: 'kubernetes', definitions: strictDefinitions(version) });
    mistakes = (object) => {
      // The group without its domain: rbac.authorization.k8s.io/v1 is rbac.v1 here.
      const group = object.apiVersion === 'v1' ? 'core.v1' : object.apiVersion.replace(/\..*\/|\//, '.');
      const name = `io.k8s.api.${group}.${object.kind}`;
      const validate = ajv.compile({ $ref: `kubernetes#/definitions/${name}` });
      return validate(object)
        ? []
        : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
    };
  });

  it('knows every field of every object', () => {
    const kinds = [...new Set(objects.map(({ kind }) => kind))];
    expect(kinds).toEqual(['ConfigMap', 'CronJob', 'Job', 'Namespace', 'RoleBinding', 'Role', 'ServiceAccount']);
    for (const object of objects)
      expect({ name: object.metadata.name, mistakes: mistakes(object) }).toMatchObject({ mistakes: [] });
  });

  it('would not know others', () => {
    const job = structuredClone(objects.find(({ kind }) => kind === 'CronJob'));
    job.spec.jobTemplate.spec.template.spec.containers[0].imagePullPolice = 'Always';
    job.spec.startingDeadlineSeconds = 'soon';
    expect(mistakes(job).sort()).toEqual([
      '/spec/jobTemplate/spec/template/spec/containers/0 must NOT have additional properties',
      '/spec/startingDeadlineSeconds must be integer',
    ]);
  });
});
