import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { App, TerraformStack } from 'cdktf';

/** What every app of cdktf costs: the measure for ours. */
const app = new App();
const stack = new TerraformStack(app, 'one-resource');
new AwsProvider(stack, 'aws', { region: 'eu-west-1' });
new SecurityGroup(stack, 'firewall', { name: 'one-resource' });
app.synth();
