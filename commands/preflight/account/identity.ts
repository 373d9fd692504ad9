import { partitionOf } from '../../../contract/aws/arn';
import { listAt, textAt } from '../../shared/program-runner';
import { type Caller, fail, type PreflightCheck, pass } from '../check';
import { askAws, judged } from './ask';

/** A region of each partition that is on in every account, which knows of the others. */
const HOME_REGIONS: Readonly<Record<string, string>> = {
  aws: 'us-east-1',
  'aws-cn': 'cn-north-1',
  'aws-us-gov': 'us-gov-west-1',
};

/** Who asks, or why AWS does not say. */
export async function askCaller(region: string): Promise<Caller | { readonly reason: string }> {
  const answer = await askAws(region, 'sts', 'get-caller-identity');
  if (answer.kind !== 'answered') return { reason: answer.reason };
  const [arn, account] = [textAt(answer.content, 'Arn'), textAt(answer.content, 'Account')];
  return arn === '' ? { reason: 'AWS does not say who this is' } : { arn, account };
}

/** Without it nothing is asked of the account. */
export const IDENTITY_CHECK: PreflightCheck = {
  id: 'account.identity',
  proves: 'AWS accepts the credentials of this machine',
  run: async ({ caller }) => {
    const found = await caller;
    return 'reason' in found ? fail(found.reason) : pass(found.arn);
  },
  fix: ({ environment: { region } }) =>
    'aws sso login, or set AWS_PROFILE to a profile of the account that the environment is in; if the region is one that ' +
    `an account has to opt in to: aws account get-region-opt-status --region-name ${region}`,
};

/** A region that is off accepts no credentials, so this is asked elsewhere. */
export const REGION_CHECK: PreflightCheck = {
  id: 'account.region',
  proves: 'the account uses the region of the environment',
  run: async ({ environment: { region } }) => {
    const home = HOME_REGIONS[partitionOf(region)] ?? region;
    const question = ['ec2', 'describe-regions', '--all-regions', '--region-names', region];
    return judged(await askAws(home, ...question), (content) => {
      const status = textAt(listAt(content, 'Regions')[0], 'OptInStatus');
      if (status === '') return fail(`AWS knows no region ${region}`);
      return status === 'not-opted-in' ? fail(`the account has not opted in to ${region}`) : pass(status);
    });
  },
  fix: ({ environment: { region } }) =>
    `aws account enable-region --region-name ${region}, by whoever manages the account; or correct \`region\``,
};
