import type { CheckStatus } from '../../contract/postgres/checks';
import { PIPELINE, type StageId, stageStatus } from '../../contract/postgres/pipeline';
import type { RunReport } from '../../contract/postgres/run-report';
import { type Html, html, shape, statusMark } from './html';
import { type Section, table } from './sections';

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where everything is in one layout of the picture. */
interface Layout {
  readonly name: 'wide' | 'narrow';
  readonly width: number;
  readonly height: number;
  readonly groups: readonly (Box & { readonly title: string })[];
  readonly boxes: Readonly<Record<StageId, Box>>;
  /** Lines with an arrow at their end. */
  readonly arrows: readonly string[];
}

const BOX = { width: 168, height: 54 };
const column = (x: number, y: number): Box => ({ x, y, ...BOX });
const WIDE: Layout = {
  name: 'wide',
  width: 1048,
  height: 296,
  groups: [
    { title: 'stack: database', x: 220, y: 14, width: 200, height: 268 },
    { title: 'stack: workload', x: 452, y: 14, width: 582, height: 268 },
    { title: 'migration Job', x: 470, y: 44, width: 340, height: 224 },
  ],
  boxes: {
    file: { x: 14, y: 121, width: 180, height: 54 },
    server: column(236, 84),
    secrets: column(236, 178),
    before: { x: 486, y: 74, width: 146, height: 54 },
    packaged: { x: 648, y: 74, width: 146, height: 54 },
    after: { x: 486, y: 196, width: 146, height: 54 },
    verify: { x: 648, y: 196, width: 146, height: 54 },
    'control-plane': column(850, 84),
    backup: column(850, 196),
  },
  arrows: [
    'M194 148H216',
    'M404 111H482',
    'M404 205H436V111H482',
    'M632 101H644',
    'M721 128V162H559V192',
    'M632 223H644',
    'M794 223H846',
    'M822 223V111H846',
  ],
};

const row = (y: number): Box => ({ x: 34, y, width: 252, height: 50 });
const NARROW: Layout = {
  name: 'narrow',
  width: 320,
  height: 846,
  groups: [
    { title: 'stack: database', x: 10, y: 92, width: 300, height: 160 },
    { title: 'stack: workload', x: 10, y: 280, width: 300, height: 556 },
    { title: 'migration Job', x: 22, y: 310, width: 276, height: 330 },
  ],
  boxes: {
    file: row(10),
    server: row(122),
    secrets: row(186),
    before: row(340),
    packaged: row(414),
    after: row(488),
    verify: row(562),
    'control-plane': row(674),
    backup: row(764),
  },
  arrows: [
    'M160 60V88',
    'M160 172V182',
    'M160 236V336',
    'M160 390V410',
    'M160 464V484',
    'M160 538V558',
    'M160 612V670',
    'M34 587H18V789H30',
  ],
};

/** The pipeline, with what this run found out about each part of it. */
export function pipelineSection({ readiness, steps, command }: RunReport): Section {
  const status = new Map(PIPELINE.map((stage) => [stage.id, stageStatus(stage, readiness.checks, steps)]));
  const rows = PIPELINE.map(
    ({ id, title, brings }) => html`
<tr role="row"><th scope="row" role="rowheader">${title}</th><td role="cell">${statusMark(status.get(id) ?? 'skip')}</td><td role="cell" class="detail">${brings}</td></tr>`,
  );
  const covered =
    command === 'rehearse'
      ? 'A rehearsal runs the Job and the backup on a temporary server; it does not cover what AWS and Kubernetes add.'
      : 'This run checked a database from outside; the mark of each part comes from the checks that show its result.';
  return {
    id: 'pipeline',
    title: 'Pipeline',
    body: html`<p>Each arrow is a dependency: no control plane starts before its database is verified. ${covered}</p>
<figure>${[WIDE, NARROW].map((layout) => picture(layout, status))}
<figcaption>From one environment file to a control plane. The same in words:</figcaption></figure>
<details><summary>Parts of the pipeline as a table</summary>${table('parts', 'Parts of the pipeline', ['Part', 'Status', 'What it brings'], rows)}</details>`,
  };
}

function picture(layout: Layout, status: ReadonlyMap<StageId, CheckStatus>): Html {
  const { name, width, height, groups, boxes, arrows } = layout;
  return html`<svg class="pipeline ${name}" viewBox="0 0 ${width} ${height}" role="img" aria-label="The pipeline as a picture; the table below says the same">
<defs><marker id="arrow-${name}" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path class="head" d="M0 .8 7 4 0 7.2Z"/></marker></defs>
${groups.map(({ title, ...box }) => html`<rect class="group" ${sides(box)} rx="6"/><text class="group-title" x="${box.x + 12}" y="${box.y + 20}">${title}</text>`)}
${arrows.map((path) => html`<path class="arrow" d="${path}" marker-end="url(#arrow-${name})"/>`)}
${PIPELINE.map(({ id, title, brings }) => stage(boxes[id], title, brings, status.get(id) ?? 'skip'))}</svg>`;
}

function stage(box: Box, title: string, brings: string, status: CheckStatus): Html {
  const { x, y, width, height } = box;
  return html`
<g><rect class="stage ${status}" ${sides(box)} rx="4"/><text class="stage-title" x="${x + 12}" y="${y + height / 2 - 4}">${title}</text><text class="stage-text" x="${x + 12}" y="${y + height / 2 + 14}">${brings}</text><g transform="translate(${x + width - 24} ${y + 8})">${shape(status)}</g></g>`;
}

function sides({ x, y, width, height }: Box): Html {
  return html`x="${x}" y="${y}" width="${width}" height="${height}"`;
}
