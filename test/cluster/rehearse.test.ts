import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newestVersion } from '../../contract/product/facts';
import { type Ended, followed } from '../support/cluster/deploying';
import { CHART, CONTEXT, inventory, MAJOR, provideImages, S3_IMAGE } from '../support/cluster/node';
import { provideDefinitions, startOperator } from '../support/cluster/operator';
import { temporaryDirectory } from '../support/temporary-directory';

const PROGRAM = join(__dirname, '..', '..', 'bin', 'agent-bom-postgres.js');
const OPTIONS = ['--context', CONTEXT, '--postgres', MAJOR, '--chart', CHART, '--s3-image', S3_IMAGE];
const directory = temporaryDirectory('rehearse-');

beforeAll(() => provideImages(newestVersion()));

function rehearse(...options: readonly string[]) {
  return followed(
    spawn(process.execPath, [PROGRAM, 'rehearse', ...OPTIONS, ...options], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    }),
  );
}

/** From nothing to five proven items, and nothing left. @returns What it said. */
async function proven(name: string): Promise<string> {
  const before = await inventory();
  const [json, html] = [join(directory, `${name}.json`), join(directory, `${name}.html`)];
  const { code, said }: Ended = await rehearse('--html', html, '--json', json).ended;
  process.stdout.write(said);
  expect(code).toBe(0);
  const report = JSON.parse(readFileSync(json, 'utf8'));
  expect(report.checklist.map(({ item, status }: { item: number; status: string }) => [item, status])).toEqual(
    [1, 2, 3, 4, 5].map((item) => [item, 'proven']),
  );
  expect(report.steps.map(({ name, status }: { name: string; status: string }) => [name, status])).toEqual(
    ['server', 'deploy', 'again', 'dump', 'restore', 'rotate', 'verify', 'remove'].map((name) => [name, 'done']),
  );
  expect(report).toMatchObject({ command: 'rehearse', context: CONTEXT, passed: true, mistakes: [] });
  expect(readFileSync(html, 'utf8')).toContain('<!doctype html>');
  expect(await inventory()).toEqual(before);
  return said;
}

test('rehearse --context: from nothing to five proven items, and nothing left', async () => {
  expect(await proven('existing')).toContain('Secrets: delivery `existing`');
});

test('with External Secrets Operator: the same through its provider `fake`, and its kinds stay', async () => {
  const end = await startOperator();
  try {
    expect(await proven('operator')).toContain('Secrets: delivery `external-secrets`');
    expect(await inventory()).toContain(
      'customresourcedefinition.apiextensions.k8s.io/externalsecrets.external-secrets.io',
    );
  } finally {
    await end();
  }
});

test('Ctrl-C in the middle: nothing is left. Kinds of an operator that is gone mislead nobody', async () => {
  const remove = await provideDefinitions();
  try {
    const before = await inventory();
    const { child, ended } = rehearse('--namespace', 'interrupted');
    child.stdout?.on('data', (chunk: string) => {
      // The Job of the migrations has begun.
      if (chunk.includes('Job agent-bom-migrate') && child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
    });
    const { code, said } = await ended;
    expect(code).toBe(130);
    expect(said).toContain('External Secrets has kinds here, but no operator that uses them');
    expect(said).toContain('Secrets: delivery `existing`');
    expect(await inventory()).toEqual(before);
  } finally {
    await remove();
  }
});
