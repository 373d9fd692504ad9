// Runs checkov over the synthesized stacks. A finding is a failure unless it is listed below with a reason; a reason that
// no longer applies to anything is a failure too.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const STACKS = join(__dirname, '..', process.argv[2] ?? 'cdktf.out', 'stacks');

/** A finding that is accepted, where, and why. */
interface Accepted {
  readonly check: string;
  readonly resource: RegExp;
  readonly reason: string;
}

const KEY_POLICY = 'in the policy of a key, the resource * is the key itself; who may use it is limited by conditions';

const ACCEPTED: readonly Accepted[] = [
  { check: 'CKV_AWS_109', resource: /^data\.encryption_policy/, reason: KEY_POLICY },
  { check: 'CKV_AWS_111', resource: /^data\.encryption_policy/, reason: KEY_POLICY },
  { check: 'CKV_AWS_356', resource: /^data\.encryption_policy/, reason: KEY_POLICY },
  {
    check: 'CKV_AWS_161',
    resource: /database_instance/,
    reason:
      'IAM authentication is an option of the environment file: the product can use it for one of its two pools alone',
  },
  {
    check: 'CKV2_AWS_57',
    resource: /secret-/,
    reason:
      'passwords rotate with secrets.generation, because pods have to be replaced with them; a rotation function would ' +
      'change a password under running pods. Audit and encryption keys must not rotate by themselves at all',
  },
  {
    check: 'CKV_AWS_18',
    resource: /backup_bucket/,
    reason: 'access logs need a second bucket of the platform; CloudTrail data events record who reads dumps',
  },
  {
    check: 'CKV_AWS_144',
    resource: /backup_bucket/,
    reason: 'dumps are the second line; the first, automated backups, can be replicated with database.replication',
  },
];

interface Finding {
  readonly check_id: string;
  readonly check_name: string;
  readonly resource: string;
}

/** Copies the stacks without what checkov's parser cannot read: a text directly in the block `terraform`. */
function readableCopy(): string {
  const directory = mkdtempSync(join(tmpdir(), 'checkov-'));
  for (const stack of readdirSync(STACKS)) {
    cpSync(join(STACKS, stack), join(directory, stack), { recursive: true });
    const file = join(directory, stack, 'cdk.tf.json');
    const { terraform, ...rest } = JSON.parse(readFileSync(file, 'utf8'));
    const { required_version: _, ...readable } = terraform;
    writeFileSync(file, JSON.stringify({ terraform: readable, ...rest }, undefined, 2));
  }
  return directory;
}

interface Report {
  readonly results?: { readonly failed_checks?: readonly Finding[]; readonly parsing_errors?: readonly string[] };
  readonly summary?: { readonly passed?: number; readonly resource_count?: number };
}

function scan(directory: string): Report {
  const options = ['--framework', 'terraform_json', '--skip-download', '--compact', '--output', 'json', '--soft-fail'];
  const { error, stdout, stderr } = spawnSync(
    process.env.CHECKOV ?? 'checkov',
    ['--directory', directory, ...options],
    {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    },
  );
  if (error !== undefined) throw error;
  const start = stdout.search(/^[[{]/m);
  if (start < 0) throw new Error(`checkov printed no report:\n${stdout}${stderr}`);
  return JSON.parse(stdout.slice(start));
}

function main(): void {
  if (!existsSync(STACKS)) throw new Error(`${STACKS} does not exist: run \`npm run synth\` first`);
  const directory = readableCopy();
  const { results, summary } = scan(directory);
  rmSync(directory, { recursive: true });
  const failed = results?.failed_checks ?? [];
  const accepts = ({ check, resource }: Accepted, finding: Finding): boolean =>
    check === finding.check_id && resource.test(finding.resource);
  const findings = failed.filter((finding) => !ACCEPTED.some((accepted) => accepts(accepted, finding)));
  const stale = ACCEPTED.filter((accepted) => !failed.some((finding) => accepts(accepted, finding)));
  for (const { check_id, resource, check_name } of findings)
    console.error(`fail  ${check_id}  ${resource}: ${check_name}`);
  for (const { check, resource } of stale) console.error(`stale ${check}  ${resource}: no longer found`);
  for (const error of results?.parsing_errors ?? []) console.error(`fail  checkov cannot read ${error}`);
  const mistakes = findings.length + stale.length + (results?.parsing_errors ?? []).length;
  const passed = summary?.passed ?? 0;
  console.log(
    `checkov: ${passed} passed, ${findings.length} failed, ${failed.length - findings.length} accepted with a reason`,
  );
  if (mistakes > 0 || passed === 0) process.exitCode = 1;
}

main();
