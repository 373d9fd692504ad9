import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Kubectl } from '../../../commands/shared/cluster/kubectl';
import { imagesFrom } from '../../../contract/product/images';

/** Context of the node that `scripts/cluster/run.sh` starts. */
export const CONTEXT = 'throwaway';
/** Major version of the PostgreSQL that Debian has. */
export const MAJOR = '15';
/** The chart that stands in for the product's. */
export const CHART = join(__dirname, '..', '..', 'cluster', 'chart');
export const S3_IMAGE = 'motoserver/moto:5.1.18';
const EVERYTHING = 'docker.io/agent-bom/everything:local';

/** Gives the one image of the node the names that the pods of these versions ask for. */
export function provideImages(...versions: readonly string[]): void {
  const images = imagesFrom();
  const names = [
    images.postgres(MAJOR),
    images.awsCli(),
    S3_IMAGE,
    ...versions.map((version) => images.agentBom(version)),
  ];
  for (const name of names) containerd('images', 'tag', '--force', EVERYTHING, fullName(name));
}

function fullName(name: string): string {
  return name.includes('/') ? `docker.io/${name}` : `docker.io/library/${name}`;
}

function containerd(...question: string[]): void {
  execFileSync('ctr', [
    '--address',
    `${process.env.CLUSTER_ROOT}/containerd.sock`,
    '--namespace',
    'k8s.io',
    ...question,
  ]);
}

/** Everything that is in the cluster besides its own, by kind and name: what a test has to leave as it was. */
export async function inventory(): Promise<string[]> {
  const kinds = 'namespaces,clusterroles,clusterrolebindings,customresourcedefinitions,persistentvolumes';
  const text = await new Kubectl({ context: CONTEXT }).text(['get', kinds, '--output', 'name']);
  return text.trim().split('\n').sort();
}
