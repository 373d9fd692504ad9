import { stringify } from 'yaml';
import { minimal, mistakesIn, parsed } from '../../support/synth/environments';

const POLICY = 'arn:aws:iam::111122223333:policy/team/agent-bom';

const PROVIDER = 'arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/0A1B';

/** Paths and rules of the mistakes in the shortest file with some more keys. */
function mistakesWith(keys: { readonly [section: string]: object | string }) {
  const content: Record<string, unknown> = { ...minimal() };
  for (const [section, more] of Object.entries(keys)) {
    content[section] = typeof more === 'string' ? more : { ...(content[section] as object), ...more };
  }
  return mistakesIn(stringify(content));
}

const pathsOf = (keys: Parameters<typeof mistakesWith>[0]) => mistakesWith(keys).map(({ path }) => path);

describe('the cluster', () => {
  it.each([
    { vpcId: 'vpc-0a1b2c3d' },
    { vpcId: `vpc-${'0a'.repeat(8)}1` },
    { securityGroupId: 'sg-0a1b2c3d' },
    { oidcProviderArn: PROVIDER },
    { podRoles: 'pod-identity' },
    { permissionsBoundaryArn: POLICY },
    { rolePath: '/agent-bom/' },
    { rolePath: `/${'a'.repeat(510)}/` },
    { externalSecretsServiceAccount: { name: 'reader.v1' } },
    { externalSecretsServiceAccount: { namespace: 'a'.repeat(63) } },
  ])('may be %j', (cluster) => {
    expect(mistakesWith({ cluster })).toEqual([]);
  });

  it.each([
    [{ vpcId: 'vpc-0a1b2c3' }, 'cluster.vpcId'],
    [{ securityGroupId: 'sg-0a1b2c3g' }, 'cluster.securityGroupId'],
    [{ oidcProviderArn: PROVIDER.replace('oidc-provider/', 'oidc-provider/https://') }, 'cluster.oidcProviderArn'],
    [{ oidcProviderArn: PROVIDER.replace('arn:aws:', 'arn:aws-cn:') }, 'cluster.oidcProviderArn'],
    [{ podRoles: 'kiam' }, 'cluster.podRoles'],
    [{ permissionsBoundaryArn: 'platform-boundary' }, 'cluster.permissionsBoundaryArn'],
    [{ rolePath: '/' }, 'cluster.rolePath'],
    [{ rolePath: 'agent-bom/' }, 'cluster.rolePath'],
    [{ rolePath: '/agent-bom' }, 'cluster.rolePath'],
    [{ rolePath: '/a b/' }, 'cluster.rolePath'],
    [{ rolePath: `/${'a'.repeat(511)}/` }, 'cluster.rolePath'],
    [{ permissionsBoundaryArn: POLICY.replace('arn:aws:', 'arn:aws-us-gov:') }, 'cluster.permissionsBoundaryArn'],
    [{ externalSecretsServiceAccount: { name: 'Reader' } }, 'cluster.externalSecretsServiceAccount.name'],
    [
      { externalSecretsServiceAccount: { namespace: 'a'.repeat(64) } },
      'cluster.externalSecretsServiceAccount.namespace',
    ],
  ])('may not be %j', (cluster, path) => {
    expect(pathsOf({ cluster })).toEqual([path]);
  });

  it('needs no subnets, and not even a section for the database', () => {
    const { database: _, ...content } = minimal();
    expect(parsed(content).database).toMatchObject({ engine: '16', access: { pods: 'cluster' } });
    expect(parsed(content).database).not.toHaveProperty('subnetIds');
  });
});

describe('the policies of the pods', () => {
  it.each([
    [{ api: { policyArns: [POLICY, 'arn:aws:iam::aws:policy/ReadOnlyAccess'] } }, []],
    [{ scanner: { policyArns: Array.from({ length: 10 }, (_, index) => `${POLICY}${index}`) } }, []],
    [
      { scanner: { policyArns: Array.from({ length: 11 }, (_, index) => `${POLICY}${index}`) } },
      ['podRoles.scanner.policyArns'],
    ],
    [{ api: { policyArns: ['ReadOnlyAccess'] } }, ['podRoles.api.policyArns[0]']],
    [{ api: { policyArns: [POLICY, POLICY] } }, ['podRoles.api.policyArns']],
    [{ scanner: { policyArns: [POLICY.replace('arn:aws:', 'arn:aws-cn:')] } }, ['podRoles.scanner.policyArns']],
  ])('in %j', (podRoles, paths) => {
    expect(pathsOf({ podRoles })).toEqual(paths);
  });

  it('are of the partition that the region is in', () => {
    const [mistake] = mistakesWith({ region: 'cn-north-1', podRoles: { api: { policyArns: [POLICY] } } });
    expect(mistake).toMatchObject({
      path: 'podRoles.api.policyArns',
      rule: 'in the partition of the region: beginning with `arn:aws-cn:`',
    });
    const policyArns = [POLICY.replace('arn:aws:', 'arn:aws-us-gov:')];
    expect(mistakesWith({ region: 'us-gov-west-1', podRoles: { api: { policyArns } } })).toEqual([]);
  });
});
