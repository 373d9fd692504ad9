import type { Environment } from '../../contract/environment/environment';
import { controlPlaneName } from '../../contract/names';
import { askJson, listAt, textAt } from '../shared/program-runner';

/** The version that runs in the cluster, null where none does, or why it is not known. */
export type RunningVersion = { readonly version: string | null } | { readonly reason: string };

/** A tag that is a version, with or without the digest of the image. */
const TAG = /:((?:0|[1-9]\d{0,5})(?:\.(?:0|[1-9]\d{0,5})){2})(?:@|$)/;

/** Asks the cluster that kubectl talks to for the image of the API. */
export async function runningVersion({ name, namespace }: Environment): Promise<RunningVersion> {
  const deployment = `${controlPlaneName(name)}-api`;
  const question = ['get', 'deployment', deployment, '--namespace', namespace, '--ignore-not-found'];
  const answer = await askJson('kubectl', [...question, '--output', 'json']);
  if (answer.kind !== 'answered') return { reason: answer.reason };
  if (answer.content === null) return { version: null };
  const images = listAt(answer.content, 'spec', 'template', 'spec', 'containers').map((container) =>
    textAt(container, 'image'),
  );
  const version = images.map((image) => TAG.exec(image)?.[1]).find((found) => found !== undefined);
  if (version !== undefined) return { version };
  return { reason: `the image of ${deployment} has no version in its tag: ${images.join(', ') || 'no image'}` };
}
