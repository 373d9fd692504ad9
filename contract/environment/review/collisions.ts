import type { Mistake } from '../../error';
import type { Environment } from '../environment';

/** An environment and the file that it comes from. */
export interface NamedEnvironment {
  /** Path of the file as the user knows it. */
  readonly file: string;
  /** Environment as its file describes it. */
  readonly environment: Environment;
}

/** Something that belongs to only one environment. */
interface Place {
  /** Key of the file that is reported. */
  readonly path: string;
  /** What an environment takes, in words that are equal for two that collide; nothing where it takes none. */
  readonly of: (environment: Environment) => string | undefined;
  readonly rule: string;
  readonly fix: string;
}

const PLACES: readonly Place[] = [
  {
    path: 'name',
    of: ({ name }) => name,
    rule: 'every environment has its own name',
    fix: 'rename all but one of them',
  },
  {
    path: 'namespace',
    of: ({ namespace, cluster, region }) => `${namespace} on the cluster ${cluster.name} in ${region}`,
    rule: 'every environment has its own namespace in a cluster: its objects have the same names in each',
    fix: 'give all but one of them another `namespace`, or delete the files that you do not deploy',
  },
  {
    path: 'database.existing',
    of: ({ database: { existing } }) => existing && `${existing.host}:${existing.port}`,
    rule: 'every environment has its own server: roles belong to the server, and one would overwrite the passwords of the other',
    fix: 'name another server in all but one of them; another database on the same server is not enough',
  },
];

/** What more than one environment claims for itself. */
export function collisions(environments: readonly NamedEnvironment[]): Mistake[] {
  return PLACES.flatMap((place) => collisionsAt(place, environments));
}

function collisionsAt({ path, of, rule, fix }: Place, environments: readonly NamedEnvironment[]): Mistake[] {
  const claims = new Map<string, string[]>();
  for (const { file, environment } of environments) {
    const what = of(environment);
    if (what !== undefined) claims.set(what, [...(claims.get(what) ?? []), file]);
  }
  return [...claims]
    .filter(([, claimants]) => claimants.length > 1)
    .map(([got, claimants]) => ({ file: claimants.join(', '), path, got, rule, fix }));
}
