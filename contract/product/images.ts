/** Where images come from, instead of from Docker Hub. */
export interface ImageSource {
  /** Host of a registry, and a path in it, that hold the images under the names that Docker Hub has for them. */
  readonly registry?: string;
  /** Secret of the type `kubernetes.io/dockerconfigjson` in the namespace, for a registry that asks who pulls. */
  readonly pullSecretName?: string;
}

/** The full names of all images that an environment runs. */
export interface Images {
  /** `psql` and `pg_dump` of a server's major version. */
  postgres(major: string): string;
  /** The product with its packaged migrations; its tag is the chart's version. */
  agentBom(version: string): string;
  /** The command line of AWS, which uploads dumps. */
  awsCli(): string;
}

/** Repositories on Docker Hub. `library` is where it keeps those that are named without an owner. */
export const REPOSITORIES = {
  postgres: 'library/postgres',
  agentBom: 'agentbom/agent-bom',
  agentBomUi: 'agentbom/agent-bom-ui',
  agentBomCollector: 'agentbom/agent-bom-collector',
  awsCli: 'amazon/aws-cli',
} as const;

const AWS_CLI_VERSION = '2.37.5';

/** Names the images as they are in a registry; without one, as they are on Docker Hub. */
export function imagesFrom({ registry }: ImageSource = {}): Images {
  return {
    postgres: (major) => `${repositoryIn(registry, 'postgres')}:${major}`,
    agentBom: (version) => `${repositoryIn(registry, 'agentBom')}:${version}`,
    awsCli: () => `${repositoryIn(registry, 'awsCli')}:${AWS_CLI_VERSION}`,
  };
}

/** The name of an image without its tag. A mirror or cache of Docker Hub spells out what its short names leave out. */
export function repositoryIn(registry: string | undefined, image: keyof typeof REPOSITORIES): string {
  const repository = REPOSITORIES[image];
  return registry === undefined ? repository.replace(/^library\//, '') : `${registry}/${repository}`;
}
