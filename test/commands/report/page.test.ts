import { escapeHtml, html } from '../../../commands/report/html';
import { reportPage } from '../../../commands/report/page';
import type { CheckResult, CheckStatus } from '../../../contract/postgres/checks';
import { budgetRows } from '../../../contract/postgres/connection-budget';
import { PIPELINE, stageStatus } from '../../../contract/postgres/pipeline';
import { FACTS, runReport } from '../../support/commands/run-report';

const HOSTILE = `x"><img src=x onerror=alert(1)></style><script>alert('1')</script>&amp;\u202e\u0000\ud800`;

describe('escapeHtml', () => {
  it.each([
    ['<b>&"\'', '&lt;b&gt;&amp;&quot;&#39;'],
    ['&lt;', '&amp;lt;'],
    ['a\u202eb', 'a\\u202eb'],
    ['a\u0000\u001b[31m', 'a\\u0000\\u001b[31m'],
    ['two\nlines', 'two\nlines'],
    ['\ud800', '\ufffd'],
    ['Grüße, 表', 'Grüße, 表'],
  ])('shows %j as %j', (text, shown) => expect(escapeHtml(text)).toBe(shown));

  it('leaves its own HTML as it is, and nothing that is given as text', () => {
    expect(html`<p title="${'"'}">${[html`<b>${'<'}</b>`, '>', 1, undefined]}</p>`.text).toBe(
      '<p title="&quot;"><b>&lt;</b>&gt;1</p>',
    );
  });
});

describe('the page of a report', () => {
  it('shows what an attacker names as text, wherever it stands', () => {
    const clean = reportPage(runReport([{ id: 'ownership.relations', status: 'fail', detail: 'x' }], mistake('x')));
    const page = reportPage({
      ...runReport([{ id: 'ownership.relations', status: 'fail', detail: HOSTILE }], mistake(HOSTILE)),
      target: HOSTILE,
      versions: [{ what: HOSTILE, version: HOSTILE }],
      steps: [{ name: HOSTILE, status: 'done', milliseconds: 1 }],
      facts: { ...FACTS, version: HOSTILE },
    });
    expect(page).not.toMatch(/<img|<script|onerror=alert\(1\)>(?!&)/);
    expect(page.match(/<\/style>/g)).toHaveLength(1);
    for (const invisible of ['\u202e', '\u0000']) expect(page).not.toContain(invisible);
    expect(page).toContain('&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;\\u202e\\u0000\ufffd');
    const elements = (text: string): string[] => [...new Set(text.match(/<[a-z]+/g))].sort();
    expect(elements(page)).toEqual(elements(clean));
  });

  it('needs nothing else: no script, no address, no file', () => {
    const page = reportPage(runReport());
    expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\((?!#)|https?:|\/\/[a-z]/);
    expect(page).toMatch(
      /Content-Security-Policy" content="default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='"/,
    );
    expect(page).not.toMatch(/ style="/);
  });

  it('says at the top what the verdict is about, and leaves out what only runs the checks', () => {
    const report = runReport([], {
      versions: [
        { what: 'PostgreSQL', version: '16.14' },
        { what: 'Packaged migrations', version: 'a stand-in schema' },
        { what: 'Node.js', version: '20' },
        { what: 'Commit', version: '0a1b2c3' },
      ],
    });
    const [, subject] = /<p class="subject">(.*)<\/p>/.exec(reportPage(report)) ?? [];
    expect(subject?.replace(/<[^>]+>/g, '')).toBe(
      `Packaged migrations: a stand-in schema; Commit: 0a1b2c3; SHA-256 of the results: ${report.readiness.digest}`,
    );
  });

  it('is the same for the same run', () => {
    expect(reportPage(runReport())).toBe(reportPage(runReport()));
    expect(reportPage(runReport())).not.toContain(String(new Date().getFullYear() - 1));
  });

  it.each([
    [runReport(), 'The contract holds'],
    [
      runReport([{ id: 'api.rate-limit', status: 'skip', detail: 'not checked' }]),
      'The contract holds as far as this run could check, 1 of 5 checklist items open',
    ],
    [runReport([{ id: 'tls.session', status: 'fail', detail: 'no TLS' }]), 'The contract does not hold'],
    [{ ...runReport([], mistake('boom')), passed: false }, 'The run did not finish'],
  ])('begins with its verdict', (report, verdict) => {
    expect(reportPage(report)).toContain(`</svg>${verdict}</h1>`);
    expect(reportPage(report)).toContain(`<title>${verdict}: `);
  });

  it('names every check, every item, every identity and every login once as a heading of its row', () => {
    const page = reportPage(runReport());
    for (const { id } of runReport().readiness.checks) expect(page.split(`<code>${id}</code>`)).toHaveLength(2);
    expect(page.match(/<span class="number">[1-5]<\/span>/g)).toHaveLength(5);
    for (const name of ['admin', 'app', 'maintenance', 'backup'])
      expect(page.split(`<h3>${name}</h3>`)).toHaveLength(2);
    for (const { login } of FACTS.logins) expect(page).toContain(`<code>${login}</code><span class="proves">`);
    expect(page).toContain('<strong>84 of 450</strong>');
  });

  it('says where the server gives other privileges than the contract', () => {
    expect(reportPage(runReport())).not.toContain('differs');
    const privileges = FACTS.privileges.map((row) =>
      row.role === 'agent_bom_backup' && row.table === 'graph_edges'
        ? { ...row, privileges: ['SELECT', 'DELETE'] as const }
        : row,
    );
    const page = reportPage(runReport([], { facts: { ...FACTS, privileges } }));
    expect(page.match(/differs/g)).toHaveLength(1);
    expect(page).toContain('<td>read, delete<br>');
  });

  it('says what it does not know where the server was not asked', () => {
    const page = reportPage(runReport([], { facts: undefined }));
    expect(page).toContain('This run did not query the server');
    expect(page).toContain('This run did not query the connections of the server');
  });
});

describe('the budget', () => {
  it('adds up to what the server accepts, and counts logins that take turns once', () => {
    const rows = budgetRows(FACTS, []);
    expect(rows.filter(({ counts }) => counts).reduce((sum, { connections = 0 }) => sum + connections, 0)).toBe(450);
    expect(rows.filter(({ counts }) => !counts).map(({ who }) => who)).toEqual([
      'agent_bom_app_b',
      'agent_bom_maintenance_b',
    ]);
    expect(rows.at(-1)).toMatchObject({ kind: 'free', connections: 366 });
  });

  it('has a row for each pool below the login that its pods use, which the login counts already', () => {
    const pools = [
      { name: 'app', identity: 'app', connections: 10, allPods: 40 },
      { name: 'maintenance', identity: 'maintenance', connections: 4, allPods: 16 },
      { name: 'idempotency-fence', identity: 'app', connections: 4, allPods: 20 },
    ] as const;
    const rows = budgetRows(FACTS, pools);
    expect(rows.slice(0, 6).map(({ who, connections, counts }) => [who, connections, counts])).toEqual([
      ['agent_bom_app', 62, true],
      ['app pool', 40, false],
      ['idempotency-fence pool', 20, false],
      ['agent_bom_app_b', 62, false],
      ['agent_bom_maintenance', 14, true],
      ['maintenance pool', 16, false],
    ]);
    expect(rows.at(-1)).toEqual(budgetRows(FACTS, []).at(-1));
    const page = reportPage(runReport([], { pools }));
    expect(page.match(/<th scope="row" role="rowheader">[\w-]+ pool<span/g)).toHaveLength(3);
    expect(page).toContain('of all API pods, those of a rollout included; part of the limit above');
    expect(reportPage(runReport())).not.toContain(' pool<span');
  });

  it.each([
    [84, 0],
    [83, 0],
    [85, 1],
  ])('of a server with %i connections leaves %i free', (connections, free) => {
    expect(budgetRows({ ...FACTS, connections }, []).at(-1)).toMatchObject({ kind: 'free', connections: free });
  });

  it('leaves nothing free where a login has no limit', () => {
    const rows = budgetRows({ ...FACTS, logins: [{ login: 'agent_bom_app' }] }, []);
    expect(rows.at(-1)).toMatchObject({ kind: 'free', connections: 0 });
    expect(reportPage(runReport([], { facts: { ...FACTS, logins: [{ login: 'agent_bom_app' }] } }))).toContain(
      'no limit',
    );
  });
});

describe('the pipeline', () => {
  const status = (id: string, report = runReport()) => {
    const stage = PIPELINE.find((candidate) => candidate.id === id);
    return stage && stageStatus(stage, report.readiness.checks, report.steps);
  };

  it('shows each part by its checks', () => {
    const report = runReport([
      { id: 'privileges.app', status: 'fail', detail: 'x' },
      { id: 'api.rate-limit', status: 'skip', detail: 'x' },
      { id: 'api.audit-log', status: 'skip', detail: 'x' },
    ]);
    const shown = PIPELINE.map(({ id }) => [id, status(id, report)]);
    expect(Object.fromEntries(shown)).toEqual({
      file: 'skip',
      server: 'pass',
      secrets: 'pass',
      before: 'pass',
      packaged: 'pass',
      after: 'fail',
      verify: 'fail',
      'control-plane': 'skip',
      backup: 'pass',
    });
  });

  it('shows a step that failed, whatever the checks say', () => {
    const steps = [{ name: 'packaged', status: 'failed' as const, milliseconds: 1 }];
    expect(status('packaged', runReport([], { steps }))).toBe('fail');
  });

  it('shows a part as passed only when everything that shows it was asked', () => {
    const backup = PIPELINE.find(({ id }) => id === 'backup');
    const verify = PIPELINE.find(({ id }) => id === 'verify');
    if (backup === undefined || verify === undefined) throw new Error('the pipeline lacks a part');
    const status = (restored: CheckStatus, stage = backup) =>
      stageStatus(stage, [check('backup.sees-all-rows', 'pass'), check('backup.restore', restored)], []);
    expect([status('pass'), status('skip'), status('fail')]).toEqual(['pass', 'skip', 'fail']);
    expect([status('skip', verify), stageStatus(verify, [], [])]).toEqual(['pass', 'skip']);
  });

  it('gives every check to a part of its own', () => {
    const named = PIPELINE.filter(({ id }) => id !== 'verify').flatMap(({ shownBy }) => shownBy);
    for (const { id } of runReport().readiness.checks)
      expect([id, named.filter((beginning) => id.startsWith(beginning))]).toEqual([id, [expect.any(String)]]);
  });
});

function mistake(got: string): { mistakes: { file: string; path: string; got: string; rule: string; fix: string }[] } {
  return { mistakes: [{ file: got, path: got, got, rule: got, fix: got }] };
}

function check(id: string, status: CheckStatus): CheckResult {
  return { id, status, detail: '' };
}
