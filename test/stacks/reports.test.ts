import { minimal, parsed, synthesize } from '../support/synth/environments';
import { over } from '../support/synth/varieties';

function synthesized(change: object) {
  return synthesize(parsed(over(minimal(), change)));
}

describe('reports of the API', () => {
  const since = { release: { chartVersion: '0.105.0' } };
  const keeping = (change: object) => {
    const { database, workload } = synthesized(change);
    const policies = database
      ?.resources('aws_iam_role_policy')
      .filter(({ name }) => name === 'keep-reports')
      .map(({ role }) => role);
    const lifecycle = database?.resource('aws_s3_bucket_lifecycle_configuration').rule;
    const annotated = workload.resource('helm_release').values.some((text: string) => text.includes('role-arn'));
    return {
      policies,
      days: lifecycle?.flatMap(({ expiration }: { expiration?: { days: number }[] }) => expiration?.[0]?.days ?? []),
      annotated,
    };
  };

  it('are in the bucket of the environment, where the role of the API may keep them, for 30 days', () => {
    const { policies, days, annotated } = keeping(since);
    expect(policies).toEqual([expect.stringContaining('roles_api_role')]);
    expect({ days, annotated }).toEqual({ days: [35, 35, 30], annotated: true });
    expect(keeping(over(since, { reports: { retentionDays: 400 } })).days).toEqual([35, 35, 400]);
  });

  it.each([
    ['of a version that does not share them', { release: { chartVersion: '0.104.0' } }],
    ['that are off', over(since, { reports: { store: 'off' } })],
    ['in a bucket that exists already', over(since, { reports: { bucket: 'team-reports' } })],
  ])('%s change neither bucket nor role', (_what, change) => {
    expect(keeping(change)).toEqual({ policies: [], days: [35], annotated: false });
  });

  it('need no annotation with EKS Pod Identity', () => {
    const change = over(since, { cluster: { podRoles: 'pod-identity' } });
    expect(keeping(change)).toMatchObject({ policies: [expect.anything()], annotated: false });
  });
});
