import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProviderCall } from '../../support/aws/terraform/provider-log';
import { refusedCalls } from '../../support/aws/terraform/refused-calls';

/** What the AWS provider asked while the commands ran at an emulated AWS: test/emulator/terraform.test.ts records it. */
interface Recording {
  /** Version of the provider. */
  readonly provider: string;
  readonly environment: object;
  readonly plan: readonly ProviderCall[];
  readonly deploy: readonly ProviderCall[];
}

const FOLDER = join(__dirname, '..', '..', 'support', 'aws', 'terraform');
const recorded = (form: string): Recording =>
  JSON.parse(readFileSync(join(FOLDER, `calls-of-${form}.json`), 'utf8')) as Recording;

describe.each(['instance', 'aurora'])('the policies for an environment with an %s', (form) => {
  const { environment, plan, deploy } = recorded(form);

  it('allow what the provider asks for a plan', () => {
    expect(plan.length).toBeGreaterThan(50);
    expect(refusedCalls('plan', environment, plan)).toEqual([]);
  });

  it('allow what it asks to deploy, to change and to destroy', () => {
    expect(deploy.length).toBeGreaterThan(90);
    expect(refusedCalls('deploy', environment, deploy)).toEqual([]);
  });

  it('do not allow a plan what a deployment asks', () => {
    const writing = deploy.filter((call) => !/^\w+:(?:Describe|Get|List)/.test(call));
    expect(writing.length).toBeGreaterThan(35);
    expect(refusedCalls('plan', environment, writing)).toEqual(writing);
  });
});
