/** CPU and memory of a container, in the notation of Kubernetes: what it requests, and the most that it may use. */
export interface ContainerResources {
  /** CPU: request and limit. */
  readonly cpu: readonly [request: string, limit: string];
  /** Memory: request and limit. */
  readonly memory: readonly [request: string, limit: string];
}

/** Each container of the migration Job that runs psql. */
export const PSQL_RESOURCES = { cpu: ['50m', '500m'], memory: ['64Mi', '256Mi'] } as const satisfies ContainerResources;
/** The container that runs the packaged migrations; it is the largest of the Job, whose containers run one after another. */
export const ALEMBIC_RESOURCES = { cpu: ['100m', '1'], memory: ['256Mi', '1Gi'] } as const satisfies ContainerResources;

/*
 * How long the migration Job tries. A pod takes the administrator's URL when it starts, and RDS changes that password
 * once a week: until External Secrets has read the new one, every pod of the Job is refused, and the Job has to go on
 * trying for longer than that takes.
 */

const ADMIN_REFRESH_MINUTES = 5;
/** How often External Secrets reads the administrator's secret again, in the notation of Kubernetes. */
export const ADMIN_REFRESH_INTERVAL = `${ADMIN_REFRESH_MINUTES}m0s` as const;
/** The same in seconds. */
export const ADMIN_REFRESH_SECONDS = ADMIN_REFRESH_MINUTES * 60;
/** Between the new password in the database and the new Secret on a node: Secrets Manager, the operator, the kubelet. */
export const PROPAGATION_SECONDS = 3 * 60;

/** A Job waits this long after its first failure, twice as long after each further one, and never longer than the longest. */
const FIRST_DELAY_SECONDS = 10;
const LONGEST_DELAY_SECONDS = 6 * 60;

/** What a step exits with when no retry can help: an address that leads nowhere, a certificate of another server. */
export const HOPELESS_EXIT_CODE = 78;

/** Pods that may fail before the Job has failed: the next one is the last. */
export const BACKOFF_LIMIT = 6;
/** A pod that is refused takes as long as the pull of an image and a login. */
const REFUSED_POD_SECONDS = 60;
/** The pull of the images for the pod that succeeds, and another run of the contract that holds the lock until then. */
const IMAGES_SECONDS = 5 * 60;
const LOCK_SECONDS = 5 * 60;
/** Time for the migrations themselves in the pod that succeeds: an index on a large table, a wait for a lock. */
const MIGRATION_SECONDS = 30 * 60;

/** Time for the API pods to end, where a migration requires that none runs: Kubernetes gives each half a minute. */
export const API_STOP_SECONDS = 5 * 60;
/** Time for the API pods to become ready after that: the pull of the image on a new node, and their start. */
export const API_START_SECONDS = 10 * 60;

/** The Job fails after this time whatever its pods do, so it has to be enough for all of them. */
export const DEADLINE_SECONDS =
  retryDelaySeconds(BACKOFF_LIMIT) +
  BACKOFF_LIMIT * REFUSED_POD_SECONDS +
  IMAGES_SECONDS +
  LOCK_SECONDS +
  MIGRATION_SECONDS;
/** The same for a Job that verifies and migrates nothing. */
export const VERIFICATION_DEADLINE_SECONDS = DEADLINE_SECONDS - MIGRATION_SECONDS;
/** How long Terraform waits: longer than the deadline, so that the Job and not the wait decides whether it has failed. */
export const WAIT_MINUTES = Math.ceil(DEADLINE_SECONDS / 60) + 5;

/**
 * Time that a Job waits between its pods until the given number of them has failed, in seconds.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-backoff-failure-policy
 */
export function retryDelaySeconds(failures: number): number {
  const delays = Array.from({ length: failures }, (_, index) => FIRST_DELAY_SECONDS * 2 ** index);
  return delays.reduce((sum, delay) => sum + Math.min(delay, LONGEST_DELAY_SECONDS), 0);
}
