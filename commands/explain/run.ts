import { ContractError } from '../../contract/error';
import { locatedEnvironment } from '../shared/environment/environment-files';
import { ExitCode, UsageError } from '../shared/output/exit-code';
import { JsonReport, type JsonTarget } from '../shared/output/report';
import { pricesFor, writePrices } from './cost/price-file';
import { refreshedPrices } from './cost/refresh';
import { explain } from './explanation';
import { iamPolicies, type Purpose } from './iam/policies';
import { writePolicies } from './iam/write';
import { show } from './screen';
import { synthesizedStacks } from './synthesized';

export interface ExplainOptions {
  readonly tree?: boolean;
  /** Who the policies are for that are printed instead of an explanation. */
  readonly iam?: Purpose;
  /** Folder for those policies. */
  readonly output?: string;
  /** Read the prices of the region from AWS, and keep them next to the environment files. */
  readonly refreshPrices?: boolean;
  /** Folder of the environment files. */
  readonly environments?: string;
  readonly json?: JsonTarget;
  readonly quiet?: boolean;
}

/** Synthesizes the environment and shows what it contains. */
export async function runExplain(nameOrFile: string, options: ExplainOptions): Promise<void> {
  const { tree, iam, output, refreshPrices, environments, json, quiet } = options;
  refuseStrayOptions(options);
  const report = new JsonReport(json, quiet);
  const { environment, directory } = locatedEnvironment(nameOrFile, environments);
  const synthesis = await synthesizedStacks(environment.name, directory);
  if ('refusal' in synthesis) {
    process.stderr.write(synthesis.refusal);
    process.exitCode = ExitCode.failure;
    return;
  }
  if (iam !== undefined) {
    writePolicies(iamPolicies(iam, environment, synthesis.result), output);
    return;
  }
  if (refreshPrices) await refresh(environment.region, directory, report);
  const prices = pricesFor(environment.region, directory);
  const content = explain(environment, synthesis.result, prices);
  report.write({ command: 'explain', ...content });
  if (!report.isAlone) show(content, report.result, tree === true);
}

/** @throws ContractError when AWS's price list cannot be read. */
async function refresh(region: string, directory: string, { terminal }: JsonReport): Promise<void> {
  const prices = await refreshedPrices(region, new Date().toISOString().slice(0, 10));
  if ('reason' in prices) {
    throw new ContractError({
      path: '--refresh-prices',
      got: prices.reason,
      rule: "the AWS CLI reads AWS's price list, with the permission pricing:GetProducts",
      fix: 'leave the option out to use the prices that are known',
    });
  }
  terminal.line(`The prices of ${region} are in ${writePrices(directory, prices)}.`);
}

/** Policies are JSON already, and only they are written to a folder. */
function refuseStrayOptions({ iam, output, tree, json }: ExplainOptions): void {
  const stray = iam === undefined ? output !== undefined && '--output' : (tree && '--tree') || (json && '--json');
  if (!stray) return;
  const rule = iam === undefined ? 'an option of --iam' : 'not an option of --iam, which prints the policies alone';
  throw new UsageError({ path: stray, got: 'the option', rule, fix: `leave ${stray} out` });
}
