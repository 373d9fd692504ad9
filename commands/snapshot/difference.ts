import { structuredPatch } from 'diff';

/** Unchanged lines around a change. */
const CONTEXT = 1;
/** Expressions of Terraform can have thousands of characters: of a longer line only the change is shown. */
const LONGEST_LINE = 200;
const AROUND = 40;

/** A line of JSON or YAML that opens a section. */
const SECTION = /^ *(?:- )?(?:"((?:[^"\\]|\\.)+)": [[{]|([^\s"':]+):)$/;

/**
 * What is different between two texts of JSON or YAML. Each place begins with `@@` and the keys that lead to it; then
 * come the lines that went, with `-`, and the ones that are new, with `+`.
 */
export function difference(before: string, after: string): string[] {
  const [old, current] = [withoutCommas(before), withoutCommas(after)];
  const { hunks } = structuredPatch('', '', old, current, undefined, undefined, { context: CONTEXT });
  const [oldLines, currentLines] = [old.split('\n'), current.split('\n')];
  return hunks.flatMap(({ oldStart, newStart, lines }) => {
    const first = lines.findIndex((line) => !line.startsWith(' '));
    const path = lines[first]?.startsWith('-')
      ? pathTo(oldLines, oldStart - 1 + first)
      : pathTo(currentLines, newStart - 1 + first);
    return [`@@ ${path.join('.')}`.trim(), ...shortened(lines)];
  });
}

/** What follows on a line decides about its comma. It would show the line before a new one as changed. */
function withoutCommas(text: string): string {
  return text.replace(/,$/gm, '');
}

/** Keys of the sections that a line is in, the outermost first. */
function pathTo(lines: readonly string[], index: number): string[] {
  const path: string[] = [];
  let inside = indentation(lines[index]);
  for (const line of lines.slice(0, index).reverse()) {
    if (line === '' || indentation(line) >= inside) continue;
    inside = indentation(line);
    const [, quoted, plain] = SECTION.exec(line) ?? [];
    path.unshift(...[quoted ?? plain].filter((key) => key !== undefined));
  }
  return path;
}

function indentation(line = ''): number {
  return line.search(/\S|$/);
}

/** Lines of a patch, long ones cut around what changed in them. */
function shortened(lines: readonly string[]): string[] {
  return lines.map((line, index) => {
    if (line.length <= LONGEST_LINE) return line;
    return excerpt(line, counterpart(lines, index));
  });
}

/** The line that took the place of another, or whose place it took: removed lines are followed by the new ones. */
function counterpart(lines: readonly string[], index: number): string {
  const sign = lines[index]?.charAt(0);
  const start = lines.findLastIndex((line, other) => other < index && line.charAt(0) !== sign) + 1;
  const beyond = lines.slice(start).findIndex((line) => line.charAt(0) !== sign);
  if (sign === '-') return beyond < 0 ? '' : (lines[index + beyond] ?? '');
  const removedStart = lines.findLastIndex((line, other) => other < start && line.charAt(0) !== '-') + 1;
  return lines.slice(removedStart, start)[index - start] ?? '';
}

function excerpt(line: string, other: string): string {
  let same = 1;
  while (same < line.length && line[same] === other[same]) same += 1;
  let sameEnd = 0;
  while (sameEnd < line.length - same && line.at(-1 - sameEnd) === other.at(-1 - sameEnd)) sameEnd += 1;
  const start = Math.max(AROUND, same - AROUND);
  const end = Math.min(line.length - sameEnd + AROUND, start + LONGEST_LINE);
  const [before, after] = [start > AROUND ? '…' : '', end < line.length ? '…' : ''];
  return `${line.slice(0, AROUND)}${before}${line.slice(start, end)}${after}`;
}
