import type { CheckStatus } from '../../contract/postgres/checks';
import type { ReportedChecklistItem } from '../../contract/postgres/readiness';
import type { StepStatus } from '../../contract/postgres/run-report';

/** Text that is HTML already; everything else is escaped. */
export class Html {
  constructor(readonly text: string) {}
}

export type Content = Html | string | number | undefined | readonly Content[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
/** Controls, and the marks that turn the direction of writing: what a reader would not see or be misled by. */
const INVISIBLE = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/** A template whose parts are HTML and whose values are escaped, in text and in quoted attributes. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  const pieces = parts.map((part, index) => (index === 0 ? part : `${render(values[index - 1])}${part}`));
  return new Html(pieces.join(''));
}

function render(value: Content): string {
  if (value === undefined) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value));
  return value.map(render).join('');
}

/** Text as it is shown: markup is text, and what cannot be seen is written as its code point. */
export function escapeHtml(text: string): string {
  return text
    .toWellFormed()
    .replace(INVISIBLE, (character) => (character === '\n' ? character : codePoint(character)))
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

function codePoint(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}

export type AnyStatus = CheckStatus | ReportedChecklistItem['status'] | StepStatus;

interface Shown {
  readonly kind: CheckStatus;
  readonly word: string;
}

/** Status is a word and a shape first; the colour only repeats it. */
const SHOWN: Readonly<Record<AnyStatus, Shown>> = {
  pass: { kind: 'pass', word: 'pass' },
  done: { kind: 'pass', word: 'done' },
  proven: { kind: 'pass', word: 'proven' },
  fail: { kind: 'fail', word: 'fail' },
  failed: { kind: 'fail', word: 'failed' },
  skip: { kind: 'skip', word: 'not checked' },
  'not proven': { kind: 'skip', word: 'not proven' },
  open: { kind: 'skip', word: 'open' },
};

/** Paths in a square of sixteen units: a tick, a cross, a dash. */
const SHAPES: Readonly<Record<CheckStatus, string>> = {
  pass: 'M4 8.4 7 11.4 12.2 5',
  fail: 'M4.8 4.8 11.2 11.2M11.2 4.8 4.8 11.2',
  skip: 'M4.4 8H11.6',
};

export function kindOf(status: AnyStatus): CheckStatus {
  return SHOWN[status].kind;
}

export function wordOf(status: AnyStatus): string {
  return SHOWN[status].word;
}

/** The shape of a status, inside a drawing. */
export function shape(status: AnyStatus): Html {
  return html`<path class="shape ${kindOf(status)}" d="${SHAPES[kindOf(status)]}"/>`;
}

export function statusMark(status: AnyStatus): Html {
  return html`<span class="status ${kindOf(status)}"><svg class="icon" viewBox="0 0 16 16" aria-hidden="true">${shape(status)}</svg>${wordOf(status)}</span>`;
}
