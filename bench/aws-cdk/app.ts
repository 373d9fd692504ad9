// The same database stack as AWS CDK writes it: key, network, parameters, instance, secrets, bucket, and who may read them.
// Its dependencies are installed where it is measured, so that nobody else has to.
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { InstanceClass, InstanceSize, InstanceType, SecurityGroup, Subnet, Vpc } from 'aws-cdk-lib/aws-ec2';
import { AccountPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  CaCertificate,
  Credentials,
  DatabaseInstance,
  DatabaseInstanceEngine,
  ParameterGroup,
  PostgresEngineVersion,
  SubnetGroup,
} from 'aws-cdk-lib/aws-rds';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';

const app = new App({ outdir: process.env.CDK_OUTDIR });
const stack = new Stack(app, 'prod-database', { env: { account: '111122223333', region: 'eu-west-1' } });
const key = new Key(stack, 'encryption', { enableKeyRotation: true, alias: 'alias/prod-agent-bom' });
const subnetIds = ['subnet-0a1b2c3d4e5f60718', 'subnet-0f1e2d3c4b5a69788'];
const vpc = Vpc.fromVpcAttributes(stack, 'vpc', {
  vpcId: 'vpc-0a1b2c3d4e5f60718',
  availabilityZones: ['eu-west-1a', 'eu-west-1b'],
  privateSubnetIds: subnetIds,
});
const subnets = subnetIds.map((id) => Subnet.fromSubnetId(stack, id, id));
const cluster = SecurityGroup.fromSecurityGroupId(stack, 'cluster', 'sg-0a1b2c3d4e5f60718');
const engine = DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.of('16', '16') });
const instance = new DatabaseInstance(stack, 'database', {
  engine,
  vpc,
  instanceType: InstanceType.of(InstanceClass.T4G, InstanceSize.MEDIUM),
  subnetGroup: new SubnetGroup(stack, 'subnets', { vpc, vpcSubnets: { subnets }, description: 'prod' }),
  securityGroups: [new SecurityGroup(stack, 'firewall', { vpc, allowAllOutbound: false })],
  parameterGroup: new ParameterGroup(stack, 'parameters', {
    engine,
    parameters: { 'rds.force_ssl': '1', ssl_min_protocol_version: 'TLSv1.2', log_min_duration_statement: '1000' },
  }),
  credentials: Credentials.fromGeneratedSecret('agent_bom_admin', { encryptionKey: key }),
  databaseName: 'agent_bom',
  multiAz: true,
  allocatedStorage: 100,
  maxAllocatedStorage: 500,
  storageEncryptionKey: key,
  backupRetention: Duration.days(14),
  deletionProtection: true,
  caCertificate: CaCertificate.RDS_CA_RSA2048_G1,
  cloudwatchLogsExports: ['postgresql', 'upgrade'],
  monitoringInterval: Duration.seconds(60),
  removalPolicy: RemovalPolicy.RETAIN,
});
instance.connections.allowDefaultPortFrom(cluster);
const reader = new Role(stack, 'secret-reader', { assumedBy: new AccountPrincipal('111122223333') });
for (const identity of ['app', 'maintenance', 'backup', 'control-plane']) {
  new Secret(stack, `secret-${identity}`, { encryptionKey: key }).grantRead(reader);
}
instance.secret?.grantRead(reader);
const bucket = new Bucket(stack, 'backup', {
  encryption: BucketEncryption.KMS,
  encryptionKey: key,
  versioned: true,
  enforceSSL: true,
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  lifecycleRules: [{ expiration: Duration.days(35) }],
});
bucket.grantPut(new Role(stack, 'backup-uploader', { assumedBy: new AccountPrincipal('111122223333') }), 'dumps/*');
app.synth();
