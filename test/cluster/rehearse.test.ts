import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newestVersion } from '../../contract/product/facts';
import { CHART, CONTEXT, inventory, MAJOR, provideImages, S3_IMAGE } from '../support/cluster/node';

const PROGRAM = join(__dirname, '..', '..', 'bin', 'agent-bom-postgres.js');
const directory = mkdtempSync(join(tmpdir(), 'rehearse-'));
let before: string[];

beforeAll(async () => {
  provideImages(newestVersion());
  before = await inventory();
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const OPTIONS = ['--context', CONTEXT, '--postgres', MAJOR, '--chart', CHART, '--s3-image', S3_IMAGE];

test('rehearse --context: from nothing to five proven items, and nothing left', async () => {
  const [json, html] = [join(directory, 'report.json'), join(directory, 'report.html')];
  execFileSync(process.execPath, [PROGRAM, 'rehearse', ...OPTIONS, '--html', html, '--json', json], {
    stdio: 'inherit',
  });
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
});

test('Ctrl-C in the middle: nothing is left', async () => {
  const child = spawn(process.execPath, [PROGRAM, 'rehearse', ...OPTIONS, '--namespace', 'interrupted'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    // The Job of the migrations has begun.
    if (chunk.includes('Job agent-bom-migrate') && child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
  });
  expect(await ended).toBe(130);
  expect(await inventory()).toEqual(before);
});
