import { stringify } from 'yaml';
import type { Mistake } from '../../../contract/error';
import { minimal, mistakesIn, parsed } from '../../support/synth/environments';

function mistakes(pods: object): readonly Mistake[] {
  return mistakesIn(stringify({ ...minimal(), pods }));
}

const term = (operator: string, values: unknown = []) => ({ matchExpressions: [{ key: 'tier', operator, values }] });
const nodes = (...nodeSelectorTerms: unknown[]) => ({
  nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
});
const apart = (rule: object) => ({ podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [rule] } });

describe('pods', () => {
  it.each([
    { nodeSelector: { 'kubernetes.io/arch': 'arm64', empty: '' } },
    { nodeSelector: { [`${'a'.repeat(63)}.example.com/${'b'.repeat(63)}`]: 'c'.repeat(63) } },
    { tolerations: [{ operator: 'Exists' }] },
    { tolerations: [{ key: 'a', value: 'b' }, { key: 'a' }, { key: 'a', operator: 'Exists', effect: 'NoExecute' }] },
    { tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 0 }] },
    { affinity: nodes(term('In', ['a']), term('Exists'), term('Gt', ['3'])) },
    { affinity: apart({ topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { a: 'b' } } }) },
    { priorityClassName: 'system-cluster-critical', imagePullSecrets: ['a', 'b.c'] },
    { annotations: { 'example.com/secret': 'mine', note: 'Any text: with ${braces}' }, labels: { team: 'a' } },
    { mesh: 'native-sidecar' },
  ])('%j are accepted', (pods) => {
    expect(parsed({ ...minimal(), pods }).pods).toMatchObject(pods);
  });

  it.each<[string, object, string?]>([
    ['nodeSelector.a b', { nodeSelector: { 'a b': 'c' } }],
    ['nodeSelector.a', { nodeSelector: { a: true } }, 'names and texts as in labels'],
    ['nodeSelector.a', { nodeSelector: { a: 'x'.repeat(64) } }],
    ['nodeSelector.a', { nodeSelector: { a: '-x' } }],
    ['tolerations[0].operator', { tolerations: [{ value: 'a' }] }, '`Exists` where there is no `key`'],
    ['tolerations[0].operator', { tolerations: [{ key: 'a', operator: 'In' }] }, '`Equal` or `Exists`'],
    ['tolerations[1].value', { tolerations: [{ operator: 'Exists' }, { key: 'a', operator: 'Exists', value: 'b' }] }],
    ['tolerations[0].value', { tolerations: [{ key: 'a', value: true }] }, 'numbers and true or false in quotes'],
    ['tolerations[0].effect', { tolerations: [{ key: 'a', effect: 'NoSchedul' }] }, 'one of NoSchedule,'],
    ['tolerations[0].tolerationSeconds', { tolerations: [{ key: 'a', tolerationSeconds: 3 }] }, 'NoExecute'],
    ['tolerations[0].effects', { tolerations: [{ key: 'a', effects: 'NoSchedule' }] }],
    ['tolerations', { tolerations: { key: 'a' } }],
    ['affinity.nodeAfinity', { affinity: { nodeAfinity: {} } }],
    [
      'affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms',
      { affinity: nodes() },
      'at least one term',
    ],
    [
      'affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values',
      { affinity: nodes(term('In')) },
      'at least one value with In',
    ],
    [
      'affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values',
      { affinity: nodes(term('Exists', ['a'])) },
      'left out with Exists',
    ],
    [
      'affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey',
      { affinity: apart({}) },
      'the key of a label',
    ],
    ['priorityClassName', { priorityClassName: 'High' }],
    ['imagePullSecrets', { imagePullSecrets: ['a', 'a'] }],
    ['imagePullSecrets[0]', { imagePullSecrets: [{ name: 'a' }] }],
    ['annotations.a', { annotations: { a: 1 } }],
    ['annotations.example.com/token', { annotations: { 'example.com/token': `gh${'p_'}${'a1B2'.repeat(9)}` } }],
    ['annotations.linkerd.io/inject', { annotations: { 'linkerd.io/inject': 'enabled' } }, 'decided by this project'],
    ['labels.app.kubernetes.io/name', { labels: { 'app.kubernetes.io/name': 'mine' } }, 'decided by this project'],
    ['labels.sidecar.istio.io/inject', { labels: { 'sidecar.istio.io/inject': 'true' } }],
    ['mesh', { mesh: 'istio' }, 'one of opt-out, native-sidecar'],
    ['nodeSelectors', { nodeSelectors: {} }],
  ])('%s is refused in %j', (path, pods, rule = '') => {
    const found = mistakes(pods);
    expect(found.map((mistake) => mistake.path)).toEqual([`pods.${path}`]);
    expect(found[0]?.rule).toContain(rule);
  });

  it('name the key of an affinity that is nearest', () => {
    expect(mistakes({ affinity: { nodeAfinity: {} } })[0]?.fix).toBe('write nodeAffinity, or remove the key');
  });
});
