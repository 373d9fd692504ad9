/** Seconds since then have six digits until 2088. */
const FIRST_MOMENT = Date.parse('2020-01-01T00:00:00Z');

/** A database as AWS describes it. */
export interface Server {
  readonly identifier: string;
  /** Id that stays when the database is renamed. */
  readonly resourceId: string;
  /** Major version of PostgreSQL. */
  readonly engine: string;
  /** `available` when it can be changed. */
  readonly status: string;
  /** Identifiers of the instances of an Aurora cluster; empty for an instance. */
  readonly members: readonly string[];
  /** Whether every instance is available too. */
  readonly settled: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

/** Names during a restore. They follow from the moment: the same command finds what an earlier run left. */
export interface RestoreNames {
  /** Name that the environment uses. */
  readonly current: string;
  /** The restored database, until it takes the current name. */
  readonly restored: string;
  /** The database that was in use, from then on. */
  readonly previous: string;
}

/** What is true before a step. */
export interface RestoreFacts {
  readonly names: RestoreNames;
  readonly current?: Server;
  readonly restored?: Server;
  readonly previous?: Server;
  /** Instances of the cluster that the restored one is to have as well; 0 for an instance. */
  readonly memberCount: number;
  /** `secrets.generation` in the environment file. */
  readonly generation: number;
  /** Whether `database.restore` is in the environment file: of an earlier restore, it would stop the deployment. */
  readonly fileRestores: boolean;
  /** Whether Terraform's state holds the database that has the current name, and no other. */
  readonly managed: boolean;
}

/** Steps of a restore to a moment. */
export type RestoreStep =
  | 'restore'
  | 'wait'
  | 'instances'
  | 'stop'
  | 'remember'
  | 'set-aside'
  | 'take-name'
  | 'file'
  | 'state'
  | 'deploy'
  | 'start'
  | 'verify';

/** Tag of the previous database: the generation that the secrets have to have after this restore, and no other. */
export function generationTag({ previous }: RestoreNames): string {
  return `agent-bom-restore/${previous}`;
}

/** Tag of the restored database: the moment that it is of. */
export const MOMENT_TAG = 'agent-bom-restore-moment';

/** Names for a restore to a moment, all within the 63 characters of RDS with the number of an instance after them. */
export function restoreNames(current: string, moment: string): RestoreNames {
  const id = ((Date.parse(moment) - FIRST_MOMENT) / 1000).toString(36);
  return { current, restored: `${current}-new-${id}`, previous: `${current}-old-${id}` };
}

/**
 * What remains to be done, in order. It follows from the facts alone, so that a run which was killed anywhere is continued
 * by the same command. Until `set-aside`, nothing that is in use has changed.
 *
 * @throws RangeError for facts that no run of this command leaves.
 */
export function remainingSteps(facts: RestoreFacts): RestoreStep[] {
  const { names, current, restored, previous, memberCount, generation, fileRestores, managed } = facts;
  const steps: RestoreStep[] = [];
  if (previous === undefined && current === undefined) throw new RangeError(`there is no database ${names.current}`);
  if (previous === undefined && restored === undefined) steps.push('restore', 'wait');
  else if ([current, restored, previous].some((server) => server !== undefined && !isSettled(server)))
    steps.push('wait');
  if (restored === undefined ? previous === undefined && memberCount > 0 : restored.members.length < memberCount) {
    steps.push('instances', 'wait');
  }
  const swapped = previous !== undefined && restored === undefined && current !== undefined;
  const misnamed = (server: Server | undefined, beginning: string): boolean =>
    server?.members.some((member) => !new RegExp(`^${beginning}-\\d+$`).test(member)) === true;
  const aside = previous !== undefined && !misnamed(previous, names.previous);
  const named = swapped && !misnamed(current, names.current);
  if (!swapped) steps.push('stop');
  if (previous === undefined && current?.tags[generationTag(names)] === undefined) steps.push('remember');
  if (!aside) steps.push('set-aside');
  if (!named) steps.push('take-name');
  const wanted = Number(previous?.tags[generationTag(names)] ?? generation + 1);
  if (generation < wanted || fileRestores) steps.push('file');
  if (!named || !managed) steps.push('state');
  return [...steps, 'deploy', 'start', 'verify'];
}

function isSettled({ status, settled }: Server): boolean {
  return status === 'available' && settled;
}

/** What each step does, for the person who is asked. */
export function describeStep(step: RestoreStep, { current, restored, previous }: RestoreNames, moment: string): string {
  switch (step) {
    case 'restore':
      return `restore ${current} as it was at ${moment} into a new database, ${restored}; ${current} runs on`;
    case 'wait':
      return 'wait until it is available: twenty minutes to hours';
    case 'instances':
      return `create the instances of ${restored}`;
    case 'stop':
      return 'stop the API: from here on nothing is written';
    case 'remember':
      return 'note on the running database which generation the secrets get';
    case 'set-aside':
      return `rename ${current} to ${previous}; it is kept until you delete it`;
    case 'take-name':
      return `rename ${restored} to ${current}`;
    case 'file':
      return 'raise secrets.generation in the environment file, because the roles have the passwords of that time';
    case 'state':
      return `let Terraform manage the restored database, and forget ${previous}`;
    case 'deploy':
      return 'deploy: settings, passwords, migrations, checks, and the control plane';
    case 'start':
      return 'start the API again';
    case 'verify':
      return 'answer the whole checklist, as doctor does';
  }
}
