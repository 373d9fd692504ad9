import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ContractError, type Mistake } from '../../../contract/error';
import type { Kubectl } from '../../shared/cluster/kubectl';
import type { PlanFile } from '../plan-file';
import type { Stack } from '../stacks';
import { createdObjects, type ExistingObject, existingObjects, isOurs, type PlannedObject } from './objects';

/** Import blocks for what exists. It is next to the synthesized file while they are needed, and no longer. */
const IMPORTS = 'adopted.tf.json';

/** What Terraform imports, and where to. */
export type Importable = Pick<PlannedObject, 'address' | 'importId'>;

/** Objects that the plan creates although they exist. */
export interface Adoption {
  /** Terraform takes them over. */
  readonly imports: readonly PlannedObject[];
  /** Their addresses hold the objects that they replace: they are deleted, and Terraform creates them again. */
  readonly deletions: readonly PlannedObject[];
}

/**
 * What becomes of the objects that exist although no state has them: a deployment was killed while it created them.
 *
 * @throws ContractError for an object that this project did not create.
 */
export function adoptionOf(planned: readonly PlannedObject[], existing: readonly ExistingObject[]): Adoption {
  const found = planned.flatMap((object) => {
    const match = existing.find(({ kind, name }) => kind === object.kind && name === object.name);
    return match === undefined ? [] : [{ object, ours: isOurs(match) }];
  });
  const mistakes = found.filter(({ ours }) => !ours).map(({ object }) => foreign(object));
  if (mistakes.length > 0) throw new ContractError(mistakes);
  return {
    imports: found.flatMap(({ object }) => (object.occupied ? [] : [object])),
    deletions: found.flatMap(({ object }) => (object.occupied ? [object] : [])),
  };
}

/** The objects that a plan creates and that exist. One question for each kind. */
export async function findAdoption(kubectl: Kubectl, { resource_changes = [] }: PlanFile): Promise<Adoption> {
  const planned = createdObjects(resource_changes);
  const places = new Map(planned.map(({ kind, namespace }) => [`${kind} ${namespace ?? ''}`, { kind, namespace }]));
  const existing = await Promise.all(
    [...places.values()].map(({ kind, namespace }) => existingObjects(kubectl, kind, namespace)),
  );
  return adoptionOf(planned, existing.flat());
}

/** Has the next plan of a stack import the objects. */
export function writeImports({ directory }: Stack, objects: readonly Importable[]): void {
  const blocks = objects.map(({ address, importId }) => ({ to: address, id: importId }));
  writeFileSync(join(directory, IMPORTS), `${JSON.stringify({ import: blocks }, undefined, 2)}\n`);
}

/** Takes the blocks away: an object that is gone later could not be imported, and would stop every plan. */
export function removeImports({ directory }: Stack): void {
  rmSync(join(directory, IMPORTS), { force: true });
}

/** Deletes an object, and waits until it is gone. What an operator made from it stays. */
export async function deleteObject(kubectl: Kubectl, { kind, name, namespace }: PlannedObject): Promise<void> {
  const place = namespace === undefined ? [] : ['--namespace', namespace];
  const options = ['--ignore-not-found', '--cascade=orphan', '--wait=true', '--timeout=60s'];
  await kubectl.text(['delete', kind, name, ...place, ...options], { timeoutMs: 70_000 });
}

function foreign({ kind, name, namespace }: PlannedObject): Mistake {
  const [short = kind] = kind.split('.');
  const where = namespace === undefined ? '' : ` in the namespace ${namespace}`;
  return {
    path: `${short} ${name}${where}`,
    got: 'an object that this project did not create',
    rule: 'what the environment creates does not exist yet, or carries the labels that this project gives its objects',
    fix:
      short === 'Namespace'
        ? `write \`namespace: { name: ${name}, create: false }\` in the environment file, or choose another name`
        : 'delete or rename it, or choose another namespace for the environment',
  };
}
