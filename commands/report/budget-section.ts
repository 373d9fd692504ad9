import { type BudgetRow, budgetRows } from '../../contract/postgres/connection-budget';
import type { RunReport } from '../../contract/postgres/run-report';
import { type Html, html } from './html';
import { type Section, table } from './sections';

const NOTES: Readonly<Record<BudgetRow['kind'], string>> = {
  login: 'limit of the login',
  pool: 'of all API pods, those of a rollout included; part of the limit above',
  administration: 'migration Job, its verification, an administrator',
  reserve: 'for superusers and reserving roles',
  free: 'for replicas and pools that grow',
};

/** Who may hold how many connections, drawn to the scale of what the server accepts. */
export function budgetSection({ facts, pools }: RunReport): Section {
  const place = { id: 'budget', title: 'Connection budget' };
  if (facts === undefined) {
    return { ...place, body: html`<p class="notice">This run did not query the connections of the server.</p>` };
  }
  const rows = budgetRows(facts, pools);
  const used = rows.filter(({ counts, kind }) => counts && kind !== 'free');
  const total = used.reduce((sum, { connections = facts.connections }) => sum + connections, 0);
  const verdict =
    total <= facts.connections
      ? html`<strong>${total} of ${facts.connections}</strong> connections are assigned.`
      : html`<strong>${total} connections are assigned, but the server accepts ${facts.connections}.</strong>`;
  return {
    ...place,
    body: html`<p>${verdict} Both logins of an identity share its pods, so only the first one counts.</p>
${whole(rows, Math.max(total, facts.connections), facts.connections)}
${table(
  'budget',
  'Connections that each login and reserve may hold',
  ['Who', 'Connections', 'Share of the server'],
  rows.map((row) => budgetRow(row, facts.connections)),
)}`,
  };
}

/** One bar for the server, in the order of the table; the line is what it accepts. */
function whole(rows: readonly BudgetRow[], scale: number, capacity: number): Html {
  let start = 0;
  const parts = rows
    .filter(({ counts }) => counts)
    .map(({ connections = capacity, kind }, index) => {
      const part = html`<rect class="bar ${kind} tone${index % 3}" x="${start}" y="0" width="${connections}" height="20"/>`;
      start += connections;
      return part;
    });
  return html`<svg class="whole" viewBox="0 0 ${scale} 20" preserveAspectRatio="none" role="img" aria-label="The connections of the server, in the order of the table below">${parts}
<path class="capacity" d="M${capacity} 0V20" vector-effect="non-scaling-stroke"/></svg>`;
}

function budgetRow({ who, connections, counts, kind }: BudgetRow, capacity: number): Html {
  const length = Math.min(connections ?? capacity, capacity);
  const note = counts || kind === 'pool' ? NOTES[kind] : 'alternates with the login above, counted once';
  const share = Math.round((100 * length) / Math.max(1, capacity));
  return html`
<tr role="row"><th scope="row" role="rowheader">${kind === 'login' ? html`<code>${who}</code>` : who}<span class="proves">${note}</span></th>
<td role="cell" class="figure">${connections ?? 'no limit'}</td>
<td role="cell"><span class="share"><svg viewBox="0 0 ${Math.max(1, capacity)} 10" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="${Math.max(1, capacity)}" height="10"/><rect class="bar ${kind} ${counts ? 'counted' : 'turn'}" width="${length}" height="10"/></svg><span class="percent">${share === 0 && length > 0 ? 'below 1' : share} %</span></span></td></tr>`;
}
