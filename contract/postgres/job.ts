/**
 * How long the migration Job tries. A pod takes the administrator's URL when it starts, and RDS changes that password by
 * itself once a week: until External Secrets has read the new one, every pod of the Job is turned away, and the Job has to
 * go on trying for longer than that takes.
 */

/** How often External Secrets reads the administrator's secret again. */
export const ADMIN_REFRESH_SECONDS = 5 * 60;
/** Between the new password in the database and the new Secret on a node: Secrets Manager, the operator, the kubelet. */
export const PROPAGATION_SECONDS = 3 * 60;

/** A Job waits this long after its first failure, twice as long after each further one, and never longer than the most. */
const FIRST_DELAY_SECONDS = 10;
const LONGEST_DELAY_SECONDS = 6 * 60;

/** Pods that may fail before the Job has failed: the next one is the last. */
export const BACKOFF_LIMIT = 6;
/** A pod that is turned away is over after the pull of an image and a refused login. */
const REFUSED_POD_SECONDS = 60;
/** Images that are pulled by the pod that succeeds, and another run of the contract that holds its lock until then. */
const IMAGES_SECONDS = 5 * 60;
const LOCK_SECONDS = 5 * 60;
/** What the migrations themselves may take in the pod that succeeds: an index on a large table, a lock waited for. */
const MIGRATION_SECONDS = 30 * 60;

/** The Job fails after this time whatever its pods do, so that it is long enough for all of them. */
export const DEADLINE_SECONDS =
  retryDelaySeconds(BACKOFF_LIMIT) +
  BACKOFF_LIMIT * REFUSED_POD_SECONDS +
  IMAGES_SECONDS +
  LOCK_SECONDS +
  MIGRATION_SECONDS;
/** How long Terraform waits: longer than the deadline, so that the Job and not the wait decides that it has failed. */
export const WAIT_MINUTES = Math.ceil(DEADLINE_SECONDS / 60) + 5;

/**
 * Time that a Job spends between its pods until the given number of them has failed.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-backoff-failure-policy
 */
export function retryDelaySeconds(failures: number): number {
  const delays = Array.from({ length: failures }, (_, index) => FIRST_DELAY_SECONDS * 2 ** index);
  return delays.reduce((sum, delay) => sum + Math.min(delay, LONGEST_DELAY_SECONDS), 0);
}
