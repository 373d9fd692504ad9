import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { difference } from '../../commands/snapshot/difference';
import { stackSnapshot } from '../../commands/snapshot/snapshot-texts';
import { type ProgramRun, runWithStreams } from '../support/commands/program';
import { minimal, minimalExisting } from '../support/synth/environments';
import { over } from '../support/synth/varieties';
import { temporaryDirectory } from '../support/temporary-directory';

jest.setTimeout(30_000);
jest.mock('../../commands/shared/environment/synthesis', () => {
  const { synthesizedOnce } = jest.requireActual('../support/commands/synthesized-once');
  return synthesizedOnce(jest.requireActual('../../commands/shared/environment/synthesis'));
});

const OTHER = over(minimalExisting(), { name: 'other', namespace: 'other', release: { managedBy: 'gitops' } });

let directory: string;
let snapshots: string;
let first: ProgramRun;
/** What the first run wrote, by the names of the files. */
let files: Readonly<Record<string, string>>;
beforeAll(async () => {
  directory = temporaryDirectory('snapshot-');
  snapshots = join(directory, 'snapshots');
  write(minimal());
  writeFileSync(join(directory, 'other.yaml'), stringify(OTHER));
  first = await snapshot();
  files = written();
});
beforeEach(() => write(minimal()));

const write = (content: object) => writeFileSync(join(directory, 'prod.yaml'), stringify(content));
const snapshot = (...options: readonly string[]) => snapshotIn(snapshots, ...options);
const snapshotIn = (folder: string, ...options: readonly string[]) =>
  runWithStreams({ ENVIRONMENTS_DIR: directory }, 'snapshot', '--snapshots', folder, ...options);
const written = () =>
  Object.fromEntries(readdirSync(snapshots).map((file) => [file, readFileSync(join(snapshots, file), 'utf8')]));

describe('snapshot', () => {
  it('writes a file for each stack and each file beside them, and finds no difference afterwards', async () => {
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(Object.keys(files).sort()).toEqual([
      'other-argocd-application.yaml',
      'other-flux-helm-release.yaml',
      'other-values.yaml',
      'other-workload.json',
      'prod-database.json',
      'prod-workload.json',
    ]);
    expect(first.stdout).toContain('prod-database.json new\n');
    expect(first.stdout).toContain(`6 snapshots in ${snapshots}: 6 changed.\n`);
    expect(JSON.parse(files['prod-database.json'] ?? '')).toMatchObject({
      resource: { aws_db_instance: { database_instance_D7FC2283: { identifier: 'prod-agent-bom' } } },
    });
    const stdout = `6 snapshots in ${snapshots}: no difference.\n`;
    expect(await snapshot('--check')).toEqual({ code: 0, stdout, stderr: '', output: stdout });
    expect(written()).toEqual(files);
  });

  it('shows the resource and the key of a changed value, and with --check writes nothing', async () => {
    write(over(minimal(), { database: { backupRetentionDays: 21 } }));
    const run = await snapshot('--check');
    expect(run).toMatchObject({ code: 1, stderr: '' });
    expect(run.stdout.split('\n')).toEqual([
      'prod-database.json differs',
      '@@ resource.aws_db_instance.database_instance_D7FC2283',
      '     "auto_minor_version_upgrade": true',
      '-    "backup_retention_period": 14',
      '+    "backup_retention_period": 21',
      '     "backup_window": "02:00-03:00"',
      '',
      `6 snapshots in ${snapshots}: 1 not as synthesized.`,
      `If that is intended, run \`npx agent-bom-postgres snapshot --snapshots ${snapshots}\` and commit the files.`,
      '',
    ]);
    expect(written()).toEqual(files);
  });

  it('fails for a missing, a changed and an orphan file, and leaves other files alone', async () => {
    rmSync(join(snapshots, 'prod-workload.json'));
    writeFileSync(join(snapshots, 'other-values.yaml'), 'replicas: 1\n');
    for (const file of ['gone-database.json', 'package.json', 'README.md'])
      writeFileSync(join(snapshots, file), '{}\n');
    const { code, stdout, stderr } = await snapshot('--check', '--json');
    expect(code).toBe(1);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ schemaVersion: 1, command: 'snapshot', snapshots, written: false, passed: false });
    expect(report.files).toHaveLength(7);
    expect(report.files.filter(({ status }: { status: string }) => status !== 'same')).toEqual([
      { file: 'gone-database.json', status: 'orphan', difference: [] },
      { file: 'other-values.yaml', status: 'changed', difference: expect.arrayContaining(['-replicas: 1']) },
      { file: 'prod-workload.json', status: 'missing', difference: [] },
    ]);
    expect(stderr).toMatch(/^gone-database\.json belongs to no stack\nother-values\.yaml differs\n/);
    expect(stderr).toMatch(/\nprod-workload\.json is missing\n\n7 snapshots in .*: 3 not as synthesized\.\n/);
    expect(await snapshot()).toMatchObject({
      code: 0,
      stdout:
        'gone-database.json deleted\nother-values.yaml updated\nprod-workload.json new\n' +
        `7 snapshots in ${snapshots}: 3 changed.\n`,
    });
    expect(written()).toEqual({ ...files, 'README.md': '{}\n', 'package.json': '{}\n' });
  });

  it('checks without making the folder', async () => {
    const folder = join(directory, 'none');
    const { code, stdout } = await snapshotIn(folder, '--check');
    expect(code).toBe(1);
    expect(stdout.match(/ is missing$/gm)).toHaveLength(6);
    expect(existsSync(folder)).toBe(false);
  });

  it('reports a mistake of an environment file without a trace, and writes nothing', async () => {
    write({ ...minimal(), region: 'nowhere' });
    const folder = join(directory, 'none');
    const run = await snapshotIn(folder);
    expect(run).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/prod\.yaml:2:1 region\n/) });
    expect(run.stderr).not.toMatch(/^ +at /m);
    expect(existsSync(folder)).toBe(false);
  });

  it('refuses a path that is not a folder', async () => {
    expect(await snapshotIn(join(directory, 'prod.yaml'), '--check')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^--snapshots\n {2}got: {2}.*ENOTDIR/),
    });
  });
});

it('a snapshot is sorted, and has digests of the texts of ConfigMaps alone', () => {
  const digest = 'sha256:b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9';
  const resource = { kubernetes_config_map_v1: { b: { data: { 'a.sql': 'hello world' }, count: [2, 1] } } };
  const text = stackSnapshot(JSON.stringify({ resource, data: { b: 'hello world', a: null } }));
  const data = '{\n "data": {\n  "a": null,\n  "b": "hello world"\n },\n';
  expect(text.startsWith(data)).toBe(true);
  expect(text).toContain(`"count": [\n     2,\n     1\n    ],\n    "data": {\n     "a.sql": "${digest}"\n    }`);
});

describe('the difference', () => {
  const json = (value: object) => JSON.stringify(value, undefined, 1);

  it('of a new last key does not show the line before it as changed', () => {
    expect(difference(json({ a: { b: 1 } }), json({ a: { b: 1, c: 2 } }))).toEqual([
      '@@ a',
      '   "b": 1',
      '+  "c": 2',
      '  }',
    ]);
  });

  it('leads through YAML too', () => {
    const yaml = (tag: string) => `spec:\n  list:\n    - image:\n        tag: ${tag}\n`;
    expect(difference(yaml('1'), yaml('2'))).toEqual([
      '@@ spec.list.image',
      '     - image:',
      '-        tag: 1',
      '+        tag: 2',
    ]);
  });

  it('of a long line shows what changed in it', () => {
    const long = (part: string) => json({ key: `${'x'.repeat(500)}${part}${'y'.repeat(500)}` });
    const [, , removed = '', added = ''] = difference(long('old'), long('new'));
    expect(removed).toMatch(/^- "key": "x+…x{39,40}oldy{39,40}…$/);
    expect(added).toMatch(/^\+ "key": "x+…x{39,40}newy{39,40}…$/);
    expect(Math.max(removed.length, added.length)).toBeLessThan(200);
  });

  it.each([
    [200, 200],
    [300, 241],
  ])('shows at most 240 characters of a line: of %i %i, with what stands for the rest', (length, shown) => {
    const lines = difference(json({ a: '' }), json({ a: 'z'.repeat(length - '+ "a": ""'.length) }));
    expect(lines[3]).toHaveLength(shown);
    expect(lines[3]?.endsWith('…')).toBe(length > shown);
  });

  it('of nothing is nothing', () => {
    expect(difference('{}', '{}')).toEqual([]);
  });
});
