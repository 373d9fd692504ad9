/** Text that is HTML already; everything else is escaped. */
export class Html {
  constructor(readonly text: string) {}
}

export type Content = Html | string | number | undefined | readonly Content[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
/** Controls, and the marks that turn the direction of writing: what a reader would not see or be misled by. */
const INVISIBLE = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/** A template whose parts are HTML and whose values are escaped, wherever they stand: in text or in a quoted attribute. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  const pieces = parts.map((part, index) => (index === 0 ? part : `${render(values[index - 1])}${part}`));
  return new Html(pieces.join(''));
}

function render(value: Content): string {
  if (value === undefined) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value));
  return value.map(render).join('');
}

/** Text as it is shown: markup is text, and what cannot be seen is written as its code point. */
export function escapeHtml(text: string): string {
  return text
    .toWellFormed()
    .replace(INVISIBLE, (character) => (character === '\n' ? character : codePoint(character)))
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

function codePoint(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}
