import { describeIf } from '../../../support/describe-if';
import { minimal, SECRET_ARN, STORED_AUTHENTICATION, withSecrets } from '../../../support/synth/environments';
import { admit, definitions } from '../../../support/synth/kubernetes-objects';
import type { Block } from '../../../support/synth/template';

const directory = process.env.EXTERNAL_SECRETS_CRDS;
if (directory === undefined) {
  // The console of a file of which nothing runs is not shown.
  process.stderr.write('NOT RUN: EXTERNAL_SECRETS_CRDS names no directory; scripts/fetch-schemas.sh makes one\n');
}

const environments: [string, Parameters<typeof withSecrets>][] = [
  ['a store of its own', [{}]],
  ['a store of the cluster', [{ store: { kind: 'ClusterSecretStore', name: 'aws' } }]],
  ['Argo CD or Flux', [{}, { release: { ...minimal().release, managedBy: 'gitops' } }]],
  ['every secret', [{ controlPlane: { secretArn: SECRET_ARN } }, { authentication: STORED_AUTHENTICATION }]],
];

/** References to resources are texts by the time that the API server sees them. */
function applied(manifest: Block): Block {
  return JSON.parse(JSON.stringify(manifest).replace(/\$\{[^}]*\}/g, 'reference'));
}

describeIf(directory !== undefined)('the objects of External Secrets', () => {
  const known = directory === undefined ? [] : definitions(directory, 'external-secrets.io/v1');
  const operators = [...new Set(known.map(({ operator }) => operator))];

  it('are compared with several versions of the operator', () => {
    expect(operators.length).toBeGreaterThan(1);
  });

  describe.each(environments)('of an environment with %s', (_what, settings) => {
    const manifests = withSecrets(...settings)
      .workload.resources('kubernetes_manifest')
      .map(({ manifest }) => applied(manifest));

    it.each(operators)('are what %s takes, and what it stores', (operator) => {
      expect(manifests.length).toBeGreaterThan(4);
      for (const manifest of manifests) {
        const { schema } = known.find((one) => one.operator === operator && one.kind === manifest.kind) ?? {};
        const { errors, stored } = admit(manifest, schema);
        expect(errors).toEqual([]);
        // A default that is not written out would be a change in every plan.
        expect(stored).toEqual(manifest);
      }
    });
  });

  it('would be refused with a field that the definition does not know', () => {
    const { schema } = known.find(({ kind }) => kind === 'ExternalSecret') ?? {};
    const [{ manifest }] = withSecrets({}).workload.manifests('ExternalSecret');
    const wrong = { ...applied(manifest), spec: { ...applied(manifest).spec, refreshTime: '1h' } };
    expect(admit(wrong, schema).errors).toEqual(['/spec must NOT have additional properties']);
    const { deletionPolicy, ...target } = applied(manifest).spec.target;
    const bare = { ...applied(manifest), spec: { ...applied(manifest).spec, target } };
    expect(deletionPolicy).toBe('Retain');
    expect(admit(bare, schema).stored).not.toEqual(bare);
  });
});
