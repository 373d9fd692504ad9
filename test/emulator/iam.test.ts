import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { iamPolicies, type Purpose } from '../../commands/explain/iam/policies';
import { StackTemplate } from '../../commands/explain/stack-template';
import { describeWithEmulator, Emulator } from '../support/aws/emulator';
import { minimal, parsed, synthesize } from '../support/synth/environments';

jest.setTimeout(300_000);

/** What is asked with the policies of a purpose, and whether they allow it. The emulator compares actions alone. */
const QUESTIONS: readonly [purpose: Purpose, allowed: boolean, ...question: string[]][] = [
  ['plan', true, 'rds', 'describe-db-subnet-groups'],
  ['plan', true, 'secretsmanager', 'describe-secret', '--secret-id', 'prod/agent-bom/app'],
  ['plan', true, 'secretsmanager', 'list-secret-version-ids', '--secret-id', 'prod/agent-bom/app'],
  ['plan', true, 'ec2', 'describe-security-groups'],
  ['plan', true, 'logs', 'describe-log-groups'],
  ['plan', false, 'secretsmanager', 'get-secret-value', '--secret-id', 'prod/agent-bom/app'],
  ['plan', false, 'secretsmanager', 'put-secret-value', '--secret-id', 'prod/agent-bom/app', '--secret-string', 'x'],
  ['plan', false, 'logs', 'create-log-group', '--log-group-name', 'other'],
  ['plan', false, 'kms', 'create-key'],
  ['deploy', true, 'logs', 'create-log-group', '--log-group-name', 'other'],
  ['deploy', true, 'kms', 'create-key'],
  ['deploy', true, 'secretsmanager', 'put-secret-value', '--secret-id', 'prod/agent-bom/app', '--secret-string', 'y'],
  ['deploy', false, 'iam', 'create-user', '--user-name', 'other'],
  ['deploy', false, 'ec2', 'run-instances', '--image-id', 'ami-1'],
  ['preflight', true, 'rds', 'describe-db-subnet-groups'],
  ['preflight', false, 'secretsmanager', 'get-secret-value', '--secret-id', 'prod/agent-bom/app'],
  ['restore', true, 'rds', 'describe-db-instances'],
  ['restore', false, 'rds', 'delete-db-instance', '--db-instance-identifier', 'prod-agent-bom'],
  ['doctor', false, 'secretsmanager', 'describe-secret', '--secret-id', 'prod/agent-bom/app'],
  ['doctor', false, 'rds', 'describe-db-subnet-groups'],
  ['doctor', true, 'rds', 'describe-db-instances'],
];

describeWithEmulator()('the policies against the emulator', () => {
  let emulator: Emulator;
  let folder: string;
  const credentials = new Map<Purpose, Readonly<Record<string, string>>>();

  beforeAll(async () => {
    emulator = await Emulator.start();
    folder = mkdtempSync(join(tmpdir(), 'policies-'));
    emulator.aws('secretsmanager', 'create-secret', '--name', 'prod/agent-bom/app', '--secret-string', 'x');
    const { database, workload } = synthesize(parsed(minimal()));
    const stacks = [
      new StackTemplate('prod-database', database.json),
      new StackTemplate('prod-workload', workload.json),
    ];
    for (const purpose of ['plan', 'deploy', 'preflight', 'restore', 'doctor'] as const) {
      emulator.aws('iam', 'create-user', '--user-name', purpose);
      for (const [name, { Version, Statement }] of Object.entries(iamPolicies(purpose, parsed(minimal()), stacks))) {
        // It asks for every resource at once, and with no tags.
        const widened = Statement.map(({ Effect, Action }) => ({ Effect, Action, Resource: '*' }));
        const file = join(folder, `${name}.json`);
        writeFileSync(file, JSON.stringify({ Version, Statement: widened }));
        const policy = ['--policy-name', name, '--policy-document', `file://${file}`];
        emulator.aws('iam', 'put-user-policy', '--user-name', purpose, ...policy);
      }
      const { AccessKey } = emulator.aws('iam', 'create-access-key', '--user-name', purpose) as {
        AccessKey: { AccessKeyId: string; SecretAccessKey: string };
      };
      credentials.set(purpose, {
        AWS_ACCESS_KEY_ID: AccessKey.AccessKeyId,
        AWS_SECRET_ACCESS_KEY: AccessKey.SecretAccessKey,
      });
    }
    await emulator.enforceIamAfter(0);
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await emulator.stop();
  });

  it.each(QUESTIONS)('of %s (%s): aws %s %s', (purpose, allowed, ...question) => {
    const env = { ...emulator.variables(), ...credentials.get(purpose), AWS_PAGER: '' };
    let complaint = '';
    try {
      execFileSync('aws', question, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    } catch (error) {
      complaint = String((error as { stderr: Buffer }).stderr);
    }
    expect(complaint).toMatch(allowed ? /^$/ : /is not authorized to perform/);
  });
});
