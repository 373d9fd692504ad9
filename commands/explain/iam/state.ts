import type { Allowance } from '../../../contract/aws/iam/documents';
import { object, type StackTemplate, text } from '../stack-template';
import { arnOf } from './subjects';

/** The state of the stacks in its bucket. A plan writes nothing but the lock. */
export function stateAllowances(stacks: readonly StackTemplate[], purpose: 'deploy' | 'plan'): Allowance[] {
  return stacks.flatMap(({ backend }) => {
    const s3 = object(backend.s3);
    const [bucket, key, region] = [text(s3.bucket), text(s3.key), text(s3.region) ?? ''];
    if (bucket === undefined || key === undefined) return [];
    const state = arnOf(`s3|${bucket}/${key}`, region);
    return [
      { actions: ['s3:ListBucket'], resources: [arnOf(`s3|${bucket}`, region)] },
      { actions: ['s3:GetObject'], resources: [state] },
      ...(purpose === 'deploy' ? [{ actions: ['s3:PutObject'], resources: [state] }] : []),
      { actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], resources: [`${state}.tflock`] },
    ];
  });
}
