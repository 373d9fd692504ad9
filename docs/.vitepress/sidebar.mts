// The sidebar has the sections and pages of docs/README.md in its order, and the modules of the API.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { DefaultTheme } from 'vitepress';

/** Sections of docs/README.md; the title of a page is its first heading. */
export function sidebar(project: string): DefaultTheme.SidebarItem[] {
  const [, ...sections] = readFileSync(join(project, 'docs', 'README.md'), 'utf8').split(/^## /m);
  const written = sections.map((section) => {
    const pages = [...section.matchAll(/\]\(([^)#]+\.md)\)/g)].map(([, page = '']) => join('docs', page));
    return {
      text: section.split('\n', 1)[0] ?? '',
      items: pages.map((page) => ({ text: titleOf(join(project, page)), link: linkTo(page) })),
    };
  });
  return [...written, api(project)];
}

function api(project: string): DefaultTheme.SidebarItem {
  const folder = join(project, 'docs', 'api');
  const pages = existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('README.md'))
    : [];
  const modules = pages.filter((page) => dirname(page) !== '.').sort();
  return {
    text: 'API',
    items: modules.map((page) => ({ text: dirname(page), link: linkTo(join('docs', 'api', page)) })),
  };
}

function titleOf(page: string): string {
  return (
    readFileSync(page, 'utf8')
      .match(/^# (.*)$/m)?.[1]
      ?.replaceAll('`', '') ?? relative('.', page)
  );
}

function linkTo(page: string): string {
  return `/${page.replace(/README\.md$/, '').replace(/\.md$/, '')}`;
}
