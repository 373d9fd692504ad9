import { meaningOf } from './names';

/** A name and its value in a text. */
export interface Assignment {
  /** As the text spells it, with the dashes of a flag. */
  readonly name: string;
  /** Without the quotes around it. */
  readonly value: string;
}

const ASSIGNMENT =
  /(?:^[ \t]*(?:(?:#+|\/\/|;)[ \t]*)?(?:- )?["']?(?=[\w.-]+["']?\s*:)|[{,]\s*["']?(?=[\w.-]+["']?\s*:)|(?:^|[\s{[,;&|(?"'=])(?=-{0,2}[\w.-]+["']?\]?\s*=))(-{0,2}[A-Za-z_][\w.-]*)["']?\]?[ \t]*(?:=>|[:=](?!=))[ \t]*(?![\w.-]+=)("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s"'{}[\],;&|<>]+)/gm;
/** A line of a file of properties: its value ends with the line. */
const PROPERTY = /^[ \t]*([A-Za-z][\w-]*(?:\.[\w-]+)+)[ \t]*[=:][ \t]*([^\s"'][^\n]*)$/gm;
const FLAG = /(?:^|\s)(--?[A-Za-z][\w-]*)\s+("[^"\n]*"|'[^'\n]*'|[^\s"'-][^\s"']*)/g;
/** `curl -H "X-Api-Key: x"`. */
const HEADER = /\s(?:-H|--header)[\s=]*["']([\w-]+):\s*([^"'\n]+)["']/g;
/** `<password>x</password>`, and `key="password" value="x"` as .NET has it. */
const ELEMENT = /<([A-Za-z_][\w.:-]{0,80})(?:\s[^<>]{0,200})?>([^<>]{1,400})<\/\1>/g;
const ATTRIBUTES = /\b(?:key|name)\s*=\s*"([^"\n]{1,80})"\s+value\s*=\s*"([^"\n]{1,400})"/gi;
/** `define('DB_PASSWORD', 'x')`, `setProperty("password", "x")`. */
const CALL = /\w\(\s*["']([\w.-]{1,80})["']\s*,\s*["']([^"'\n]{1,400})["']/g;
/** Lines of a configuration that has no sign between a name and its value: of Redis, nginx, HAProxy, Fluent Bit. */
const DIRECTIVE =
  /^[ \t]*(?:[\w-]+[ \t]+){0,3}?([A-Za-z]+[_-][\w-]*|[a-z]+[A-Z]\w*|requirepass|masterauth|password|passwd|secret)[ \t]+("[^"\n]*"|'[^'\n]*'|[^\s"'=:;]+)(;?)[ \t]*$/gm;
/** Directives of nginx that say where a request goes. */
const UPSTREAM = /^(?:proxy|fastcgi|uwsgi|scgi|grpc|memcached)_pass$/;
const DEFAULT = /\$\{([A-Za-z_]\w*)(?::?[-=]|:(?!\?))([^}$]{1,200})\}/g;
const SEPARATOR = /[,;|\t]/;

/**
 * Names and values that a text assigns: `export PGPASSWORD=x`, `token: x`, `--api-key x`, `<password>x</password>`,
 * `${DB_PASSWORD:-x}`, `requirepass x`, the cells of a table with a header.
 *
 * @param whole The text with what is filled in later, which takes away tags and defaults.
 */
export function assignmentsIn(text: string, whole = text): Assignment[] {
  const properties = [...text.matchAll(PROPERTY)];
  const ofProperties = new Set(properties.map(([, name]) => name));
  const assigned = [...text.matchAll(ASSIGNMENT)].filter(
    ([, name = '', value = '']) => !ofProperties.has(name) && !(UPSTREAM.test(name) && /^\d+$/.test(value)),
  );
  const found = [
    ...properties,
    ...assigned,
    ...[FLAG, HEADER].flatMap((pattern) => [...text.matchAll(pattern)]),
    ...[ELEMENT, ATTRIBUTES, DEFAULT, CALL].flatMap((pattern) => [...whole.matchAll(pattern)]),
  ];
  // In prose too a password is followed by a word, but no line consists of the two. The value of a list of headers is a name.
  const directives = [...text.matchAll(DIRECTIVE)].filter(
    ([, name = '', value = '', end]) =>
      (end === ';' || text.includes('\n') || name.includes('_')) &&
      !UPSTREAM.test(name) &&
      !(/^[A-Z]|[_-]/.test(value) && !/pass|secret$/.test(name) && meaningOf(value, false) === 'secret'),
  );
  return [
    ...[...found, ...directives].map(([, name = '', value = '']) => ({
      name,
      value: value.replace(/^(["'])(.*)\1$/, '$2'),
    })),
    ...cellsIn(text),
  ];
}

/** The cells of the first row, each with the name of its column. */
function cellsIn(text: string): Assignment[] {
  const lines = text.split('\n', 3).filter((line) => !/^[\s|:-]+$/.test(line));
  const [header = '', row = ''] = lines.map((line) => line.replace(/^\s*\||\|\s*$/g, ''));
  const [names, cells] = [header, row].map((line) => line.split(SEPARATOR)) as [string[], string[]];
  if (names.length < 2 || names.length !== cells.length || !names.every((name) => /^\s*"?[A-Za-z]\w*"?\s*$/.test(name)))
    return [];
  return names.map((name, index) => ({ name: name.replace(/\W/g, ''), value: (cells[index] ?? '').trim() }));
}
