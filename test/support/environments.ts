import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdktf';
import { stringify } from 'yaml';
import type { Environment } from '../../contract/environment';
import type { Mistake } from '../../contract/error';
import { parseEnvironment } from '../../contract/parse-environment';
import { environmentStacks } from '../../stacks/environment-stacks';
import { Template } from './template';

/** The shortest environment file that is valid, as an object to change. */
export function minimal() {
  return {
    name: 'prod',
    region: 'eu-west-1',
    cluster: { name: 'platform' },
    database: { subnetIds: ['subnet-0a1b2c3d', 'subnet-1a2b3c4d'] },
    release: { trustedProxyIssuer: 'https://auth.example.com' },
  };
}

export function parsed(content: object): Environment {
  const result = parseEnvironment('prod.yaml', stringify(content));
  if ('mistakes' in result) throw new Error(JSON.stringify(result.mistakes));
  return result.environment;
}

export function mistakesIn(text: string): readonly Mistake[] {
  const result = parseEnvironment('prod.yaml', text);
  return 'mistakes' in result ? result.mistakes : [];
}

/** Both stacks of an environment as `cdktf synth` writes them. */
export function synthesize(environment: Environment): { database: Template; workload: Template } {
  const outdir = mkdtempSync(join(tmpdir(), 'synth-'));
  try {
    const app = new App({ outdir });
    environmentStacks(app, { environment });
    app.synth();
    return {
      database: Template.read(outdir, `${environment.name}-database`),
      workload: Template.read(outdir, `${environment.name}-workload`),
    };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
