import { ClusterAccess } from '../../../../constructs/kubernetes/pods/cluster-access';
import {
  ControlPlaneNamespace,
  SecurityGroupPolicy,
} from '../../../../constructs/kubernetes/pods/control-plane-namespace';
import { TrustBundle } from '../../../../constructs/kubernetes/pods/trust-bundle';
import { countCertificates, regionAuthorities } from '../../../../contract/aws/certificate-authorities';
import { cluster, namespace } from '../../../support/synth/cluster';
import { Template } from '../../../support/synth/template';

function trustBundle(region: string, caBundle?: string): Template {
  return Template.of((stack) => {
    new TrustBundle(stack, 'trust', { namespace: namespace(stack), region, caBundle });
  });
}

describe('the providers of the cluster', () => {
  it('ask for a token at every use and hold none', () => {
    const template = Template.of((stack) => {
      new ClusterAccess(stack, 'access', { cluster: cluster(stack), region: 'eu-west-1' });
    });
    const exec = {
      api_version: 'client.authentication.k8s.io/v1beta1',
      command: 'aws',
      args: ['eks', 'get-token', '--cluster-name', 'platform', '--region', 'eu-west-1', '--output', 'json'],
    };
    const server = {
      host: expect.stringMatching(/^\$\{data\.aws_eks_cluster\..*\.endpoint\}$/),
      cluster_ca_certificate: expect.stringMatching(/^\$\{base64decode\(data\.aws_eks_cluster\./),
    };
    expect(template.json.provider.kubernetes).toEqual([{ ...server, exec: [exec] }]);
    expect(template.json.provider.helm).toEqual([{ kubernetes: { ...server, exec } }]);
    expect(template.data('aws_eks_cluster')).toEqual({ name: 'platform' });
  });
});

describe('the namespace', () => {
  it('is not labelled as the chart labels its own', () => {
    const template = Template.of((stack) => {
      new ControlPlaneNamespace(stack, 'namespace', { name: 'x' });
    });
    const { labels } = template.resource('kubernetes_namespace_v1').metadata;
    expect(labels['app.kubernetes.io/managed-by']).toBe('terraform');
    expect(labels['app.kubernetes.io/name']).not.toBe('agent-bom');
  });

  it('keeps out pods that take over a node, and reports those that are not restricted', () => {
    const template = Template.of((stack) => {
      new ControlPlaneNamespace(stack, 'namespace');
    });
    expect(template.resource('kubernetes_namespace_v1').metadata.labels).toMatchObject({
      'pod-security.kubernetes.io/enforce': 'baseline',
      'pod-security.kubernetes.io/audit': 'restricted',
      'pod-security.kubernetes.io/warn': 'restricted',
    });
  });
});

describe('the security groups of the pods', () => {
  const template = Template.of((stack) => {
    const inNamespace = namespace(stack);
    const securityGroupIds = ['sg-pods', cluster(stack).securityGroupId];
    inNamespace.waitFor(new SecurityGroupPolicy(stack, 'firewall', { namespace: inNamespace, securityGroupIds }).ready);
    new TrustBundle(stack, 'trust', { namespace: inNamespace, region: 'eu-west-1' });
  });
  const policy = template.resource('kubernetes_manifest');

  it('puts all pods of the namespace into its groups', () => {
    expect(policy.manifest).toEqual({
      apiVersion: 'vpcresources.k8s.aws/v1beta1',
      kind: 'SecurityGroupPolicy',
      metadata: { name: 'agent-bom-database', namespace: 'control-plane', labels: expect.any(Object) },
      spec: {
        podSelector: {},
        securityGroups: { groupIds: ['sg-pods', expect.stringMatching(/cluster_security_group_id\}$/)] },
      },
    });
  });

  it('is there before anything that is put into the namespace later, and after the namespace', () => {
    expect(policy.depends_on).toEqual([expect.stringMatching(/^kubernetes_namespace_v1\./)]);
    const { depends_on: before } = template.resource('kubernetes_config_map_v1');
    expect(before).toEqual([
      expect.stringMatching(/^kubernetes_namespace_v1\./),
      expect.stringMatching(/^kubernetes_manifest\.firewall_policy_/),
    ]);
  });
});

describe('the trust bundle', () => {
  it('holds the authorities of the region', () => {
    const configMap = trustBundle('eu-west-1').resource('kubernetes_config_map_v1');
    expect(configMap.metadata).toMatchObject({ name: 'agent-bom-postgres-ca', namespace: 'control-plane' });
    expect(configMap.data).toEqual({ 'ca.pem': regionAuthorities('eu-west-1') });
    expect(countCertificates(configMap.data['ca.pem'])).toBe(3);
    expect(configMap.depends_on).toEqual([expect.stringMatching(/^kubernetes_namespace_v1\./)]);
  });

  it('holds the given ones instead', () => {
    const configMap = trustBundle('il-central-1', '# ${comment}\nPEM').resource('kubernetes_config_map_v1');
    expect(configMap.data).toEqual({ 'ca.pem': '# $${comment}\nPEM' });
  });

  it('says where to get those of another region', () => {
    expect(() => trustBundle('il-central-1')).toThrow(
      'fix:  download https://truststore.pki.rds.amazonaws.com/il-central-1/il-central-1-bundle.pem ' +
        'next to the environment file and name it there as database.caBundleFile',
    );
    expect(() => trustBundle('il-central-1')).toThrow(/^test\/trust\n/);
  });
});
