import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { verdictOf } from '../../contract/postgres/readiness';
import type { RunReport } from '../../contract/postgres/run-report';
import { PROGRAM_ROOT } from '../../program-root';
import { budgetSection } from './budget-section';
import { Html, html, shape, statusMark } from './html';
import { identitiesSection } from './identities-section';
import { pipelineSection } from './pipeline-picture';
import { checklistSection, checksSection, mistakesSection, runSection, type Section } from './sections';

const NAMES = { rehearse: 'Rehearsal', doctor: 'Check of a database' } as const;

/** The report of a run as one page that needs nothing else: no network, no script, no other file. */
export function reportPage(report: RunReport): string {
  const sections = [
    ...mistakesSection(report.mistakes),
    pipelineSection(report),
    checklistSection(report),
    checksSection(report),
    identitiesSection(report),
    budgetSection(report),
    runSection(report),
  ];
  const name = NAMES[report.command];
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${styleHash()}'">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${verdict(report)}: ${name.toLowerCase()} of ${report.startedAt.slice(0, 10)}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<a class="skip-link" href="#content">Skip to content</a>
${header(report, name)}
<nav aria-label="Contents"><ol>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ol></nav>
<main id="content" tabindex="-1">${sections.map(sectionOf)}
</main>
</body>
</html>
`;
  return page.text;
}

function verdict({ passed, mistakes, readiness }: RunReport): string {
  return mistakes.length > 0 ? 'The run did not finish' : verdictOf({ ...readiness, passed });
}

function header(report: RunReport, name: string): Html {
  const { counts } = report.readiness;
  const isOpen = report.readiness.checklist.some(({ status }) => status !== 'proven');
  const kind = report.passed ? (isOpen ? 'skip' : 'pass') : 'fail';
  const tiles = [
    { number: counts.pass, status: 'pass', word: 'passed' },
    { number: counts.fail, status: 'fail', word: 'failed' },
    { number: counts.skip, status: 'skip', word: 'not checked' },
  ] as const;
  return html`<header><p class="overline">Postgres contract of an agent-bom control plane <span aria-hidden="true">/</span> ${name}</p>
<h1><svg class="seal ${kind}" viewBox="0 0 16 16" aria-hidden="true">${shape(kind)}</svg>${verdict(report)}</h1>
<p class="lead">${report.target}, ${when(report.startedAt)}</p>
${subject(report)}
<dl class="tiles">${tiles.map(({ number, status, word }) => html`<div class="tile ${number === 0 ? 'none' : status}"><dt>${word}</dt><dd>${number}</dd></div>`)}</dl>
${failures(report)}</header>`;
}

/** What the verdict is about: programs that only run the checks say nothing of it. */
const ELSEWHERE = ['PostgreSQL', 'Node.js'];

function subject({ versions, readiness }: RunReport): Html {
  const parts = [...versions, { what: 'SHA-256 of the results', version: readiness.digest }]
    .filter(({ what }) => !ELSEWHERE.includes(what))
    .map(({ what, version }) => html`<span>${what}: ${version}</span>`);
  return html`<p class="subject">${parts.flatMap((part, index) => (index === 0 ? [part] : ['; ', part]))}</p>`;
}

/** What a reader who reads nothing else has to know. */
function failures({ readiness }: RunReport): Html | undefined {
  const failed = readiness.checks.filter(({ status }) => status === 'fail');
  if (failed.length === 0) return undefined;
  const items = failed.map(({ id, detail }) => html`<li>${statusMark('fail')} <code>${id}</code> ${detail}</li>`);
  return html`<ul class="failures">${items}</ul>`;
}

function when(startedAt: string): string {
  return startedAt.replace('T', ' at ').replace(/(?::\d\d)?(?:\.\d+)?Z$/, ' UTC');
}

function sectionOf({ id, title, body }: Section): Html {
  return html`
<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
${body}</section>`;
}

/** The page runs its own style and nothing else, whatever a name in the database says. */
function styleHash(): string {
  return `sha256-${createHash('sha256').update(STYLE).digest('base64')}`;
}

/** The style of the page, with what browsers send for a line end. */
export const STYLE = readFileSync(join(PROGRAM_ROOT, 'commands', 'report', 'style.css'), 'utf8').replaceAll(
  '\r\n',
  '\n',
);
