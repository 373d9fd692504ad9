import { readFileSync, writeFileSync } from 'node:fs';
import { Deployment } from '../../../commands/rehearse/cluster/deployment';
import { Kubectl } from '../../../commands/shared/cluster/kubectl';

/** Deploys the steps of a file with kubectl and Helm, in a process of its own: node --import tsx by-hand.ts <file> */
async function main(file: string): Promise<void> {
  const { context, namespace, chart, steps, deployed = [] } = JSON.parse(readFileSync(file, 'utf8'));
  const deployment = new Deployment(
    new Kubectl({ context, namespace }),
    { chart },
    (message) => void process.stdout.write(`${message}\n`),
    new AbortController().signal,
    new Map(deployed),
  );
  process.stdout.write('  creating       with kubectl and Helm\n');
  const now = await deployment.deploy(steps);
  writeFileSync(file, JSON.stringify({ context, namespace, chart, steps, deployed: [...now] }));
}

main(process.argv[2] ?? '').catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
