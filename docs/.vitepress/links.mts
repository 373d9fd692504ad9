// What makes the links of the repository work on the site: to headings, to README files and to files that are no pages.
import { copyFileSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, posix, relative, resolve } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';

/** Files that pages link to, by path in the project. */
const linked = new Set<string>();

/** Id of a heading, as GitHub makes it. */
export function headingId(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

/** Code is text for Vue, too: `{{ .token }}` is not an expression of the page. */
export function literalCode({ renderer, utils }: MarkdownRenderer): void {
  renderer.rules.code_inline = (tokens, index) =>
    `<code v-pre>${utils.escapeHtml(tokens[index]?.content ?? '')}</code>`;
}

/** Links to README.md lead to the folder's page, links to a source file to a copy of it that a browser shows as text. */
export function siteLinks(markdown: MarkdownRenderer, project: string): void {
  markdown.core.ruler.push('site-links', ({ tokens, env }) => {
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const href = token.type === 'link_open' ? token.attrGet('href') : null;
      if (href === null || /^(?:[a-z]+:|#|\/)/.test(href)) continue;
      token.attrSet('href', siteLink(href, relative(project, env.realPath ?? env.path), project));
    }
  });
}

function siteLink(href: string, page: string, project: string): string {
  const [path = '', anchor] = href.split('#');
  const hash = anchor === undefined ? '' : `#${anchor}`;
  if (path.endsWith('.md')) return path.replace(/README\.md$/, 'index.md') + hash;
  const target = posix.join(posix.dirname(page), path);
  const file = resolve(project, target);
  if (existsSync(join(file, 'README.md'))) return `${path.replace(/\/$/, '')}/index.md${hash}`;
  if (!existsSync(file) || !statSync(file).isFile()) throw new Error(`${page} links to ${href}, which is not a file`);
  linked.add(target);
  return `/${target}.txt`;
}

/** Copies the files that pages link to into the site. */
export function copyFiles(project: string, site: string): void {
  for (const file of linked) {
    const copy = join(site, `${file}.txt`);
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(join(project, file), copy);
  }
}
