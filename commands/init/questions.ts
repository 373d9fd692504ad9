import { bundleAddress, regionAuthorities } from '../../contract/aws/certificate-authorities';
import { type Answers, answerMistake, type Subnet } from './answers';
import type { Aws } from './aws';

/** How questions reach a person. An answer is undefined when the person cancels. */
export interface Questioner {
  text(message: string, question: TextQuestion): Promise<string | undefined>;
  choose(message: string, choices: readonly string[]): Promise<string | undefined>;
  chooseSeveral(message: string, choices: readonly Subnet[]): Promise<readonly Subnet[] | undefined>;
  /** Says something without a question. */
  note(message: string): void;
}

export interface TextQuestion {
  /** Default answer. */
  readonly initial?: string;
  readonly placeholder?: string;
  /** The mistake in an answer, or nothing. */
  readonly validate: (answer: string) => string | undefined;
}

/** What is known before the first question. */
export interface Known {
  /** Answers that are not asked for. */
  readonly given: Partial<Answers>;
  /** Looks up choices; without it the person types everything. */
  readonly aws?: Aws;
  /** Why an environment may not have a name, or nothing. */
  readonly nameMistake: (name: string) => string | undefined;
  /** What is wrong with a file of certificates for the environment of that name, or nothing. */
  readonly bundleMistake: (name: string, caBundle: string) => string | undefined;
}

/**
 * Asks for every answer that is not given.
 *
 * @param said Gets each answer as soon as it is there: what was said is not lost when the person cancels.
 * @returns Nothing when the person cancels.
 */
export async function askAnswers(
  { given, aws, nameMistake, bundleMistake }: Known,
  ask: Questioner,
  said: { -readonly [Key in keyof Answers]?: Answers[Key] } = {},
): Promise<Answers | undefined> {
  const name = given.name ?? (await askName(ask, nameMistake));
  if (name === undefined) return undefined;
  said.name = name;
  const region = given.region ?? (await askText(ask, 'region', 'AWS region', 'eu-west-1', aws?.region()));
  if (region === undefined) return undefined;
  said.region = region;
  const isCovered = given.caBundle !== undefined || regionAuthorities(region) !== undefined;
  const caBundle = isCovered ? given.caBundle : await askBundle(ask, region, (file) => bundleMistake(name, file));
  if (!isCovered && caBundle === undefined) return undefined;
  said.caBundle = caBundle;
  const cluster = given.cluster ?? (await askCluster(ask, aws, region));
  if (cluster === undefined) return undefined;
  said.cluster = cluster;
  const subnets = given.subnets ?? (await askSubnets(ask, aws, region, cluster));
  if (subnets === undefined) return undefined;
  said.subnets = subnets;
  const message = 'Issuer that the authenticating proxy in front of the API states';
  const issuer = given.issuer ?? (await askText(ask, 'issuer', message, 'https://auth.example.com'));
  if (issuer === undefined) return undefined;
  said.issuer = issuer;
  const stateBucket = given.stateBucket ?? (await askStateBucket(ask));
  if (stateBucket === undefined) return undefined;
  const chosen = {
    ...(subnets.length > 0 && { subnets }),
    ...(stateBucket !== '' && { stateBucket }),
    ...(caBundle !== undefined && { caBundle }),
  };
  return { ...given, name, region, cluster, issuer, ...chosen };
}

/** Without the certificates of the region the file does not synthesize: asked at once, and not at the end. */
function askBundle(
  ask: Questioner,
  region: string,
  mistake: (file: string) => string | undefined,
): Promise<string | undefined> {
  ask.note(`The certificate authorities of ${region} are not bundled. Download ${bundleAddress(region)}`);
  const message = 'PEM file with them, relative to the folder of the environment file';
  return ask.text(message, { placeholder: `${region}-bundle.pem`, validate: mistake });
}

function askName(ask: Questioner, nameMistake: Known['nameMistake']): Promise<string | undefined> {
  return ask.text('Name of the environment', {
    placeholder: 'prod',
    validate: (name) => answerMistake({ name }) ?? nameMistake(name),
  });
}

function askText(
  ask: Questioner,
  key: 'region' | 'cluster' | 'issuer',
  message: string,
  placeholder: string,
  initial?: string,
): Promise<string | undefined> {
  return ask.text(message, { placeholder, initial, validate: (answer) => answerMistake({ [key]: answer }) });
}

async function askCluster(ask: Questioner, aws: Aws | undefined, region: string): Promise<string | undefined> {
  const clusters = aws?.clusters(region) ?? [];
  sayComplaints(ask, aws);
  const message = 'EKS cluster of the control plane';
  return clusters.length === 0 ? askText(ask, 'cluster', message, 'platform') : ask.choose(message, clusters);
}

async function askSubnets(
  ask: Questioner,
  aws: Aws | undefined,
  region: string,
  cluster: string,
): Promise<readonly Subnet[] | undefined> {
  const found = aws?.privateSubnets(region, cluster) ?? [];
  sayComplaints(ask, aws);
  const message = 'Private subnets of the database, in two or more availability zones';
  if (found.length > 0 && answerMistake({ subnets: found }) === undefined) return ask.chooseSeveral(message, found);
  const text = await ask.text(`${message}, separated by spaces; empty for those of the cluster`, {
    validate: (answer) => (answer.trim() === '' ? undefined : answerMistake({ subnets: subnetsIn(answer) })),
  });
  return text === undefined ? undefined : subnetsIn(text);
}

function askStateBucket(ask: Questioner): Promise<string | undefined> {
  return ask.text('S3 bucket for the Terraform state; empty for a file next to the project', {
    validate: (answer) => (answer === '' ? undefined : answerMistake({ stateBucket: answer })),
  });
}

function subnetsIn(text: string): Subnet[] {
  return text
    .split(/[\s,]+/)
    .filter((id) => id !== '')
    .map((id) => ({ id }));
}

/** Shows once why AWS did not answer. */
function sayComplaints(ask: Questioner, aws: Aws | undefined): void {
  for (const complaint of aws?.complaints.splice(0) ?? []) ask.note(complaint);
}
