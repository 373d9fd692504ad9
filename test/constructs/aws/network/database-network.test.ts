import { EksCluster, type EksClusterProps } from '../../../../constructs/aws/iam/eks-cluster';
import { DatabaseNetwork } from '../../../../constructs/aws/network/database-network';
import { PodSecurityGroup } from '../../../../constructs/aws/network/pod-security-group';
import { evaluate, hasTerraform } from '../../../support/synth/expressions';
import { Template } from '../../../support/synth/template';

const VPC = /^\$\{data\.aws_eks_cluster\.\w+\.vpc_config\[0\]\.vpc_id\}$/;

function network(
  use: (network: DatabaseNetwork, eks: EksCluster) => void = () => undefined,
  subnetIds: readonly string[] | null = ['subnet-a', 'subnet-b'],
  given: Partial<EksClusterProps> = {},
): Template {
  return Template.of((stack) => {
    const cluster = new EksCluster(stack, 'eks', { name: 'platform', ...given });
    use(
      new DatabaseNetwork(stack, 'network', { name: 'prod-agent-bom', cluster, subnetIds: subnetIds ?? undefined }),
      cluster,
    );
  });
}

const discovered = network(undefined, null);

describe('the network of the database', () => {
  it('is made of', () => {
    const template = network();
    expect(template.addresses()).toEqual([
      'aws_db_subnet_group.network_subnets_078B467D',
      'aws_security_group.network_firewall_F33A100D',
      expect.stringMatching(/^data\.aws_eks_cluster\./),
      expect.stringMatching(/^data\.aws_security_groups\./),
      expect.stringMatching(/^data\.aws_subnet\./),
    ]);
    expect(template.unresolvedReferences()).toEqual([]);
    expect(template.resource('aws_security_group').vpc_id).toMatch(VPC);
  });

  it('stays in its VPC: another one would take the rules away before the database leaves the group', () => {
    const template = network(undefined, undefined, { vpcId: 'vpc-0a1b2c3d' });
    const { description, name, lifecycle } = template.resource('aws_security_group');
    expect(template.data('aws_security_groups').filter).toEqual([
      { name: 'group-name', values: [name] },
      { name: 'description', values: [description] },
    ]);
    const [{ condition, error_message: message }] = lifecycle.precondition;
    expect(lifecycle.precondition).toHaveLength(1);
    expect(message).toContain('cluster.vpcId');
    if (!hasTerraform) return;
    const stays = (...vpcs: string[]) =>
      evaluate([condition], { 'data.aws_security_groups.network_present_': { vpc_ids: vpcs } });
    expect([stays(), stays('vpc-0a1b2c3d'), stays('vpc-1a2b3c4d')]).toEqual([[true], [true], [false]]);
  });

  it('allows no access and lets nothing out by itself', () => {
    const group = network().resource('aws_security_group');
    expect(group).not.toHaveProperty('ingress');
    expect(group).not.toHaveProperty('egress');
    expect(network().resources('aws_vpc_security_group_ingress_rule')).toEqual([]);
    expect(network().resources('aws_vpc_security_group_egress_rule')).toEqual([]);
  });

  it('is in the VPC that is given, and still knows that of the cluster', () => {
    const template = network(
      (_network, eks) => expect([eks.vpcId, eks.ownVpcId === eks.vpcId]).toEqual(['vpc-0a1b2c3d', false]),
      undefined,
      { vpcId: 'vpc-0a1b2c3d' },
    );
    expect(template.resource('aws_security_group').vpc_id).toBe('vpc-0a1b2c3d');
    const [inVpc] = template.data('aws_subnet').lifecycle.postcondition;
    expect(inVpc.condition).toBe('${(self.vpc_id == "vpc-0a1b2c3d")}');
  });
});

describe('subnets that are given', () => {
  const template = network();

  it('are looked up one by one, and have to be private and in the VPC', () => {
    const { for_each: each, id, lifecycle } = template.data('aws_subnet');
    expect([each, id]).toEqual(['${toset(["subnet-a", "subnet-b"])}', '${each.value}']);
    expect(lifecycle.postcondition).toEqual([
      {
        condition: expect.stringMatching(
          /^\$\{\(self\.vpc_id == data\.aws_eks_cluster\.\w+\.vpc_config\[0\]\.vpc_id\)\}$/,
        ),
        error_message: expect.stringContaining('${self.id} is in the VPC ${self.vpc_id}'),
      },
      {
        condition: '${!self.map_public_ip_on_launch}',
        error_message: expect.stringContaining('${self.id} gives out public addresses'),
      },
    ]);
  });

  it('are put into the group as they are written, if they are in two zones', () => {
    const { subnet_ids: ids, lifecycle } = template.resource('aws_db_subnet_group');
    expect(ids).toEqual(['subnet-a', 'subnet-b']);
    expect(lifecycle.precondition).toEqual([
      {
        condition: expect.stringMatching(
          /^\$\{length\(toset\(\[for subnet in data\.aws_subnet\.\w+-?\w* : subnet\.availability_zone if !subnet\.map_public_ip_on_launch\]\)\) >= 2\}$/,
        ),
        error_message: expect.stringContaining('at least two availability zones'),
      },
    ]);
  });

  it.each([[[]], [['subnet-a']], [['subnet-a', 'subnet-a']]])('are refused as %j', (subnetIds) => {
    expect(() => network(undefined, subnetIds)).toThrow(
      /^test\/network\/private\n {2}got: .*\n {2}rule: a database needs at least two different subnets/,
    );
  });
});

describe('subnets that are not given', () => {
  it('are those of the cluster, without the public ones', () => {
    const { for_each: each, lifecycle } = discovered.data('aws_subnet');
    expect(each).toMatch(/^\$\{toset\(tolist\(data\.aws_eks_cluster\.\w+\.vpc_config\[0\]\.subnet_ids\)\)\}$/);
    expect(lifecycle.postcondition).toHaveLength(1);
    expect(discovered.resource('aws_db_subnet_group').subnet_ids).toMatch(
      /^\$\{\[for subnet in data\.aws_subnet\.\w+ : subnet\.id if !subnet\.map_public_ip_on_launch\]\}$/,
    );
    expect(discovered.unresolvedReferences()).toEqual([]);
  });

  it('are known during the plan: nothing has to be created first', () => {
    const [subnets = ''] = discovered.addresses().filter((address) => address.startsWith('data.aws_subnet.'));
    expect([...discovered.prerequisites(subnets)]).toEqual([expect.stringMatching(/^data\.aws_eks_cluster\./)]);
  });
});

describe('connections are allowed', () => {
  const rule = { ip_protocol: 'tcp', from_port: 5432, to_port: 5432 };
  const database = expect.stringMatching(/^\$\{aws_security_group\.network_firewall_\w+\.id\}$/);

  it('from the cluster', () => {
    const template = network((one, eks) => one.allowFrom(eks, 5432));
    expect(template.resource('aws_vpc_security_group_ingress_rule')).toEqual({
      ...rule,
      description: 'PostgreSQL from the EKS cluster platform',
      security_group_id: database,
      referenced_security_group_id: expect.stringMatching(/cluster_security_group_id\}$/),
    });
  });

  it('from nodes that have a security group of their own', () => {
    const template = network((one, eks) => one.allowFrom(eks, 5432), undefined, { securityGroupId: 'sg-nodes' });
    const { referenced_security_group_id: source } = template.resource('aws_vpc_security_group_ingress_rule');
    expect(source).toBe('sg-nodes');
  });

  it('from security groups and private networks', () => {
    const template = network((one) => {
      one.allowFrom({ securityGroupId: 'sg-0a1b2c3d' }, 5432);
      one.allowFrom({ cidr: '10.20.0.0/16' }, 5432);
      one.allowFrom({ cidr: '10.2.0.0/16' }, 5432);
    });
    expect(template.resources('aws_vpc_security_group_ingress_rule')).toEqual([
      { ...rule, description: 'PostgreSQL from 10.2.0.0/16', security_group_id: database, cidr_ipv4: '10.2.0.0/16' },
      { ...rule, description: 'PostgreSQL from 10.20.0.0/16', security_group_id: database, cidr_ipv4: '10.20.0.0/16' },
      {
        ...rule,
        description: 'PostgreSQL from the security group sg-0a1b2c3d',
        security_group_id: database,
        referenced_security_group_id: 'sg-0a1b2c3d',
      },
    ]);
  });

  it.each(['0.0.0.0/0', '::/0', '8.0.0.0/8', '10.0.0.0/7'])('but not from %s', (cidr) => {
    expect(() => network((one) => one.allowFrom({ cidr }, 5432))).toThrow(
      `test/network\n  got:  ${cidr}\n  rule: only private networks may connect to a database`,
    );
  });

  it('from the pods with a security group of their own, which lets them out to the database and nowhere else', () => {
    const template = network(
      (one, cluster) =>
        one.allowFrom(new PodSecurityGroup(cluster, 'pods', { name: 'prod-agent-bom-pods', cluster }), 5432),
      undefined,
      { vpcId: 'vpc-0a1b2c3d' },
    );
    const pods = expect.stringMatching(/^\$\{aws_security_group\.eks_pods_group_\w+\.id\}$/);
    expect(template.resource('aws_security_group', ({ name }) => name === 'prod-agent-bom-pods')).toEqual({
      name: 'prod-agent-bom-pods',
      description: 'Pods of the agent-bom control plane',
      vpc_id: expect.stringMatching(VPC),
    });
    expect(template.resource('aws_vpc_security_group_ingress_rule')).toEqual({
      ...rule,
      description: 'PostgreSQL from the pods of the control plane',
      security_group_id: database,
      referenced_security_group_id: pods,
    });
    expect(template.resource('aws_vpc_security_group_egress_rule')).toEqual({
      ...rule,
      description: 'PostgreSQL of the control plane',
      security_group_id: pods,
      referenced_security_group_id: database,
    });
    expect(template.unresolvedReferences()).toEqual([]);
  });
});
