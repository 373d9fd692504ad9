import type { Fault } from './fault';
import type { Finding } from './record';

const COLUMNS = ['planted', 'noticed', 'not noticed', 'no end'] as const;
const ROOM_WIDTH = 24;

/** A table of what was planted and noticed in each folder, at most 80 columns wide, and below it what was not. */
export function summary(findings: ReadonlyMap<Fault, Finding>): string {
  const rooms = [...new Set([...findings.keys()].map(roomOf))].sort();
  const rows = [...rooms, 'all'].map((room) => {
    const found = [...findings].filter(([fault]) => room === 'all' || roomOf(fault) === room);
    return [room, ...COLUMNS.map((column) => String(countOf(found, column)))];
  });
  const table = [['', ...COLUMNS], ...rows].map(([room = '', ...cells]) =>
    [room.padEnd(ROOM_WIDTH), ...cells.map((cell) => cell.padStart(13))].join('').trimEnd(),
  );
  const left = [...findings].filter(([, { outcome }]) => outcome !== 'noticed');
  const list = left.map(([{ file, name }, { outcome }]) => `${outcome}: ${file}: ${name}`);
  return [...table, ...(list.length > 0 ? ['', ...list] : []), ''].join('\n');
}

function countOf(found: readonly (readonly [Fault, Finding])[], column: (typeof COLUMNS)[number]): number {
  return found.filter(([, { outcome }]) => column === 'planted' || outcome === column).length;
}

/** The folder of a fault: that of the constructs of one provider counts by itself. */
function roomOf({ file }: Fault): string {
  const [first = '', second = ''] = file.split('/');
  return first === 'constructs' ? `${first}/${second}` : first;
}
