import type { Environment } from '../../../contract/environment/environment';
import { ContractError } from '../../../contract/error';
import { APPLICATION_LABEL } from '../../../contract/names';
import { CHART_NAME } from '../../../contract/product/chart';
import type { Kubectl } from '../../shared/cluster/kubectl';
import type { PlanFile } from '../plan-file';
import { type PlanOptions, rawPlan, type StackPlan } from '../stack-plan';
import type { Stack } from '../stacks';
import { type Finished, type Terraform, terraformFailure } from '../terraform';
import { deleteObject, findAdoption, type Importable, removeImports, writeImports } from './adoption';
import { lookedUpImports } from './aws-lookups';
import { findAwsImports } from './aws-objects';
import { withCluster } from './cluster-access';
import { databaseIn, managePasswords, type PlannedDatabase, plannedDatabases, untilAvailable } from './databases';
import { endJob, unknownJobs } from './jobs';
import { existingObjects, isOurs, type PlannedObject } from './objects';
import { endOrphanedProviders } from './orphans';
import { releaseRecords, releaseRepair, removeRecords } from './release';
import { forget, tainted, untaint, withoutIdentity } from './state-repair';

export interface RecoveryOptions extends PlanOptions {
  readonly environment: Environment;
  /** Whether anything may be changed; otherwise it is only said what would be. */
  readonly repair: boolean;
  /** Is told of each thing that is done, before it is. */
  readonly say: (sentence: string) => void;
}

/**
 * Plans a stack, with what a deployment that did not end left behind: what exists and is in no state is taken over, an
 * operation of Helm that was cut off is taken back, and a Job that still runs is waited for. The plan itself proves that
 * nobody holds the lock of the state, so that nobody else is at work on these.
 */
export async function planWithRecovery(
  terraform: Terraform,
  stack: Stack,
  options: RecoveryOptions,
): Promise<StackPlan> {
  removeImports(stack);
  const recovered: string[] = [];
  const note = (sentence: string): void => {
    recovered.push(sentence);
    options.say(sentence);
  };
  const first = await planned(terraform, stack, options, note);
  const orphans = options.repair ? endOrphanedProviders(stack) : [];
  if (orphans.length > 0) note(`providers of a run that did not end were still at work: ${orphans.join(', ')} ended`);
  const imports = await inAws(first.file, options, note);
  if (hasWorkload(first.file)) {
    await withCluster(stack, first.file, options.environment.region, async (kubectl) => {
      if (kubectl !== undefined) imports.push(...(await clearTheWay(kubectl, first.file, options, note)));
    });
  }
  if (imports.length === 0) return { ...first, recovered };
  const second = await planImports(terraform, stack, imports, options);
  // The rules of a security group can be found when the group has been.
  const more = await inAws(second.file, options, note);
  if (more.length === 0) return { ...second, recovered };
  return { ...(await planImports(terraform, stack, [...imports, ...more], options)), recovered };
}

/** What a plan creates in AWS although it exists. */
async function inAws(
  { resource_changes: changes = [] }: PlanFile,
  options: RecoveryOptions,
  note: (sentence: string) => void,
): Promise<Importable[]> {
  const { name, region } = options.environment;
  const imports = [...(await findAwsImports(changes, name, region)), ...(await lookedUpImports(changes, name, region))];
  for (const { importId } of imports) note(`${importId} was created by a run that did not end: it is taken over`);
  const taken = changes.filter(({ address }) => imports.some((one) => one.address === address));
  await complete(plannedDatabases(taken), options, note);
  return imports;
}

/** Before a database is taken over, RDS ends what the run that did not end has begun. */
async function complete(
  databases: readonly PlannedDatabase[],
  { environment: { region }, repair }: RecoveryOptions,
  note: (sentence: string) => void,
): Promise<void> {
  if (!repair) return;
  await untilAvailable(databases, region, note);
  await managePasswords(databases, region, note);
}

/** Two plans at most: the second without what stopped the first. */
async function planned(
  terraform: Terraform,
  stack: Stack,
  options: RecoveryOptions,
  note: (sentence: string) => void,
): Promise<StackPlan> {
  const first = await rawPlan(terraform, stack, options);
  if (!('failure' in first)) return first;
  if (!options.repair || !(await repaired(terraform, stack, first.failure, options, note)))
    throw terraformFailure(stack, first.failure, 'plan');
  const second = await rawPlan(terraform, stack, options);
  if ('failure' in second) throw terraformFailure(stack, second.failure, 'plan');
  return second;
}

/** @returns Whether something in the state stopped the plan that does so no longer. */
async function repaired(
  terraform: Terraform,
  stack: Stack,
  failure: Finished,
  options: RecoveryOptions,
  note: (sentence: string) => void,
): Promise<boolean> {
  const addresses = withoutIdentity(failure);
  if (addresses.length > 0) for (const sentence of await forget(terraform, stack, addresses)) note(sentence);
  const unfinished = await tainted(terraform, stack, failure);
  await complete(
    unfinished.flatMap(({ type, values }) => databaseIn(type, values)),
    options,
    note,
  );
  for (const resource of unfinished) note(await untaint(terraform, stack, resource));
  return addresses.length > 0 || unfinished.length > 0;
}

/** Whether the plan changes anything in the cluster. */
function hasWorkload({ resource_changes = [] }: PlanFile): boolean {
  return resource_changes.some(
    ({ type = '', change }) => /^(?:kubernetes|helm)_/.test(type) && !change.actions.includes('no-op'),
  );
}

/** @returns What the next plan has to import. */
async function clearTheWay(
  kubectl: Kubectl,
  file: PlanFile,
  { environment: { namespace }, repair }: RecoveryOptions,
  note: (sentence: string) => void,
): Promise<readonly PlannedObject[]> {
  const jobs = await unknownJobs(kubectl, namespace, file);
  for (const job of jobs) {
    note(
      job.state === 'running'
        ? `the Job ${job.name} still runs, of a run that did not end: it is waited for, and removed`
        : `the Job ${job.name} is left of a run that did not end: it is removed`,
    );
    if (repair) await endJob(kubectl, namespace, job);
  }
  if (changesRelease(file)) await clearRelease(kubectl, file, namespace, repair, note);
  const { imports, deletions } = await findAdoption(kubectl, file);
  for (const object of deletions) {
    note(`${described(object)} was created by a run that did not end: it is created again`);
    if (repair) await deleteObject(kubectl, object);
  }
  for (const object of imports) note(`${described(object)} was created by a run that did not end: it is taken over`);
  return imports;
}

async function clearRelease(
  kubectl: Kubectl,
  file: PlanFile,
  namespace: string,
  repair: boolean,
  note: (sentence: string) => void,
): Promise<void> {
  const records = await releaseRecords(kubectl, namespace);
  if (records.length > 0 && installsRelease(file)) await refuseForeignRelease(kubectl, namespace);
  const release = releaseRepair(records);
  if (release === undefined) return;
  note(release.sentence);
  if (repair) await removeRecords(kubectl, namespace, release.secrets);
}

/** A release that the state does not have, next to objects that it does not have either, is not of this environment. */
async function refuseForeignRelease(kubectl: Kubectl, namespace: string): Promise<void> {
  const ours = await existingObjects(kubectl, 'ConfigMap', namespace, `app.kubernetes.io/name=${APPLICATION_LABEL}`);
  if (ours.some(isOurs)) return;
  throw new ContractError({
    path: `release ${CHART_NAME} in the namespace ${namespace}`,
    got: 'a release that this project did not install',
    rule: 'the release does not exist yet, or was installed by this environment',
    fix: `uninstall it (helm uninstall ${CHART_NAME} --namespace ${namespace}), or choose another namespace`,
  });
}

function installsRelease({ resource_changes = [] }: PlanFile): boolean {
  return resource_changes.some(({ type, change }) => type === 'helm_release' && change.actions.includes('create'));
}

function changesRelease({ resource_changes = [] }: PlanFile): boolean {
  return resource_changes.some(({ type, change }) => type === 'helm_release' && !change.actions.includes('no-op'));
}

async function planImports(
  terraform: Terraform,
  stack: Stack,
  imports: readonly Importable[],
  options: RecoveryOptions,
): Promise<StackPlan> {
  writeImports(stack, imports);
  try {
    const second = await rawPlan(terraform, stack, options);
    if ('failure' in second) throw terraformFailure(stack, second.failure, 'plan');
    return second;
  } finally {
    // The plan that was written holds the imports.
    removeImports(stack);
  }
}

function described({ kind, name }: PlannedObject): string {
  return `${kind.split('.')[0]} ${name}`;
}
