import { TerraformOutput } from 'cdktf';
import { ControlPlaneSecret } from '../../../../constructs/aws/secrets/control-plane-secret';
import { EphemeralPassword } from '../../../../constructs/aws/secrets/generated-secret';
import { IdentitySecret } from '../../../../constructs/aws/secrets/identity-secret';
import { RUNTIME_IDENTITIES } from '../../../../contract/postgres/identities';
import { CONTROL_PLANE_KEYS } from '../../../../contract/product/required-secrets';
import { existingKey, KEY_ARN } from '../../../support/synth/cluster';
import { Template } from '../../../support/synth/template';

const [APP, , BACKUP] = RUNTIME_IDENTITIES;

function identitySecret(generation: number, identity = APP) {
  return Template.of((stack) => {
    if (identity === undefined) throw new Error('no identity');
    const settings = { environmentName: 'prod', identity, generation, recoveryWindowDays: 7 };
    new IdentitySecret(stack, 'secret', { ...settings, key: existingKey(stack) });
  });
}

describe('an ephemeral password', () => {
  it('is letters and digits, and referred to, not written out', () => {
    const template = Template.of((stack) => {
      new TerraformOutput(stack, 'probe', { value: new EphemeralPassword(stack, 'password').value });
      new EphemeralPassword(stack, 'short', { length: 32 });
    });
    expect(template.json.ephemeral.random_password).toEqual({
      password: { length: 48, special: false },
      short: { length: 32, special: false },
    });
    expect(template.json.output.probe.value).toBe('${ephemeral.random_password.password.result}');
    expect(template.json.terraform.required_providers.random).toEqual({ source: 'hashicorp/random', version: '3.7.2' });
  });
});

describe('the secret of an identity', () => {
  it('holds the login of its generation and a password that no one sees', () => {
    const template = identitySecret(1);
    expect(template.inventory()).toEqual(['aws_secretsmanager_secret', 'aws_secretsmanager_secret_version']);
    expect(template.resource('aws_secretsmanager_secret')).toMatchObject({
      name: 'prod/agent-bom/app',
      recovery_window_in_days: 7,
      kms_key_id: KEY_ARN,
    });
    const version = template.resource('aws_secretsmanager_secret_version');
    expect(version.secret_string_wo).toMatch(
      /^\$\{jsonencode\(\{"username" = "agent_bom_app", "password" = ephemeral\.random_password\.\w+\.result\}\)\}$/,
    );
    expect(version.secret_string_wo_version).toBe(1);
    expect(Object.keys(version).sort()).toEqual(['secret_id', 'secret_string_wo', 'secret_string_wo_version']);
    expect(template.unresolvedReferences()).toEqual([]);
  });

  it('is written again, for the other login, in the next generation', () => {
    const version = identitySecret(2).resource('aws_secretsmanager_secret_version');
    expect(version.secret_string_wo).toContain('"username" = "agent_bom_app_b"');
    expect(version.secret_string_wo_version).toBe(2);
    expect(identitySecret(2, BACKUP).text).toContain('agent_bom_backup');
    expect(identitySecret(2, BACKUP).text).not.toContain('agent_bom_backup_b');
  });
});

describe('the secret of the control plane', () => {
  const template = Template.of((stack) => {
    new ControlPlaneSecret(stack, 'keys', {
      environmentName: 'prod',
      key: existingKey(stack),
      recoveryWindowDays: 30,
    });
  });
  const { secret_string_wo: value, secret_string_wo_version: written } = template.resource(
    'aws_secretsmanager_secret_version',
  );

  it('has every key, and is written once', () => {
    for (const { environmentVariable } of CONTROL_PLANE_KEYS) expect(value).toContain(`"${environmentVariable}" = `);
    expect(Object.keys(template.json.ephemeral.random_password)).toHaveLength(CONTROL_PLANE_KEYS.length);
    expect(written).toBe(1);
    expect(template.unresolvedReferences()).toEqual([]);
    expect(template.text).not.toContain('$${');
  });

  it('writes the connections key as URL-safe base64 of 32 bytes', () => {
    const name =
      /replace\(replace\(base64encode\(ephemeral\.random_password\.(\w+)\.result\), "\+", "-"\), "\/", "_"\)/;
    const [, password = ''] = name.exec(value) ?? [];
    expect(password).toContain('AGENT_BOM_CONNECTIONS_KEY');
    expect(template.json.ephemeral.random_password[password].length).toBe(32);
    expect(Buffer.from('A'.repeat(32)).toString('base64')).toHaveLength(44);
  });

  it('gives the other keys 64 characters', () => {
    const lengths = Object.values<{ length: number }>(template.json.ephemeral.random_password).map(
      ({ length }) => length,
    );
    expect(lengths.sort()).toEqual([32, 64, 64, 64, 64]);
  });
});
