import { stringify } from 'yaml';
import { parseEnvironment } from '../../contract/environment/parse';
import type { Mistake } from '../../contract/error';

/** What a new environment file says. */
export interface Answers {
  readonly name: string;
  readonly region: string;
  readonly cluster: string;
  /** Private subnets, with their availability zones where they are known; without them Terraform takes the cluster's. */
  readonly subnets?: readonly Subnet[];
  readonly issuer: string;
  readonly stateBucket?: string;
  /** Kubernetes namespace; without one the usual one. Nobody is asked for it. */
  readonly namespace?: string;
  /** Path of the PEM file, relative to the environment file. */
  readonly caBundle?: string;
}

export interface Subnet {
  readonly id: string;
  readonly zone?: string;
}

/** Answers without which there is no file. */
export const REQUIRED = ['name', 'region', 'cluster', 'issuer'] as const;
export type RequiredAnswer = (typeof REQUIRED)[number];

interface AnswerFlag {
  readonly flag: string;
  readonly example: string;
  /** Beginning of the key's path in the environment file. */
  readonly key: string;
}

/** The flag of each answer, and its place in the file. */
export const FLAGS: Readonly<Record<RequiredAnswer, AnswerFlag>> = {
  name: { flag: '--name', example: 'prod', key: 'name' },
  region: { flag: '--region', example: 'eu-west-1', key: 'region' },
  cluster: { flag: '--cluster', example: 'platform', key: 'cluster.name' },
  issuer: { flag: '--issuer', example: 'https://auth.example.com', key: 'release.trustedProxyIssuer' },
};
const OTHER_FLAGS = [
  { flag: '--subnet', key: 'database.subnetIds' },
  { flag: '--state-bucket', key: 'state' },
  { flag: '--ca-bundle', key: 'database.caBundleFile' },
];

const PLACEHOLDERS: Answers = {
  name: 'prod',
  region: 'eu-west-1',
  cluster: 'platform',
  issuer: 'https://auth.example.com',
};

/** The answers as the content of an environment file. */
export function content(answers: Answers): object {
  const { name, region, cluster, subnets, namespace, issuer, stateBucket, caBundle } = answers;
  return {
    name,
    region,
    cluster: { name: cluster },
    database: {
      ...(subnets && { subnetIds: subnets.map(({ id }) => id) }),
      ...(caBundle && { caBundleFile: caBundle }),
    },
    ...(namespace && { namespace }),
    release: { trustedProxyIssuer: issuer },
    ...(stateBucket && { state: { bucket: stateBucket, region } }),
  };
}

/** What is wrong with one answer by itself, in one line, or nothing. */
export function answerMistake(answer: Partial<Answers>): string | undefined {
  const parsed = parseEnvironment('', stringify(content({ ...PLACEHOLDERS, ...answer })));
  const [mistake] = 'mistakes' in parsed ? parsed.mistakes : [];
  return mistake && `${mistake.rule}; ${mistake.fix}`;
}

/** The flag that gave the key of a mistake, in place of a file that nobody has seen. */
export function atFlag(mistake: Mistake): Mistake {
  const known = [...Object.values(FLAGS), ...OTHER_FLAGS];
  const found = known.find(({ key }) => mistake.path?.startsWith(key));
  return { ...mistake, file: undefined, path: found?.flag ?? mistake.path };
}

/** One mistake that names every flag that is missing, or none. */
export function missingFlags(answers: Partial<Answers>, reasons: readonly string[]): Mistake[] {
  const missing = REQUIRED.filter((answer) => answers[answer] === undefined).map((answer) => FLAGS[answer]);
  if (missing.length === 0) return [];
  return [
    {
      path: missing.map(({ flag }) => flag).join(', '),
      got: ['nothing', ...reasons].join('; '),
      rule: 'without a terminal, each of them is required as a flag',
      fix: `add ${missing.map(({ flag, example }) => `${flag} ${example}`).join(' ')}`,
    },
  ];
}

/** The flags that give the same answers. */
export function answerFlags({
  name,
  region,
  cluster,
  subnets,
  issuer,
  stateBucket,
  caBundle,
}: Partial<Answers>): string[] {
  const texts = { name, region, cluster, issuer, 'state-bucket': stateBucket, 'ca-bundle': caBundle };
  const flags = Object.entries(texts).flatMap(([flag, value]) =>
    value === undefined || value === '' ? [] : [`--${flag}`, value],
  );
  return subnets === undefined || subnets.length === 0 ? flags : [...flags, '--subnet', ...subnets.map(({ id }) => id)];
}
