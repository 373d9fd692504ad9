import type { CheckStatus } from '../../contract/postgres/checks';
import type { ReportedChecklistItem } from '../../contract/postgres/readiness';
import { type Html, html } from './html';

export type AnyStatus = CheckStatus | ReportedChecklistItem['status'];

interface Shown {
  readonly kind: CheckStatus;
  readonly word: string;
}

/** Status is a word and a shape first; the colour only repeats it. */
const SHOWN: Readonly<Record<AnyStatus, Shown>> = {
  pass: { kind: 'pass', word: 'pass' },
  proven: { kind: 'pass', word: 'proven' },
  fail: { kind: 'fail', word: 'fail' },
  failed: { kind: 'fail', word: 'failed' },
  skip: { kind: 'skip', word: 'not checked' },
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
