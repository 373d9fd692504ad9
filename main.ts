import { App } from 'cdktf';
import { type EnvironmentFile, readEnvironments } from './commands/environment-files';
import { ContractError } from './contract/error';
import { secretManifest } from './contract/secret-manifest';
import { DatabaseStack } from './stacks/database-stack';
import { WorkloadStack } from './stacks/workload-stack';
import { writeFiles } from './stacks/written-files';

/** The environment that is only ever looked at. */
const EXAMPLE = 'example';

function warnOfLocalState(name: string): void {
  process.stderr.write(
    `warning: the Terraform state of ${name} is a file on this machine; name a bucket in \`state\` of its environment file\n`,
  );
}

function synthesize(environments: readonly EnvironmentFile[]): void {
  const app = new App();
  const files: Record<string, string> = {};
  for (const { environment, caBundle } of environments) {
    const { endpoint } = new DatabaseStack(app, environment);
    Object.assign(files, new WorkloadStack(app, { environment, endpoint, caBundle }).files);
    if (environment.state === undefined && environment.name !== EXAMPLE) warnOfLocalState(environment.name);
  }
  app.synth();
  writeFiles(app.outdir, { ...files, ...secretManifests(environments) });
}

/** Secrets that somebody else has to bring into the cluster, by the path of their file. */
function secretManifests(environments: readonly EnvironmentFile[]): Record<string, string> {
  const handedOver = environments.filter(({ environment }) => environment.secrets.delivery === 'existing');
  return Object.fromEntries(
    handedOver.map(({ environment }) => [`${environment.name}/secrets.yaml`, secretManifest(environment)]),
  );
}

try {
  synthesize(readEnvironments(process.env.ENVIRONMENTS_DIR ?? 'environments'));
} catch (error) {
  if (!(error instanceof ContractError)) throw error;
  process.stderr.write(`\n${error.message}\n\n`);
  process.exitCode = 1;
}
