import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { bundleAddress, countCertificates, regionAuthorities } from '../../contract/aws/certificate-authorities';
import type { Environment } from '../../contract/environment/environment';
import { NAMESPACE_DEFAULTS } from '../../contract/environment/namespace';
import { parseEnvironment } from '../../contract/environment/parse';
import type { Mistake } from '../../contract/error';
import { stackNames } from '../../contract/names';
import { PROGRAM_ROOT } from '../../program-root';
import { costOf } from '../explain/cost/of-environment';
import { showCost } from '../explain/cost/show';
import { COMMAND } from '../shared/command-line';
import { environmentNames, environmentsDirectory, isExample } from '../shared/environment/environment-names';
import { ExitCode, UsageError } from '../shared/output/exit-code';
import { JsonReport, type JsonTarget } from '../shared/output/report';
import { shellWord } from '../shared/output/shell-word';
import type { Terminal } from '../shared/output/terminal';
import { type Answers, answerFlags, atFlag, FLAGS, missingFlags, REQUIRED } from './answers';
import { Aws } from './aws';
import { environmentText } from './environment-text';
import { askAnswers } from './questions';

export interface InitOptions {
  readonly name?: string;
  readonly region?: string;
  readonly cluster?: string;
  readonly subnet?: readonly string[];
  readonly issuer?: string;
  readonly caBundle?: string;
  readonly stateBucket?: string;
  readonly profile?: string;
  readonly output?: string;
  /** Folder of the environment files. */
  readonly environments?: string;
  readonly force?: boolean;
  readonly json?: JsonTarget;
  readonly quiet?: boolean;
}

const SCHEMA = 'environment.schema.json';

/** Collects the answers, checks the file that they make, and writes it. */
export async function runInit(options: InitOptions): Promise<void> {
  const report = new JsonReport(options.json, options.quiet);
  if (options.output !== undefined) refuse(existing(options.output, options.force));
  const collected = await collect(options, report);
  if (collected === undefined) {
    process.exitCode = ExitCode.failure;
    return;
  }
  try {
    await write(collected, options, report);
  } catch (error) {
    // Who answered questions does not answer them again because a folder cannot be written.
    if (!isComplete(fromFlags(options)) && !report.isAlone) showContinuation(collected, options, report.terminal);
    throw error;
  }
}

async function write(collected: Answers, options: InitOptions, report: JsonReport): Promise<void> {
  const file = fileOf(collected.name, options);
  const answers = { ...collected, namespace: namespaceFor(collected, file) };
  const text = environmentText(answers, schemaFor(file));
  refuse([...nameMistakes(answers.name, file, options.force), ...contentMistakes(file, text, answers)]);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  const stacks = Object.values(stackNames(answers.name));
  const cost = await costOf(answers.name, dirname(file));
  report.write({ command: 'init', environment: answers.name, file, stacks, cost: cost ?? null });
  if (report.isAlone) return;
  showNext(answers.name, file, report.terminal);
  if (cost !== undefined && options.quiet !== true) showCost(cost, answers.name, report.terminal);
}

/** The answers of the flags, of AWS and of the person at the terminal; nothing when the person cancels. */
async function collect(options: InitOptions, report: JsonReport): Promise<Answers | undefined> {
  const given = fromFlags(options);
  const profile = options.profile ?? process.env.AWS_PROFILE;
  if (isComplete(given) && (given.subnets !== undefined || profile === undefined)) return given;
  if (process.stdin.isTTY && process.stdout.isTTY && !report.isAlone) {
    const { terminalQuestioner } = require('./terminal-questioner') as typeof import('./terminal-questioner');
    const nameMistake = (name: string): string | undefined => {
      const [mistake] = nameMistakes(name, fileOf(name, options), options.force);
      return mistake && `${mistake.rule}; ${mistake.fix}`;
    };
    const bundleMistake = (name: string, caBundle: string): string | undefined => {
      const [mistake] = bundleMistakes(fileOf(name, options), caBundle);
      return mistake && `${mistake.rule}; ${mistake.fix}`;
    };
    const said: Partial<Answers> = { ...given };
    const known = { given, aws: Aws.find(profile), nameMistake, bundleMistake };
    const answers = await askAnswers(known, terminalQuestioner, said);
    if (answers === undefined) showContinuation(said, options, report.terminal);
    return answers;
  }
  const aws = profile === undefined ? undefined : Aws.find(profile);
  const all = aws === undefined ? given : lookUp(given, aws);
  const reasons = profile !== undefined && aws === undefined ? ['the AWS CLI is not installed'] : [];
  reasons.push(...(aws?.complaints ?? []));
  refuse([...missingFlags(all, reasons), ...(all.subnets === undefined ? unanswered(reasons) : [])]);
  return isComplete(all) ? all : undefined;
}

/** A profile was named for looking up the subnets, and the look-up failed. */
function unanswered(reasons: readonly string[]): Mistake[] {
  if (reasons.length === 0) return [];
  const fix = 'add --subnet subnet-0a1b2c3d subnet-1a2b3c4d, or name no profile to use the subnets of the cluster';
  return [{ path: '--subnet', got: `nothing; ${reasons.join('; ')}`, rule: 'AWS answers what the profile asks', fix }];
}

function fromFlags({ name, region, cluster, subnet, issuer, stateBucket, caBundle }: InitOptions): Partial<Answers> {
  const subnets = subnet?.flatMap((ids) => ids.split(',')).map((id) => ({ id }));
  return { name, region, cluster, subnets, issuer, stateBucket, caBundle };
}

/** A separate namespace, where another environment of the cluster is in the usual one. */
function namespaceFor({ name, region, cluster }: Answers, file: string): string | undefined {
  const others = [...environmentNames(dirname(file))].filter(
    ([otherName, other]) => resolve(other) !== resolve(file) && !isExample(otherName, other),
  );
  const isTaken = others
    .map(([, other]) => parseEnvironment(other, readFileSync(other, 'utf8')))
    .some((parsed) => 'environment' in parsed && isUsual(parsed.environment, region, cluster));
  return isTaken ? `${NAMESPACE_DEFAULTS.name}-${name}` : undefined;
}

function isUsual(other: Environment, region: string, cluster: string): boolean {
  return other.region === region && other.cluster.name === cluster && other.namespace === NAMESPACE_DEFAULTS.name;
}

function isComplete(answers: Partial<Answers>): answers is Answers {
  return REQUIRED.every((answer) => answers[answer] !== undefined);
}

/** The region of the profile, the only cluster of the region, and its private subnets. */
function lookUp(given: Partial<Answers>, aws: Aws): Partial<Answers> {
  const region = given.region ?? aws.region();
  if (region === undefined) return given;
  const [cluster, ...others] = given.cluster === undefined ? aws.clusters(region) : [given.cluster];
  if (cluster === undefined || others.length > 0) return { ...given, region };
  const found = given.subnets ?? aws.privateSubnets(region, cluster);
  return { ...given, region, cluster, subnets: found.length === 0 ? undefined : found };
}

function fileOf(name: string, { output, environments }: InitOptions): string {
  return output ?? join(environments ?? environmentsDirectory(), `${name}.yaml`);
}

/** Why a file may not be written for an environment of this name. */
function nameMistakes(name: string, file: string, force: boolean | undefined): Mistake[] {
  const claimant = environmentNames(dirname(file)).get(name);
  if (claimant === undefined || resolve(claimant) === resolve(file)) return existing(file, force);
  const fix = 'give the environment another name';
  return [
    { path: FLAGS.name.flag, got: `${name}, as in ${claimant}`, rule: 'a name that no other environment has', fix },
  ];
}

function existing(file: string, force = false): Mistake[] {
  if (force || !existsSync(file)) return [];
  const fix = 'name another with --output, or replace it with --force';
  return [{ path: file, got: 'a file', rule: 'an existing file is not overwritten', fix }];
}

function contentMistakes(file: string, text: string, answers: Answers): Mistake[] {
  const parsed = parseEnvironment(file, text);
  const mistakes = 'mistakes' in parsed ? parsed.mistakes.map(atFlag) : [];
  const regionIsWrong = mistakes.some(({ path }) => path === FLAGS.region.flag);
  return regionIsWrong ? mistakes : [...mistakes, ...authorityMistakes(file, answers)];
}

/** The workload has to trust the database: the file does not synthesize without the authorities (CA) of its region. */
function authorityMistakes(file: string, { region, caBundle }: Answers): Mistake[] {
  const path = '--ca-bundle';
  const fix = `download ${bundleAddress(region)} next to the environment file and name it with --ca-bundle`;
  if (caBundle === undefined) {
    const rule = 'the bundled certificate authorities (CA) do not cover this region';
    return regionAuthorities(region) === undefined ? [{ path, got: `region ${region}`, rule, fix }] : [];
  }
  return bundleMistakes(file, caBundle);
}

function bundleMistakes(file: string, caBundle: string): Mistake[] {
  const path = '--ca-bundle';
  const bundle = join(dirname(file), caBundle);
  if (existsSync(bundle) && countCertificates(readFileSync(bundle, 'utf8')) > 0) return [];
  return [
    {
      path,
      got: bundle,
      rule: 'a PEM file with certificates, relative to the environment file',
      fix: 'download the bundle of the region, and write its path',
    },
  ];
}

function refuse(mistakes: readonly Mistake[]): void {
  if (mistakes.length > 0) throw new UsageError(mistakes);
}

/** The schema next to the file, or else the one of this program. */
function schemaFor(file: string): string {
  const folder = dirname(resolve(file));
  const schema = existsSync(join(folder, SCHEMA)) ? join(folder, SCHEMA) : join(PROGRAM_ROOT, 'environments', SCHEMA);
  const path = relative(folder, schema).split(sep).join('/');
  return path.startsWith('.') ? path : `./${path}`;
}

/** The command that goes on from what was said, so that nobody answers a question twice. */
function showContinuation(said: Partial<Answers>, options: InitOptions, terminal: Terminal): void {
  const answered = answerFlags(said);
  if (answered.length === 0) return;
  const { output, environments, profile } = options;
  const others = Object.entries({ output, environments, profile }).flatMap(([flag, value]) =>
    value === undefined ? [] : [`--${flag}`, value],
  );
  terminal.always('To go on with your answers:');
  terminal.always(`  ${COMMAND} init ${[...answered, ...others].map(shellWord).join(' ')}`);
}

function showNext(name: string, file: string, terminal: Terminal): void {
  terminal.line(`Wrote ${file}. To see what it creates, to see whether it can be created, and to create it:`);
  terminal.line(`  ${COMMAND} explain ${file}`);
  terminal.line(`  ${COMMAND} preflight ${name}`);
  terminal.line(`  ${COMMAND} deploy ${name}`);
}
