import { CHART_NAME } from '../../../contract/product/chart';
import type { Kubectl } from '../../shared/cluster/kubectl';
import type { ExistingObject } from './objects';
import { existingObjects } from './objects';

/** A revision of the release, which Helm keeps in a Secret. */
interface Revision {
  readonly secret: string;
  readonly number: number;
  readonly status: string;
}

/** What is wrong with a release, and which records of it have to go. */
export interface ReleaseRepair {
  readonly secrets: readonly string[];
  readonly sentence: string;
}

const PENDING = ['pending-install', 'pending-upgrade', 'pending-rollback'];

/** The records that Helm has of the release; only their metadata is read. */
export function releaseRecords(kubectl: Kubectl, namespace: string): Promise<ExistingObject[]> {
  return existingObjects(kubectl, 'Secret', namespace, `owner=helm,name=${CHART_NAME}`);
}

/**
 * How to go on with a release whose last operation was killed. Helm refuses every other operation until its record is
 * gone; the next one starts from the newest revision that was deployed, and takes over the objects of the one that was not
 * completed, because they carry the name of the release.
 *
 * @returns Nothing where no operation is open.
 */
export function releaseRepair(records: readonly ExistingObject[]): ReleaseRepair | undefined {
  const revisions = records.map(revisionOf).sort((one, other) => other.number - one.number);
  const [latest] = revisions;
  if (latest === undefined) return undefined;
  if (latest.status === 'uninstalling') {
    const sentence = `the release ${CHART_NAME} was being uninstalled by a run that did not end: it is installed again`;
    return { secrets: revisions.map(({ secret }) => secret), sentence };
  }
  const kept = revisions.findIndex(({ status }) => !PENDING.includes(status));
  const open = kept === -1 ? revisions : revisions.slice(0, kept);
  if (open.length === 0) return undefined;
  // Helm calls the previous revision superseded a moment before it calls the new one deployed.
  const base = revisions.find(({ status }) => status === 'deployed' || status === 'superseded');
  const from =
    base === undefined
      ? 'its record is removed, and it is installed again'
      : `it goes back to revision ${base.number}, and is upgraded again from there`;
  const sentence = `the release ${CHART_NAME} is ${latest.status} in revision ${latest.number} because a run did not end: ${from}`;
  return { secrets: open.map(({ secret }) => secret), sentence };
}

/** Removes records of a release. */
export async function removeRecords(kubectl: Kubectl, namespace: string, secrets: readonly string[]): Promise<void> {
  await kubectl.text(['delete', 'secret', ...secrets, '--namespace', namespace, '--ignore-not-found']);
}

function revisionOf({ name, labels }: ExistingObject): Revision {
  return { secret: name, number: Number(labels.version ?? 0), status: labels.status ?? '' };
}
