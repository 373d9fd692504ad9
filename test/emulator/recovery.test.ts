import type { ResourceChange } from '../../commands/deploy/plan-file';
import { lookedUpImports } from '../../commands/deploy/recovery/aws-lookups';
import { describeWithEmulator, Emulator } from '../support/aws/emulator';
import type { Block } from '../support/synth/template';

jest.setTimeout(120_000);

const REGION = 'eu-west-1';
const TAG = 'agent-bom-environment';
const created = (address: string, after: object): ResourceChange => ({
  address,
  type: address.split('.')[0],
  change: { actions: ['create'], before: null, after },
});

describeWithEmulator()('what a killed deployment left at an emulated AWS', () => {
  let emulator: Emulator;
  const before = { ...process.env };
  const aws = (...question: string[]): Block => emulator.aws(...question) as Block;
  const looked = (...changes: ResourceChange[]) => lookedUpImports(changes, 'prod', REGION);

  beforeAll(async () => {
    emulator = await Emulator.start();
    Object.assign(process.env, emulator.variables());
  });
  afterEach(() => emulator.reset());
  afterAll(async () => {
    process.env = before;
    await emulator.stop();
  });

  /** A key with an alias. @returns Its id. */
  function makeKey(environment: string, name: string): string {
    const { KeyMetadata } = aws('kms', 'create-key', '--tags', `TagKey=${TAG},TagValue=${environment}`);
    aws('kms', 'create-alias', '--alias-name', name, '--target-key-id', KeyMetadata.KeyId);
    return KeyMetadata.KeyId;
  }

  const alias = (name: string) => created('aws_kms_alias.a', { name, region: REGION });
  const key = created('aws_kms_key.k', { region: REGION });

  it('is the key behind the alias, and the alias', async () => {
    const id = makeKey('prod', 'alias/prod-agent-bom');
    expect(await looked(alias('alias/prod-agent-bom'), key)).toEqual([
      { address: 'aws_kms_alias.a', importId: 'alias/prod-agent-bom' },
      { address: 'aws_kms_key.k', importId: id },
    ]);
    expect(await looked(key)).toEqual([]);
    const abroad = created('aws_kms_key.k', { region: 'eu-central-1' });
    expect(await looked(alias('alias/prod-agent-bom'), abroad)).toHaveLength(1);
  });

  it('is no key of another environment, none that is to be deleted, and none that stays', async () => {
    makeKey('dev', 'alias/dev-agent-bom');
    expect(await looked(alias('alias/dev-agent-bom'), key)).toEqual([]);
    const id = makeKey('prod', 'alias/prod-agent-bom');
    const kept: ResourceChange = { ...key, change: { ...key.change, actions: ['no-op'] } };
    expect(await looked(alias('alias/prod-agent-bom'), kept)).toHaveLength(1);
    aws('kms', 'schedule-key-deletion', '--key-id', id);
    expect(await looked(alias('alias/prod-agent-bom'), key)).toEqual([]);
    expect(await looked(alias('alias/none'), key)).toEqual([]);
  });

  it('is a security group in its VPC, and then each of its rules', async () => {
    const { VpcId } = aws('ec2', 'create-vpc', '--cidr-block', '10.0.0.0/16').Vpc;
    const make = (name: string, environment: string): string =>
      aws(
        ...['ec2', 'create-security-group', '--group-name', name, '--description', name, '--vpc-id', VpcId],
        ...['--tag-specifications', `ResourceType=security-group,Tags=[{Key=${TAG},Value=${environment}}]`],
      ).GroupId;
    const [own, other] = [make('prod-agent-bom', 'prod'), make('other', 'dev')];
    const permission = (source: object) =>
      JSON.stringify([{ IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, ...source }]);
    const allow = (source: object): string =>
      aws('ec2', 'authorize-security-group-ingress', '--group-id', own, '--ip-permissions', permission(source))
        .SecurityGroupRules[0].SecurityGroupRuleId;
    const byCidr = allow({ IpRanges: [{ CidrIp: '10.20.0.0/16' }] });
    const byGroup = allow({ UserIdGroupPairs: [{ GroupId: other }] });

    const group = (name: string, vpc = VpcId) => created('aws_security_group.g', { name, vpc_id: vpc });
    expect(await looked(group('prod-agent-bom'))).toEqual([{ address: 'aws_security_group.g', importId: own }]);
    expect(await looked(group('other'))).toEqual([]);
    expect(await looked(group('prod-agent-bom', 'vpc-0a1b2c3d'))).toEqual([]);

    const ports = { ip_protocol: 'tcp', from_port: 5432, to_port: 5432 };
    const rule = (source: object, more: object = {}) =>
      created('aws_vpc_security_group_ingress_rule.r', { security_group_id: own, ...ports, ...source, ...more });
    const found = (importId: string) => [{ address: 'aws_vpc_security_group_ingress_rule.r', importId }];
    expect(await looked(rule({ cidr_ipv4: '10.20.0.0/16' }))).toEqual(found(byCidr));
    expect(await looked(rule({ referenced_security_group_id: other, cidr_ipv4: null }))).toEqual(found(byGroup));
    expect(await looked(rule({ cidr_ipv4: '10.30.0.0/16' }))).toEqual([]);
    expect(await looked(rule({ cidr_ipv4: '10.20.0.0/16' }, { to_port: 5433 }))).toEqual([]);
    expect(await looked(rule({ cidr_ipv4: '10.20.0.0/16' }, { security_group_id: undefined }))).toEqual([]);
    const outwards = { ...rule({ cidr_ipv4: '10.20.0.0/16' }), type: 'aws_vpc_security_group_egress_rule' };
    expect(await looked({ ...outwards, address: 'aws_vpc_security_group_egress_rule.r' })).toEqual([]);
  });

  it('is a subscription to events by its name', async () => {
    const topic = aws('sns', 'create-topic', '--name', 'prod').TopicArn;
    aws(
      ...['rds', 'create-event-subscription', '--subscription-name', 'prod-agent-bom', '--sns-topic-arn', topic],
      ...['--tags', `Key=${TAG},Value=prod`],
    );
    const subscription = (name: string) => created('aws_db_event_subscription.s', { name });
    expect(await looked(subscription('prod-agent-bom'))).toEqual([
      { address: 'aws_db_event_subscription.s', importId: 'prod-agent-bom' },
    ]);
    expect(await looked(subscription('prod-agent'))).toEqual([]);
    expect(await lookedUpImports([subscription('prod-agent-bom')], 'dev', REGION)).toEqual([]);
  });
});
