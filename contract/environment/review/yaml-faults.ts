import { type Document, isAlias, isMap, isScalar, LineCounter, parseDocument, visit, type YAMLParseError } from 'yaml';
import type { Mistake } from '../../error';
import { NOT_SHOWN } from '../../product/credentials/shapes';
import { mayBeCredential } from '../../product/credentials/texts';

/** Characters of what a file has that a mistake shows. */
const MAXIMUM_SHOWN = 80;

/** A file as YAML has it, or what is wrong with it. */
export type ReadYaml =
  | { readonly document: Document; readonly lines: LineCounter; readonly content: unknown }
  | { readonly mistakes: readonly Mistake[] };

/**
 * Reads the text of one file.
 *
 * @param file Path as the user knows it, for messages.
 * @param text YAML 1.2, in UTF-8.
 */
export function readYaml(file: string, text: string): ReadYaml {
  const lines = new LineCounter();
  const source = text.replace(/^\ufeff/, '');
  if (/[\0\ufffd]/.test(source)) return { mistakes: [{ file, ...NO_UTF8 }] };
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const at = (position: number): string => {
    const { line, col } = lines.linePos(position);
    return `${file}:${line}:${col}`;
  };
  const { errors } = document;
  // The first fault causes those after it, unless all are keys that are there twice.
  const shown = errors.every(({ code }) => code === 'DUPLICATE_KEY') ? errors : errors.slice(0, 1);
  if (shown.length > 0) return { mistakes: shown.map((error) => fault(at, source, document, error)) };
  const merge = mergeKey(document);
  if (merge !== undefined) return { mistakes: [{ file: at(merge), ...MERGE }] };
  const content = plainValues(document);
  if (isReferenceError(content)) return { mistakes: [brokenAlias(file, at, document, content)] };
  return { document, lines, content };
}

/** As much of a text as fits on a line. */
export function shortened(text: string): string {
  return text.length > MAXIMUM_SHOWN ? `${text.slice(0, MAXIMUM_SHOWN)}…` : text;
}

/** What is wrong, and what to do, by the code of the parser. */
function fault(
  at: (position: number) => string,
  source: string,
  document: Document,
  { code, message, pos: [start] }: YAMLParseError,
): Mistake {
  const line = lineAt(source, start);
  const isSecret = mayBeCredential(line);
  const written = isSecret ? NOT_SHOWN : shortened(line.trim());
  const place = at(start);
  const known = (got: string, rule: string, fix: string): Mistake => ({ file: place, got, rule, fix });
  if (code === 'TAB_AS_INDENT' || /^\s*\t/.test(line)) {
    return known(
      'a tab',
      'lines are indented with spaces',
      'replace every tab at the beginning of a line by two spaces',
    );
  }
  const space = source.search(new RegExp(`^[ \\t]*${ODD_SPACE.source}`, 'm'));
  const odd = space < 0 ? undefined : oddSpace(source.slice(space));
  if (odd !== undefined) return { file: at(space), ...odd };
  if (code === 'MULTIPLE_DOCS') {
    return known(
      'more than one document, separated by ---',
      'a file describes one environment',
      'write a file for each environment, or remove the line with ---',
    );
  }
  if (code === 'DUPLICATE_KEY') {
    const { name, first } = duplicate(source, document, start);
    const where = first === undefined ? '' : `; the first is in line ${at(first).split(':').at(-2)}`;
    return known(
      `the key \`${name}\` a second time${where}`,
      'a key is there once in its section',
      'remove one of the two, or put what is in both under one',
    );
  }
  if (code === 'MISSING_CHAR' && /quote/i.test(message)) {
    const opened = source.search(/[:-] +(?:"[^"\n]*|'[^'\n]*)$/m);
    const [rule, fix] = ['a quote that opens is closed', 'add the missing quote at the end of the text'];
    return { file: opened < 0 ? place : at(opened + 2), got: 'a text whose quote is not closed', rule, fix };
  }
  if (
    (code === 'MISSING_CHAR' && /[:]$/.test(line) === false && !/: /.test(line)) ||
    /implicit keys? need/i.test(message)
  ) {
    const rule = 'behind a key there is a colon, and behind the colon a space';
    const [, key = 'key', value = 'value'] = /^\s*([\w-]+)(?:\s*[:=]\s*|\s+)(\S.*)$/.exec(line) ?? [];
    return known(written, rule, `write \`${key}: ${isSecret ? 'value' : value}\``);
  }
  if (/flow|\]|\}/i.test(message)) {
    const fix = 'add the missing ] or } in this line or in one above it, and a comma between two items';
    return known(written, 'a bracket that opens is closed', fix);
  }
  if (/: .*: /.test(line)) {
    return known(
      written,
      'a text with a colon and a space in it is in quotes',
      'put the text behind the first colon into quotes',
    );
  }
  if (code === 'BAD_INDENT' || code === 'BLOCK_AS_IMPLICIT_KEY' || /indent|nested mappings|implicit/i.test(message)) {
    return known(
      written,
      'keys of one section begin in the same column, and those of a section in it two spaces further right',
      'check the indentation of this line and of the one above it',
    );
  }
  return known(
    isSecret ? written : `${written} (${message})`,
    'an environment file is YAML',
    'put a text that begins with one of @ ` % & * ! | > { [ or that has a colon and a space into quotes',
  );
}

/** Spaces that a text has after a copy from a page or a document, and that YAML takes for letters. */
const ODD_SPACE = /[\u00a0\u2000-\u200b\u202f\u2060\u3000\ufeff]/;

/** What is wrong with a line or a key that begins with such a space; nothing where it has none. */
export function oddSpace(text: string): { got: string; rule: string; fix: string } | undefined {
  const code = ODD_SPACE.exec(text)?.[0].charCodeAt(0);
  if (code === undefined) return undefined;
  return {
    got: `a space of another kind (U+${code.toString(16).toUpperCase().padStart(4, '0')})`,
    rule: 'lines are indented with ordinary spaces',
    fix: 'type the spaces at the beginning of this line again',
  };
}

const NO_UTF8: Omit<Mistake, 'file'> = {
  got: 'signs that are not UTF-8',
  rule: 'an environment file is a text in UTF-8',
  fix: 'save it again with the encoding UTF-8',
};

function lineAt(source: string, position: number): string {
  const start = source.lastIndexOf('\n', position - 1) + 1;
  const end = source.indexOf('\n', position);
  return source.slice(start, end < 0 ? undefined : end);
}

/** The name of a key that is there twice, and where it is first. */
function duplicate(source: string, document: Document, start: number): { name: string; first?: number } {
  const name = /^["']?([^\s"':]+)/.exec(source.slice(start))?.[1] ?? '';
  let first: number | undefined;
  visit(document, {
    Map(_key, map) {
      const positions = map.items
        .map(({ key }) => (isScalar(key) && String(key.value) === name ? key.range?.[0] : undefined))
        .filter((position) => position !== undefined);
      if (positions.includes(start)) first = positions[0];
    },
  });
  return { name, first: first === start ? undefined : first };
}

const MERGE: Omit<Mistake, 'file'> = {
  got: '<<',
  rule: 'YAML 1.2 has no merge keys',
  fix: 'write the keys out where they belong; an alias (`*name`) may stand for a whole value',
};

function mergeKey(document: Document): number | undefined {
  let position: number | undefined;
  visit(document, {
    Pair(_key, { key, value }) {
      if (position === undefined && isScalar(key) && key.value === '<<' && (isAlias(value) || isMap(value))) {
        position = key.range?.[0];
      }
    },
  });
  return position;
}

/** Aliases are resolved only when the document becomes plain values: one without an anchor is an error here. */
function plainValues(document: Document): unknown {
  try {
    return document.toJS();
  } catch (error) {
    if (isReferenceError(error)) return error;
    throw error;
  }
}

/** By its name: the class is another one where `yaml` was loaded in another context of Node.js. */
function isReferenceError(value: unknown): value is ReferenceError {
  return Object.prototype.toString.call(value) === '[object Error]' && (value as Error).name === 'ReferenceError';
}

function brokenAlias(
  file: string,
  at: (position: number) => string,
  document: Document,
  { message }: ReferenceError,
): Mistake {
  let place = file;
  visit(document, {
    Alias(_key, alias) {
      if (place === file && alias.range && alias.resolve(document) === undefined) place = at(alias.range[0]);
    },
  });
  const rule = 'every alias (`*name`) refers to an anchor (`&name`) before it';
  return { file: place, got: message, rule, fix: 'write the value itself; in quotes, if it begins with *' };
}
