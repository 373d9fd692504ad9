import { stripVTControlCharacters } from 'node:util';
import type { Terminal } from '../shared/terminal';

/** Columns as wide as what they hold; the last one takes the rest of the line, and breaks no word. */
export function showTable(head: string[], rows: (string | number)[][], terminal: Terminal): void {
  const widths = head.slice(0, -1).map((_, column) => longest(head, rows, column, '\n'));
  terminal.table(head, rows, widths, longest(head, rows, head.length - 1, /\s/));
}

/** Width of a column that holds its longest part, with a space on either side. */
function longest(head: string[], rows: (string | number)[][], column: number, separator: string | RegExp): number {
  const parts = [head, ...rows].flatMap((row) => String(row[column]).split(separator));
  return Math.max(...parts.map((part) => stripVTControlCharacters(part).length)) + 2;
}
