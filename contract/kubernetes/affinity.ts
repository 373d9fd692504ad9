import { closest } from 'fastest-levenshtein';
import { z } from 'zod';
import type { KeyMistake } from '../error';
import { LABEL_VALUE, QUALIFIED_NAME } from './syntax';

const key = z
  .string('the key of a label')
  .regex(QUALIFIED_NAME, 'the key of a label, such as `topology.kubernetes.io/zone`');
const labels = z.record(
  key,
  z.string('a text, in quotes if it is a number').regex(LABEL_VALUE, 'the value of a label'),
);
const texts = z.array(z.string('a text, in quotes if it is a number'), 'a list of texts');

/** What is compared with the labels of nodes or pods. */
function expression<Operator extends string>(operators: readonly Operator[]) {
  return z
    .strictObject(
      { key, operator: z.enum(operators, `one of ${operators.join(', ')}`), values: texts.optional() },
      'an expression: key, operator, values',
    )
    .superRefine(({ operator, values = [] }, { addIssue }) => {
      const rule = ruleOfValues(operator, values);
      if (rule !== undefined) addIssue({ code: 'custom', path: ['values'], message: rule });
    });
}

function ruleOfValues(operator: string, values: readonly string[]): string | undefined {
  if (operator === 'Exists' || operator === 'DoesNotExist')
    return values.length > 0 ? `left out with ${operator}` : undefined;
  if (operator === 'In' || operator === 'NotIn')
    return values.length === 0 ? `at least one value with ${operator}` : undefined;
  return values.length === 1 && /^-?\d+$/.test(values[0] ?? '')
    ? undefined
    : `one whole number in quotes with ${operator}`;
}

const SELECTOR_OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const;
const nodeExpressions = z.array(expression([...SELECTOR_OPERATORS, 'Gt', 'Lt']), 'a list of expressions').optional();
const weight = z
  .int('a whole number from 1 to 100')
  .min(1, 'a whole number from 1 to 100')
  .max(100, 'a whole number from 1 to 100');

const nodeTerm = z.strictObject(
  { matchExpressions: nodeExpressions, matchFields: nodeExpressions },
  'a section with `matchExpressions`',
);
const selector = z.strictObject(
  {
    matchLabels: labels.optional(),
    matchExpressions: z.array(expression(SELECTOR_OPERATORS), 'a list of expressions').optional(),
  },
  'a section with `matchLabels` or `matchExpressions`',
);
const podTerm = z.strictObject(
  {
    labelSelector: selector.optional(),
    namespaceSelector: selector.optional(),
    namespaces: texts.optional(),
    topologyKey: key,
  },
  'a section with `labelSelector` and `topologyKey`',
);
const podRules = z.strictObject(
  {
    requiredDuringSchedulingIgnoredDuringExecution: z.array(podTerm, 'a list of terms').optional(),
    preferredDuringSchedulingIgnoredDuringExecution: z
      .array(
        z.strictObject({ weight, podAffinityTerm: podTerm }, 'a section with `weight` and `podAffinityTerm`'),
        'a list',
      )
      .optional(),
  },
  'a section',
);

/** As the API of Kubernetes has it, less what the Terraform provider does not know. */
const affinitySchema = z.strictObject(
  {
    nodeAffinity: z
      .strictObject(
        {
          requiredDuringSchedulingIgnoredDuringExecution: z
            .strictObject(
              { nodeSelectorTerms: z.array(nodeTerm, 'a list of terms').min(1, 'at least one term') },
              'a section with `nodeSelectorTerms`',
            )
            .optional(),
          preferredDuringSchedulingIgnoredDuringExecution: z
            .array(
              z.strictObject({ weight, preference: nodeTerm }, 'a section with `weight` and `preference`'),
              'a list',
            )
            .optional(),
        },
        'a section',
      )
      .optional(),
    podAffinity: podRules.optional(),
    podAntiAffinity: podRules.optional(),
  },
  'a section',
);

/**
 * Rules for the choice of a node.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#affinity-and-anti-affinity
 */
export type Affinity = z.output<typeof affinitySchema>;

/** What Kubernetes would say against an affinity; paths from its top. */
export function affinityMistakes(value: unknown): KeyMistake[] {
  const { error } = affinitySchema.safeParse(value);
  return (error?.issues ?? []).flatMap((issue) => {
    const path = issue.path as KeyMistake['path'];
    if (issue.code !== 'unrecognized_keys') return [{ path, rule: issue.message, fix: FIX }];
    return issue.keys.map((unknown) => ({
      path: [...path, unknown],
      got: unknown,
      rule: 'a key that Kubernetes and its Terraform provider know here',
      fix: `write ${closest(unknown, KEYS)}, or remove the key`,
    }));
  });
}

const FIX = 'write it as in the `affinity` of a pod: `kubectl explain pod.spec.affinity --recursive` shows its keys';
const KEYS = [
  'nodeAffinity',
  'podAffinity',
  'podAntiAffinity',
  'requiredDuringSchedulingIgnoredDuringExecution',
  'preferredDuringSchedulingIgnoredDuringExecution',
  'nodeSelectorTerms',
  'matchExpressions',
  'matchFields',
  'matchLabels',
  'labelSelector',
  'namespaceSelector',
  'namespaces',
  'topologyKey',
  'podAffinityTerm',
  'preference',
  'weight',
  'operator',
  'values',
];
