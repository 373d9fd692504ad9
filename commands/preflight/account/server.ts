import { CA_IDENTIFIERS } from '../../../contract/environment/database/database';
import type { Environment } from '../../../contract/environment/environment';
import { derivedName } from '../../../contract/names';
import { at, listAt, textAt } from '../../shared/program-runner';
import { type Finding, fail, type Preflight, type PreflightCheck, pass, type RunningServer } from '../check';
import { askAws, judged, notAsked } from './ask';
import { subnetZones } from './subnets';

/** The server of the environment, null where RDS has none, or why that could not be asked. */
export async function askServer({
  name,
  region,
  database,
}: Environment): Promise<RunningServer | null | { readonly reason: string }> {
  if (database.existing !== undefined) return null;
  const identifier = derivedName(name, 'instance');
  const [operation, option, key] =
    database.form === 'aurora'
      ? ['describe-db-clusters', '--db-cluster-identifier', 'DBClusters']
      : ['describe-db-instances', '--db-instance-identifier', 'DBInstances'];
  const answer = await askAws(region, 'rds', operation, option, identifier);
  if (answer.kind === 'absent') return null;
  if (answer.kind !== 'answered') return { reason: answer.reason };
  const found = listAt(answer.content, key)[0];
  const status = textAt(found, 'DBInstanceStatus') || textAt(found, 'Status');
  return found === undefined ? null : { engineVersion: textAt(found, 'EngineVersion'), status };
}

const engineOf = ({ database }: Environment): string => (database.form === 'aurora' ? 'aurora-postgresql' : 'postgres');
const isServerless = ({ database }: Environment): boolean => database.aurora?.maximumCapacity !== undefined;
const classOf = (environment: Environment): string =>
  isServerless(environment) ? 'db.serverless' : environment.database.instanceClass;
/** Whether a version is the one that the file asks for: a minor version itself, or any of a major version. */
const isVersion = (version: string, wanted: string): boolean => version === wanted || version.startsWith(`${wanted}.`);
const majorOf = (version: string): number => Number(version.split('.')[0]);

const ORDERABLE: PreflightCheck = {
  id: 'account.instance-class',
  proves: 'RDS offers the class with this version in these availability zones',
  required: ({ database }) => database,
  run: async (preflight) => {
    const { environment } = preflight;
    const { region, database } = environment;
    const question = ['--engine', engineOf(environment), '--db-instance-class', classOf(environment)];
    const [answer, zones] = await Promise.all([
      askAws(region, 'rds', 'describe-orderable-db-instance-options', ...question),
      subnetZones(preflight),
    ]);
    return judged(answer, (content) => {
      const offers = listAt(content, 'OrderableDBInstanceOptions').map((option) => ({
        version: textAt(option, 'EngineVersion'),
        storage: textAt(option, 'StorageType'),
        zones: listAt(option, 'AvailabilityZones').map((zone) => textAt(zone, 'Name')),
      }));
      return orderable(offers, { ...database, zones, className: classOf(environment) });
    });
  },
  fix: ({ environment }) =>
    `aws rds describe-orderable-db-instance-options --region ${environment.region} --engine ${engineOf(environment)} ` +
    `--query 'OrderableDBInstanceOptions[?starts_with(EngineVersion, \`${environment.database.engine}\`)].DBInstanceClass' ` +
    'lists the classes that `database.instanceClass` can have',
};

interface Offer {
  readonly version: string;
  readonly storage: string;
  readonly zones: readonly string[];
}

interface Order {
  readonly className: string;
  readonly engine: string;
  readonly form: string;
  readonly multiAz: boolean;
  readonly zones: readonly string[] | undefined;
}

function orderable(offers: readonly Offer[], { className, engine, form, multiAz, zones }: Order): Finding {
  if (offers.length === 0) return fail(`RDS does not offer ${className} here`);
  const ofVersion = offers.filter(({ version }) => isVersion(version, engine));
  if (ofVersion.length === 0) {
    const majors = [...new Set(offers.map(({ version }) => majorOf(version)))].sort((one, other) => one - other);
    return fail(`${className} is offered for PostgreSQL ${majors.join(', ')}, and not for ${engine}`);
  }
  const ofStorage = ofVersion.filter(({ storage }) => form === 'aurora' || storage === 'gp3');
  if (ofStorage.length === 0) return fail(`${className} is not offered with gp3 storage`);
  if (zones === undefined) return pass(`${className} with ${engine}; the zones of the subnets are not known`);
  const offered = new Set(ofStorage.flatMap((offer) => offer.zones));
  const here = zones.filter((zone) => offered.has(zone));
  const least = form === 'aurora' || multiAz ? 2 : 1;
  const detail = `${className} in ${here.join(', ') || 'none'} of ${zones.join(', ')}`;
  return here.length >= Math.min(least, zones.length) && here.length > 0 ? pass(detail) : fail(`offered: ${detail}`);
}

const UPGRADE_TARGET: PreflightCheck = {
  id: 'account.upgrade-target',
  proves: 'RDS can upgrade the server from its version to the one of the file',
  required: ({ database }) => database,
  run: async (preflight) => {
    const { environment } = preflight;
    const found = await preflight.server;
    if (found === null) return pass('there is no server yet');
    if ('reason' in found) return notAsked(found.reason);
    const { engine } = environment.database;
    const running = found.engineVersion;
    if (isVersion(running, engine)) return pass(`${running} runs, ${found.status}`);
    if (majorOf(engine) < majorOf(running)) return fail(`${running} runs, and RDS never goes back`, goBack(running));
    return upgradeTo(engine, running, environment);
  },
  fix: ({ environment: { region, database } }) =>
    `aws rds describe-db-engine-versions --region ${region} --engine-version ${database.engine}`,
};

async function upgradeTo(wanted: string, running: string, environment: Environment): Promise<Finding> {
  const versions = (...question: string[]) =>
    askAws(environment.region, 'rds', 'describe-db-engine-versions', '--engine', engineOf(environment), ...question);
  const [present, default_] = await Promise.all([
    versions('--engine-version', running),
    wanted.includes('.') ? undefined : versions('--engine-version', wanted, '--default-only'),
  ]);
  return judged(present, (content) => {
    const offered = listAt(content, 'DBEngineVersions', 0, 'ValidUpgradeTarget').map((target) =>
      textAt(target, 'EngineVersion'),
    );
    if (default_ !== undefined && default_.kind !== 'answered') return notAsked(default_.reason);
    const byDefault = textAt(default_?.content, 'DBEngineVersions', 0, 'EngineVersion');
    const target = wanted.includes('.') ? wanted : byDefault;
    if (target !== '' && offered.includes(target)) return pass(`${running} to ${target}`);
    const detail = `${running} cannot become ${target === '' ? wanted : target}`;
    return fail(detail, upgradeFix(offered, wanted, running, environment));
  });
}

function upgradeFix(offered: readonly string[], wanted: string, running: string, environment: Environment): string {
  const possible = offered.filter((version) => majorOf(version) === majorOf(wanted)).sort(byMinor);
  const last = possible.at(-1);
  if (last !== undefined) return `write \`engine: "${last}"\` in \`database\`, which ${running} can become`;
  const minor = offered
    .filter((version) => majorOf(version) === majorOf(running))
    .sort(byMinor)
    .at(-1);
  const identifier = derivedName(environment.name, 'instance');
  const [operation, option] =
    environment.database.form === 'aurora'
      ? ['modify-db-cluster', '--db-cluster-identifier']
      : ['modify-db-instance', '--db-instance-identifier'];
  return minor === undefined
    ? `RDS offers no version ${majorOf(wanted)} to ${running}: write one of ${offered.join(', ') || running}`
    : `first to the newest minor version: aws rds ${operation} --region ${environment.region} ${option} ${identifier} ` +
        `--engine-version ${minor}`;
}

const byMinor = (one: string, other: string): number => Number(one.split('.')[1]) - Number(other.split('.')[1]);
const goBack = (running: string): string =>
  `write \`engine: "${majorOf(running)}"\`; an older version takes a new server and a dump, see docs/operate/upgrade.md`;

const CERTIFICATE: PreflightCheck = {
  id: 'account.certificate',
  proves: 'the certificate authority (CA) of the file is one of the region',
  required: ({ database }) => database,
  run: async ({ environment: { region, database } }) =>
    judged(await askAws(region, 'rds', 'describe-certificates'), (content) => {
      const identifiers = listAt(content, 'Certificates').map((found) => textAt(found, 'CertificateIdentifier'));
      if (identifiers.includes(database.caIdentifier)) return pass(database.caIdentifier);
      const usable = CA_IDENTIFIERS.filter((identifier) => identifiers.includes(identifier));
      const detail = `${database.caIdentifier} is not one of ${identifiers.join(', ') || 'none'}`;
      return fail(detail, usable[0] && `write \`caIdentifier: ${usable[0]}\` in \`database\``);
    }),
  fix: ({ environment: { region } }) => `aws rds describe-certificates --region ${region} lists them`,
};

const KEY: PreflightCheck = {
  id: 'account.key',
  proves: 'the KMS keys that the file names are enabled, and encrypt',
  required: ({ existingKey }) => existingKey,
  run: async ({ environment: { region, encryption, database } }) => {
    const { replication } = database;
    const keys = [
      { arn: encryption.keyArn, place: region },
      { arn: replication?.keyArn, place: replication?.region ?? region },
    ];
    const findings = await Promise.all(keys.map(({ arn, place }) => (arn === undefined ? [] : keyFinding(arn, place))));
    const all = findings.flat();
    return (
      all.find(({ status }) => status === 'fail') ?? all.find(({ status }) => status === 'skip') ?? all[0] ?? pass('')
    );
  },
  fix: ({ environment: { region } }) =>
    `aws kms list-keys --region ${region} lists those that \`encryption.keyArn\` can name`,
};

async function keyFinding(arn: string, region: string): Promise<Finding> {
  return judged(await askAws(region, 'kms', 'describe-key', '--key-id', arn), (content) => {
    const key = at(content, 'KeyMetadata');
    const state = textAt(key, 'KeyState');
    const command = (operation: string): string => `aws kms ${operation} --region ${region} --key-id ${arn}`;
    if (state === 'Disabled') return fail('it is disabled', command('enable-key'));
    if (state === 'PendingDeletion') {
      return fail('it is scheduled for deletion', `${command('cancel-key-deletion')} && ${command('enable-key')}`);
    }
    if (state !== 'Enabled') return fail(`its state is ${state || 'unknown'}`);
    const spec = textAt(key, 'KeySpec') || textAt(key, 'CustomerMasterKeySpec');
    if (textAt(key, 'KeyUsage') !== 'ENCRYPT_DECRYPT' || spec !== 'SYMMETRIC_DEFAULT') {
      return fail(`it is a key of the kind ${spec} for ${textAt(key, 'KeyUsage')}; RDS requires a symmetric one`);
    }
    return pass(arn);
  });
}

/** What RDS and KMS have to have for the database. */
export const SERVER_CHECKS: readonly PreflightCheck[] = [ORDERABLE, UPGRADE_TARGET, CERTIFICATE, KEY];

/** Whether the environment is deployed already, as far as that is known. */
export async function isDeployed({ server }: Preflight): Promise<boolean | undefined> {
  const found = await server;
  return found !== null && 'reason' in found ? undefined : found !== null;
}
