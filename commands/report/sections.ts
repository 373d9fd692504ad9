import type { Mistake } from '../../contract/error';
import type { ReportedCheck } from '../../contract/postgres/readiness';
import type { RunReport } from '../../contract/postgres/run-report';
import { CHECK_COLUMNS, countChecks } from '../shared/output/check-table';
import { type Content, type Html, html, statusMark } from './html';

/** A numbered part of the page, which the table of contents names. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: Html;
}

export function checklistSection({ readiness }: RunReport): Section {
  const rows = readiness.checklist.map(
    ({ item, statement, status, evidence }) => html`
<tr role="row"><th scope="row" role="rowheader"><span class="number">${item}</span> ${statement}</th>
<td role="cell">${statusMark(status)}</td><td role="cell" class="detail">${evidence === '' ? 'no check in this run' : evidence}</td></tr>`,
  );
  return {
    id: 'checklist',
    title: 'Operational checklist',
    body: html`<p>What has to be true before a deployment is ready for production, and the checks of this run that show it. An item is open if this run could not check all of it.</p>
${table('checklist', 'The five items of the checklist, each with its evidence', ['Item', 'Status', 'Evidence'], rows)}`,
  };
}

const NOTES = CHECK_COLUMNS.filter(({ kind }) => kind === 'note');
const CELLS = CHECK_COLUMNS.filter(({ kind }) => kind !== 'note');
/** Headings of the table of checks: what is below a name belongs to its heading. */
const HEADINGS = CELLS.map(({ kind, title }) => {
  const words = [title, ...(kind === 'name' ? NOTES.map((note) => note.title) : [])].join(' and ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
});

export function checksSection({ readiness, mistakes }: RunReport): Section {
  const subject = ({ id }: ReportedCheck): string => id.split('.')[0] ?? '';
  const groups = [...new Set(readiness.checks.map(subject))].map((group) => ({
    group,
    checks: readiness.checks.filter((check) => subject(check) === group),
  }));
  const bodies = groups.map(
    ({ group, checks }) => html`
<tbody role="rowgroup"><tr role="row" class="group"><th scope="rowgroup" role="rowheader" colspan="${HEADINGS.length}" aria-colspan="${HEADINGS.length}">${group} <span class="muted">${tally(checks)}</span></th></tr>${checks.map(checkRow)}</tbody>`,
  );
  const none = html`<p class="notice">${mistakes.length === 0 ? 'No check was run.' : 'A step failed before the checks, so none was run.'}</p>`;
  return {
    id: 'checks',
    title: 'Checks',
    body:
      readiness.checks.length === 0
        ? none
        : html`<p>Every check of the contract, in its order. A check that could not run has neither passed nor failed.</p>
${table('checks', 'All checks, by subject', HEADINGS, bodies, true)}`,
  };
}

function checkRow(check: ReportedCheck): Html {
  const notes = NOTES.map(({ text }) => html`<span class="proves">${text(check)}</span>`);
  const cells = CELLS.map(({ kind, text }) => {
    if (kind === 'name') return html`<th scope="row" role="rowheader"><code>${text(check)}</code>${notes}</th>\n`;
    if (kind === 'status') return html`<td role="cell">${statusMark(check.status)}</td>`;
    return html`<td role="cell" class="detail">${text(check)}</td>`;
  });
  return html`
<tr role="row"${check.status === 'fail' ? html` class="failed"` : undefined}>${cells}</tr>`;
}

function tally(checks: readonly ReportedCheck[]): string {
  const { pass, fail, skip } = countChecks(checks);
  const parts = [
    [pass, 'passed'],
    [fail, 'failed'],
    [skip, 'not checked'],
  ] as const;
  return parts
    .filter(([number]) => number > 0)
    .map(([number, word]) => `${number} ${word}`)
    .join(', ');
}

/** A table that becomes a list of cards on a narrow screen; the roles keep it a table for who cannot see it. */
export function table(
  name: string,
  caption: string,
  head: readonly string[],
  rows: readonly Content[],
  grouped = false,
): Html {
  const columns = head.map((text) => html`<th scope="col" role="columnheader">${text}</th>`);
  return html`<table role="table" class="cards ${name}"><caption>${caption}</caption>
<thead role="rowgroup"><tr role="row">${columns}</tr></thead>${grouped ? rows : html`<tbody role="rowgroup">${rows}</tbody>`}
</table>`;
}

/** Why the run stopped, in the words of the error. */
export function mistakesSection(mistakes: readonly Mistake[]): Section[] {
  if (mistakes.length === 0) return [];
  const items = mistakes.map(
    ({ file, path, got, rule, fix }) => html`
<li><strong>${[file, path].filter((part) => part !== undefined).join(' ') || 'error'}</strong>
<dl><dt>Rule</dt><dd>${rule}</dd>${got === undefined ? undefined : html`<dt>Found</dt><dd class="output">${got}</dd>`}<dt>What to do</dt><dd>${fix}</dd></dl></li>`,
  );
  return [{ id: 'mistakes', title: 'Why the run stopped', body: html`<ul class="mistakes">${items}</ul>` }];
}

/** When and with what the run was made, and how long each step took. */
export function runSection({ startedAt, versions, steps, target, command, readiness }: RunReport): Section {
  const facts = [
    { what: 'Command', version: `agent-bom-postgres ${command}` },
    { what: 'Run at', version: startedAt },
    { what: 'Database', version: target },
    ...versions,
    { what: 'SHA-256 of the results', version: readiness.digest },
  ];
  const terms = facts.map(({ what, version }) => html`<div><dt>${what}</dt><dd>${version}</dd></div>`);
  const rows = steps.map(
    ({ name, status, milliseconds }) => html`
<tr role="row"><th scope="row" role="rowheader"><code>${name}</code></th><td role="cell">${statusMark(status)}</td><td role="cell" class="figure">${(milliseconds / 1000).toFixed(2)} s</td></tr>`,
  );
  return {
    id: 'run',
    title: 'About this run',
    body: html`<dl class="facts">${terms}</dl>
<div class="end">${steps.length === 0 ? undefined : table('steps', 'Steps of the rehearsal, in their order', ['Step', 'Status', 'Time'], rows)}
<footer><p>Made by agent-bom-postgres ${command}. This report covers one run at one time, and nothing later.</p></footer></div>`,
  };
}
