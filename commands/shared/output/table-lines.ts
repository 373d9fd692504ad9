import { stripVTControlCharacters } from 'node:util';

const GAP = '  ';
/** A last column that is narrower reads worse than rows below each other. */
const NARROWEST = 24;

/**
 * Lines of a table. The last column takes the width that is left and is wrapped between words. Where that leaves too little,
 * the cells of a row are below each other. A word that is wider than the table keeps its length.
 */
export function tableLines(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  width: number,
): string[] {
  const texts = rows.map((row) => row.map(String));
  const widths = head
    .slice(0, -1)
    .map((_, column) => Math.max(...[head, ...texts].map((row) => lengthOf(row[column]))));
  const indent = widths.reduce((sum, each) => sum + each + GAP.length, 0);
  if (width - indent < NARROWEST) return texts.flatMap((row) => recordLines(head, row, width));
  return [head, ...texts].flatMap((row) => rowLines(row, widths, width - indent));
}

function rowLines(row: readonly string[], widths: readonly number[], rest: number): string[] {
  const cells = widths.map((_, column) => (row[column] ?? '').split('\n'));
  const last = wrapped(row[widths.length] ?? '', rest);
  const height = Math.max(last.length, ...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => {
    const before = cells.map((lines, column) => padded(lines[line] ?? '', widths[column] ?? 0) + GAP);
    return `${before.join('')}${last[line] ?? ''}`.trimEnd();
  });
}

/** The first cell, and the others below it, each with the name of its column. */
function recordLines(
  [, ...head]: readonly string[],
  [first = '', ...cells]: readonly string[],
  width: number,
): string[] {
  const names = Math.max(...head.map(lengthOf));
  const indent = GAP.length + names + GAP.length;
  return [
    first,
    ...cells.flatMap((cell, column) =>
      cell === ''
        ? []
        : wrapped(cell, width - indent).map(
            (line, index) => `${GAP}${padded(index === 0 ? (head[column] ?? '') : '', names)}${GAP}${line}`,
          ),
    ),
  ];
}

/** What a reader copies, and what a line break would take apart: commands, and the branches of a tree. */
const WHOLE = /^\s*(?:\$ |npx |npm |aws |kubectl |helm |terraform |git )(?!.*[,;] )|[│├└╷╵]/;

/** Text whose lines fit the width of a terminal, which would break words; without one that has a width, the text as it is. */
export function fitted(text: string, width: number | undefined): string {
  if (width === undefined || width === 0) return text;
  return text
    .split('\n')
    .flatMap((line) => {
      if (lengthOf(line) <= width || WHOLE.test(stripVTControlCharacters(line))) return [line];
      const indent = /^ *(?:(?:got|rule|fix): +)?/.exec(line)?.[0] ?? '';
      const [first = '', ...rest] = wrapped(line.slice(indent.length), width - indent.length);
      return [`${indent}${first}`, ...rest.map((part) => `${' '.repeat(indent.length)}${part}`)];
    })
    .join('\n');
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line: string | undefined;
    for (const word of paragraph.split(' ')) {
      const longer = line === undefined ? word : `${line} ${word}`;
      if (line !== undefined && lengthOf(longer) > width) {
        lines.push(line);
        line = word;
      } else line = longer;
    }
    lines.push(line ?? '');
  }
  return lines;
}

/** Characters that a terminal shows of the longest line. */
function lengthOf(text = ''): number {
  return Math.max(...text.split('\n').map((line) => stripVTControlCharacters(line).length));
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(width - lengthOf(text));
}
