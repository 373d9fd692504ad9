import { COUNTS } from './environments';
import type { Topic } from './measure';

const SIZE = { width: 640, height: 260 };
const PANEL = { width: 210, height: 150, top: 56 };
const STYLE =
  'text{font:12px system-ui,sans-serif;fill:#24303c}.axis{stroke:#8a949e}.line{fill:none;stroke:#1d4f7c;stroke-width:2}' +
  '.dot{fill:#1d4f7c}.title{font-weight:600}.page{fill:#fff}' +
  '@media(prefers-color-scheme:dark){text{fill:#e5e9ee}.line{stroke:#8dbbe8}.dot{fill:#8dbbe8}.page{fill:#13171c}}';

/** Time and memory by the number of environments, both axes by powers of ten: a straight line is a power. */
export function plotEnvironments(topics: readonly Topic[]): string {
  const measurements = topics.flatMap((topic) => topic.measurements);
  const values = (what: string): number[] =>
    COUNTS.map((count) => measurements.find((one) => one.what === `${count}: ${what}`)?.value ?? Number.NaN);
  const panels = [panel('seconds', values('time'), 64), panel('megabytes', values('memory'), 390)];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${SIZE.height}" role="img" aria-label="Time and memory by the number of environments"><style>${STYLE}</style><rect class="page" width="${SIZE.width}" height="${SIZE.height}"/>${panels.join('')}</svg>\n`;
}

function panel(title: string, values: readonly number[], left: number): string {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  const bottom = PANEL.top + PANEL.height;
  const x = (index: number): number => left + (PANEL.width * index) / (COUNTS.length - 1);
  const y = (value: number): number => bottom - (PANEL.height * (Math.log10(value) - low)) / (high - low);
  const points = values.map((value, index) => ({ value, x: x(index).toFixed(1), y: y(value).toFixed(1) }));
  const ticks = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index)).map(
    (value) =>
      `<text x="${left - 8}" y="${y(value) + 4}" text-anchor="end">${value}</text><path class="axis" d="M${left - 4} ${y(value)}H${left}"/>`,
  );
  const counts = COUNTS.map(
    (count, index) => `<text x="${x(index)}" y="${bottom + 18}" text-anchor="middle">${count}</text>`,
  );
  return [
    `<text class="title" x="${left}" y="${PANEL.top - 30}">${title}</text>`,
    `<path class="axis" fill="none" d="M${left} ${PANEL.top}V${bottom}H${left + PANEL.width}"/>`,
    ...ticks,
    ...counts,
    `<text x="${left + PANEL.width / 2}" y="${bottom + 38}" text-anchor="middle">environments</text>`,
    `<polyline class="line" points="${points.map((point) => `${point.x},${point.y}`).join(' ')}"/>`,
    ...points.map(
      (point) =>
        `<circle class="dot" cx="${point.x}" cy="${point.y}" r="3"/><text x="${point.x}" y="${Number(point.y) - 9}" text-anchor="middle">${point.value.toPrecision(3)}</text>`,
    ),
  ].join('');
}
