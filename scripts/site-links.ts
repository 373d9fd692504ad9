// Compares the links of the built site with what is in it: the last step of `npm run docs`. Fails for a dead link, and
// for anything that the site would load from elsewhere.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

const SITE = join(__dirname, '..', 'docs', '.vitepress', 'dist');

/** What is wrong with the links of a folder of HTML pages, as `page: link`. */
export function deadLinks(site: string): string[] {
  const files = readdirSync(site, { recursive: true, encoding: 'utf8' });
  const pages = new Map(
    files.filter((file) => file.endsWith('.html')).map((file) => [file, readFileSync(join(site, file), 'utf8')]),
  );
  const ids = new Map(
    [...pages].map(([page, html]) => [page, new Set([...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id))]),
  );
  const found = [...pages].flatMap(([page, html]) => {
    const links = [...html.matchAll(/<(a|link|script|img)\b[^>]*? (?:href|src)="([^"]*)"/g)];
    return links
      .filter(([, tag, link = '']) => !isFine(tag ?? '', decodeURI(link.replaceAll('&amp;', '&')), page))
      .map(([, , link]) => `${page}: ${link}`);
  });
  return [...new Set(found)];

  function isFine(tag: string, link: string, page: string): boolean {
    if (/^(?:https?:)?\/\//.test(link)) return tag === 'a';
    if (/^(?:mailto|data):/.test(link)) return true;
    const [path = '', id = ''] = link.split('#');
    const target = path === '' ? page : path.startsWith('/') ? path.slice(1) : posix.join(dirname(page), path);
    const file = [target, `${target}.html`, posix.join(target, 'index.html')].find(
      (name) => files.includes(name) && !isFolder(name),
    );
    return file !== undefined && (id === '' || !file.endsWith('.html') || ids.get(file)?.has(id) === true);
  }

  function isFolder(name: string): boolean {
    return files.some((file) => file.startsWith(`${name}/`));
  }
}

if (require.main === module) {
  const dead = existsSync(SITE) ? deadLinks(SITE) : [`${SITE} is missing: npm run docs builds it`];
  for (const link of dead) console.error(link);
  console.log(`${dead.length} dead links`);
  process.exitCode = dead.length === 0 ? 0 : 1;
}
