import { ALEMBIC_RESOURCES } from '../../contract/postgres/job';
import { at } from '../shared/program-runner';

const { cpu, memory } = ALEMBIC_RESOURCES;
/** What one run of the migration Job requires: its containers run one after another, so the largest of them decides. */
const MIGRATION_JOB: Readonly<Record<string, string>> = {
  pods: '1',
  cpu: cpu[0],
  'requests.cpu': cpu[0],
  'limits.cpu': cpu[1],
  memory: memory[0],
  'requests.memory': memory[0],
  'limits.memory': memory[1],
};

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** Resources of a quota that the migration Job does not fit into any more, each with what is left of it. */
export function exhausted(status: unknown): string[] {
  return Object.entries(MIGRATION_JOB).flatMap(([resource, needed]) => {
    const [hard, used] = [quantity(at(status, 'hard', resource)), quantity(at(status, 'used', resource))];
    // Nothing is counted more finely than in thousandths.
    if (hard === undefined || hard - (used ?? 0) > (quantity(needed) ?? 0) - 1e-4) return [];
    return [`${resource} ${at(status, 'used', resource) ?? 0} of ${at(status, 'hard', resource)} used`];
  });
}

/** Limits of a LimitRange that are below what a container or the pod of the migration Job may take. */
export function tooSmall(limits: readonly unknown[]): string[] {
  return limits.flatMap((limit) =>
    ['cpu', 'memory'].flatMap((resource) => {
      const most = quantity(at(limit, 'max', resource));
      if (most === undefined || most >= (quantity(MIGRATION_JOB[`limits.${resource}`]) ?? 0)) return [];
      return [`at most ${at(limit, 'max', resource)} ${resource} a ${String(at(limit, 'type')).toLowerCase()}`];
    }),
  );
}

/**
 * A quantity of Kubernetes as a number, or nothing.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function quantity(written: unknown): number | undefined {
  const [, digits, unit = ''] = /^([+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)([a-zA-Z]*)$/.exec(String(written ?? '')) ?? [];
  const factor = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}
