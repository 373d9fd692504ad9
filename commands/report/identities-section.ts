import { ADMIN_IDENTITY, type Identity, RUNTIME_IDENTITIES } from '../../contract/postgres/identities';
import type { RunReport, ServerFacts } from '../../contract/postgres/run-report';
import {
  GUARDED_TABLES,
  privilegesOf,
  ROW_PRIVILEGES,
  type RowPrivilege,
  roleOf,
  SCOPE,
  STORES,
  type Store,
} from '../../contract/postgres/stores';
import { escapeHtml, Html, html, statusMark } from './html';
import type { Section } from './sections';

const IDENTITIES: readonly Identity[] = [ADMIN_IDENTITY, ...RUNTIME_IDENTITIES];
const WORDS = { SELECT: 'read', INSERT: 'add', UPDATE: 'change', DELETE: 'delete' } as const;

/** Who connects, and what each may do with the rows of each store: by the contract, and as the server says. */
export function identitiesSection({ facts }: RunReport): Section {
  const measured =
    facts === undefined
      ? 'This run did not query the server: the table shows what the contract grants.'
      : 'Each cell shows what the server reports, and a mark where the contract grants something else.';
  return {
    id: 'identities',
    title: 'Identities and privileges',
    body: html`<p>Each identity has one purpose, one secret and one environment variable. No two share a password.</p>
${roster()}
<p>${measured} Only the administrator, which acts as the owner, may create, alter or drop a table.</p>
${matrix(facts)}`,
  };
}

function roster(): Html {
  const cards = IDENTITIES.map(
    (identity) => html`
<li><h3>${identity.name}</h3><p>${identity.purpose}</p>
<dl><dt>Role</dt><dd><code>${roleOf(identity.name)}</code></dd><dt>Rows</dt><dd>${SCOPE[identity.name]}</dd>
<dt>Held by</dt><dd>${identity.workloads.join(', ')}</dd><dt>Variable</dt><dd><code>${breakable(identity.environmentVariable)}</code></dd></dl></li>`,
  );
  return html`<ul class="roster">${cards}</ul>`;
}

/** A name that a line may break in between its words only. */
function breakable(name: string): Html {
  return new Html(escapeHtml(name).replaceAll('_', '_<wbr>'));
}

function matrix(facts: ServerFacts | undefined): Html {
  const head = IDENTITIES.map(({ name }) => html`<th scope="col">${name}</th>`);
  const rows = [...STORES, ...GUARDED_TABLES].map(
    (store) => html`
<tr><th scope="row">${store.name}<span class="tables">${store.tables.join(', ')}</span></th>${IDENTITIES.map((identity) => cell(identity, store, facts))}</tr>`,
  );
  return html`<div class="scroll" role="region" aria-labelledby="matrix-caption" tabindex="0"><table class="matrix">
<caption id="matrix-caption">What each identity may do with the rows of each store</caption>
<thead><tr><th scope="col">Store and tables</th>${head}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

function cell({ name }: Identity, store: Store, facts: ServerFacts | undefined): Html {
  const wanted = privilegesOf(name, store);
  const found = facts === undefined ? [wanted] : measured(roleOf(name), store, facts);
  if (found === undefined) return html`<td>${statusMark('skip')}</td>`;
  const has = (privilege: RowPrivilege): boolean => found.some((privileges) => privileges.includes(privilege));
  const words = ROW_PRIVILEGES.filter(has).map((privilege) => WORDS[privilege]);
  const text = words.length === 0 ? html`<span class="muted">nothing</span>` : words.join(', ');
  const differs = found.some((privileges) => privileges.join() !== wanted.join());
  return html`<td>${text}${differs ? html`<br>${statusMark('fail')} differs` : undefined}</td>`;
}

/** What a role may do with each table of a store; nothing where the server does not have the role or a table. */
function measured(
  role: string,
  { tables }: Store,
  { privileges }: ServerFacts,
): (readonly RowPrivilege[])[] | undefined {
  const rows = tables.map((name) => privileges.find((row) => row.role === role && row.table === name)?.privileges);
  return rows.every((row) => row !== undefined) ? rows : undefined;
}
