import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { reportPage } from '../../../commands/report/page';
import { findBrowser, startBrowser } from '../../support/commands/browser';
import { runReport } from '../../support/commands/run-report';
import { describeIf } from '../../support/describe-if';

jest.setTimeout(120_000);

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const CUT_OFF = readFileSync(join(__dirname, '..', '..', 'support', 'commands', 'cut-off.js'), 'utf8');
const LONG = `table_${'x'.repeat(200)}`;
const LONG_RUN = runReport(
  [
    {
      id: 'ownership.relations',
      status: 'fail',
      detail: `${LONG} belongs to postgres; "<img src=x>" belongs to ${LONG}`,
    },
    { id: 'backup.restore', status: 'skip', detail: 'not proven: pg_dump of PostgreSQL 16 or later not found' },
  ],
  {
    target: `${LONG}.eu-west-1.rds.amazonaws.com:5432/agent_bom`,
    mistakes: [{ path: LONG, got: LONG, rule: LONG, fix: LONG }],
  },
);
const PAGES = {
  passed: runReport(),
  failed: LONG_RUN,
  stopped: runReport([], { facts: undefined, passed: false, mistakes: [{ rule: 'a rule', fix: 'a fix' }] }),
};

const NAMES = Object.keys(PAGES) as (keyof typeof PAGES)[];

function cutOff(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(CUT_OFF);
}

function background(page: Page): Promise<string> {
  return page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor');
}

async function violations(page: Page): Promise<string[]> {
  const results = await page.evaluate<AxeResults>(`${AXE}; axe.run()`);
  return results.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

const executable = findBrowser();

describeIf(executable !== undefined)('the page in a browser', () => {
  let folder: string;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'report-page-'));
    browser = await startBrowser(executable ?? '');
    page = await browser.newPage();
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  const open = async (name: keyof typeof PAGES): Promise<void> => {
    const file = join(folder, `${name}.html`);
    writeFileSync(file, reportPage(PAGES[name]));
    await page.goto(pathToFileURL(file).href);
    await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
  };

  const printedWell = async (name: keyof typeof PAGES, format: 'A4' | 'Letter'): Promise<void> => {
    await open(name);
    const file = join(folder, `${name}-${format}.pdf`);
    await page.pdf({ path: file, format, printBackground: true });
    const { stdout } = spawnSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
    const printed = stdout.split('\f').slice(0, -1);
    expect(printed.length).toBeGreaterThan(1);
    for (const text of printed) {
      const lines = text.split('\n').filter((line) => line.trim() !== '');
      expect(lines.length).toBeGreaterThan(4);
      expect(lines.at(-1)).not.toMatch(/^\w+ +\d+ (?:passed|failed|not checked)/);
    }
    expect(stdout.match(/This report covers one run/g)).toHaveLength(1);
  };
  const hasReader = spawnSync('pdftotext', ['-v']).error === undefined;

  (hasReader ? it.each : it.skip.each)([
    ['passed', 'A4'],
    ['passed', 'Letter'],
    ['failed', 'A4'],
    ['failed', 'Letter'],
    ['stopped', 'A4'],
    ['stopped', 'Letter'],
  ] as const)('has no page of a few lines and no heading at an end: %s, printed on %s', printedWell);

  it.each(NAMES)('cuts nothing off the report that %s, from a phone to a wide screen', async (name) => {
    await open(name);
    const found: string[] = [];
    for (const width of [320, 360, 760, 761, 1024, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      found.push(...(await cutOff(page)).map((element) => `${width}: ${element}`));
    }
    expect(found).toEqual([]);
  });

  it.each([
    ['failed', 360, 'light'],
    ['failed', 360, 'dark'],
    ['passed', 1440, 'light'],
    ['failed', 1440, 'dark'],
    ['stopped', 1440, 'light'],
  ] as const)('has no barrier in the report that %s, %i pixels wide, %s', async (name, width, colorScheme) => {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await open(name);
    expect(await background(page)).toBe(colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(19, 23, 28)');
    expect(await violations(page)).toEqual([]);
  });

  it('runs nothing and loads nothing', async () => {
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('request', (request) => requests.push(request.url()));
    await open('failed');
    expect(complaints).toEqual([]);
    expect(requests).toEqual([expect.stringMatching(/^file:.*failed\.html$/)]);
  });

  it.each(NAMES)('prints the report that %s on paper, light and with nothing cut off', async (name) => {
    // The width between the margins of A4, at 96 pixels an inch.
    await page.setViewportSize({ width: Math.floor((182 / 25.4) * 96), height: 1000 });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await open(name);
    expect(await cutOff(page)).toEqual([]);
    expect(await background(page)).toBe('rgb(255, 255, 255)');
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
    const pages = pdf.match(/\/Type \/Page\b/g)?.length ?? 0;
    await page.emulateMedia({ media: 'screen' });
    expect(pages).toBeGreaterThan(2);
    expect(pages).toBeLessThan(10);
  });
});
