import { App } from 'cdktf';
import { type EnvironmentFile, readEnvironments } from './commands/environment-files';
import { ContractError } from './contract/error';
import { DatabaseStack } from './stacks/database-stack';
import { WorkloadStack } from './stacks/workload-stack';

function synthesize(environments: readonly EnvironmentFile[]): void {
  const app = new App();
  for (const { environment, caBundle } of environments) {
    const { endpoint } = new DatabaseStack(app, environment);
    new WorkloadStack(app, { environment, endpoint, caBundle });
  }
  app.synth();
}

try {
  synthesize(readEnvironments(process.env.ENVIRONMENTS_DIR ?? 'environments'));
} catch (error) {
  if (!(error instanceof ContractError)) throw error;
  process.stderr.write(`\n${error.message}\n\n`);
  process.exitCode = 1;
}
