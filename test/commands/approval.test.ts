import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readApproval, refuseUnapproved, writeApproval } from '../../commands/deploy/approval';
import type { ResourceChange } from '../../commands/deploy/plan-file';
import type { StackPlan } from '../../commands/deploy/stack-plan';
import { lockProviders } from '../../commands/deploy/stacks';
import { ContractError } from '../../contract/error';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'approval-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const update: ResourceChange = {
  address: 'aws_db_instance.one',
  change: {
    actions: ['update'],
    before: { instance_class: 'db.t4g.medium', latest_restorable_time: '10:00' },
    after: { instance_class: 'db.r7g.large', latest_restorable_time: '10:00' },
  },
};
const removal: ResourceChange = {
  address: 'aws_s3_bucket.two',
  change: { actions: ['delete'], before: { a: 1 }, after: null },
};
const still: ResourceChange = {
  address: 'aws_kms_key.three',
  change: { actions: ['no-op'], before: { a: 1 }, after: { a: 1 } },
};

function planOf(changes: readonly ResourceChange[], more: Partial<StackPlan> = {}): StackPlan {
  const differs = changes.some(({ change }) => change.actions[0] !== 'no-op');
  return { stack: 'prod-database', changes: [], differs, recovered: [], file: { resource_changes: changes }, ...more };
}

function approved(plan: StackPlan): ReturnType<typeof readApproval> {
  const file = join(folder, 'prod.json');
  writeApproval(file, 'prod', [plan]);
  return readApproval(file, 'prod');
}

const withAfter = (after: object, before = update.change.before): ResourceChange => ({
  ...update,
  change: { ...update.change, before, after },
});

it('accepts the plan that was approved, whatever else AWS changed meanwhile and in whatever order', () => {
  const approval = approved(planOf([update, removal, still]));
  expect(approval).toMatchObject({ environment: 'prod', differs: true });
  expect(approval.stacks['prod-database']).toMatch(/^[0-9a-f]{64}$/);
  const later = { instance_class: 'db.r7g.large', latest_restorable_time: '10:05' };
  const same = withAfter(later, { instance_class: 'db.t4g.medium', latest_restorable_time: '10:05' });
  expect(() => refuseUnapproved(approval, planOf([removal, same]))).not.toThrow();
  expect(() => refuseUnapproved(approval, planOf([still]))).not.toThrow();
});

it.each<[string, readonly ResourceChange[]]>([
  ['another value', [withAfter({ instance_class: 'db.r7g.xlarge', latest_restorable_time: '10:00' }), removal]],
  [
    'one value more',
    [withAfter({ instance_class: 'db.r7g.large', latest_restorable_time: '10:00', port: 1 }), removal],
  ],
  ['another action', [{ ...update, change: { ...update.change, actions: ['delete', 'create'] } }, removal]],
  ['one change less', [update]],
  ['one change more', [update, removal, { ...removal, address: 'aws_s3_bucket.four' }]],
  ['an import', [update, removal, { ...still, change: { ...still.change, importing: { id: 'x' } } }]],
])('refuses %s', (_what, changes) => {
  const approval = approved(planOf([update, removal]));
  expect(() => refuseUnapproved(approval, planOf(changes))).toThrow(/another plan than the one that was approved/);
});

it('refuses a stack that had no plan yet, and says that it differs', () => {
  const approval = approved(planOf([], { skipped: '5 outputs are not deployed yet' }));
  expect(approval).toMatchObject({ differs: true, stacks: { 'prod-database': null } });
  expect(() => refuseUnapproved(approval, planOf([update]))).toThrow(ContractError);
  expect(approved(planOf([still])).differs).toBe(false);
});

it('writes no value, and takes no file of another environment', () => {
  approved(planOf([update]));
  expect(readFileSync(join(folder, 'prod.json'), 'utf8')).not.toMatch(/db\.|aws_/);
  expect(() => readApproval(join(folder, 'prod.json'), 'staging')).toThrow(
    /what `plan staging --approval` has written/,
  );
  expect(() => readApproval(join(folder, 'none.json'), 'prod')).toThrow(/--approved/);
});

describe('the lock file of the project', () => {
  const block = (source: string, version: string) =>
    `provider "registry.terraform.io/${source}" {\n  version = "${version}"\n  hashes = [\n    "h1:a=",\n  ]\n}\n`;
  const previous = process.cwd();
  afterEach(() => process.chdir(previous));

  it('is put next to a stack with the providers of that stack, each once', () => {
    const stack = { name: 'prod-database', directory: join(folder, 'stack'), dependencies: [] };
    mkdirSync(stack.directory);
    const providers = { aws: { source: 'hashicorp/aws' }, random: { source: 'hashicorp/random' } };
    writeFileSync(
      join(stack.directory, 'cdk.tf.json'),
      JSON.stringify({ terraform: { required_providers: providers } }),
    );
    process.chdir(folder);
    expect(lockProviders(stack)).toBe(false);
    const all = [
      block('hashicorp/aws', '6.26.0'),
      block('hashicorp/helm', '3.0.0'),
      block('hashicorp/random', '3.7.2'),
    ];
    writeFileSync('.terraform.lock.hcl', `# made by terraform\n\n${[...all, ...all].join('\n')}`);
    expect(lockProviders(stack)).toBe(true);
    expect(readFileSync(join(stack.directory, '.terraform.lock.hcl'), 'utf8')).toBe(`${all[0]}\n${all[2]}`);
  });
});
