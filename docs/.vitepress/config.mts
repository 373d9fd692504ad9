// The documentation as a site: `npm run docs` builds it into docs/.vitepress/dist, `npm run docs:serve` shows it.
import { join } from 'node:path';
import { defineConfig } from 'vitepress';
import { copyFiles, headingId, literalCode, siteLinks } from './links.mts';
import { sidebar } from './sidebar.mts';

const PROJECT = join(import.meta.dirname, '..', '..');

export default defineConfig({
  title: 'agent-bom-postgres',
  description: 'The Postgres contract of a self-hosted agent-bom control plane on AWS and EKS, as code',
  lang: 'en',
  // Pages keep the paths that they have in the repository, so that a link works in both.
  srcDir: PROJECT,
  srcExclude: ['cdktf.out/**', 'dist/**', 'coverage/**', 'bench/**', 'package/**', 'test/**'],
  rewrites: (page) => page.replace(/(^|\/)README\.md$/, '$1index.md'),
  cacheDir: join(PROJECT, 'node_modules', '.cache', 'vitepress'),
  vite: { publicDir: false },
  markdown: {
    // Those that VitePress takes are too pale for small text.
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    anchor: { slugify: headingId },
    config: (markdown) => {
      literalCode(markdown);
      siteLinks(markdown, PROJECT);
    },
  },
  buildEnd: ({ outDir }) => copyFiles(PROJECT, outDir),
  themeConfig: {
    outline: [2, 3],
    externalLinkIcon: true,
    search: { provider: 'local' },
    nav: [
      { text: 'Quick start', link: '/docs/start/quick-start' },
      { text: 'All pages', link: '/docs/' },
      { text: 'API', link: '/docs/api/' },
    ],
    sidebar: sidebar(PROJECT),
  },
});
