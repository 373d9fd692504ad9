import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const PROJECT = join(__dirname, '..', '..');

/** Files whose prose is checked; comments and messages of the code in the folders named here. Faults quote other code. */
const CHECKED =
  /\.(?:md|ya?ml)$|^(?:backup|commands|constructs|contract|migrations|scripts|stacks)\/(?!mutants\/faults\/).*\.(?:ts|sql|psql|sh|py)$/;

/** Generated from text that lives elsewhere, or a list of the words themselves. */
const UNCHECKED = ['docs/reference/environment-file.md', 'test/docs/prose.test.ts'];

/** What readers stumbled over, and what to write instead. */
const WORDS: readonly [found: RegExp, instead: string][] = [
  [/\bmend(?:s|ed|ing)?\b/i, 'fix, repair'],
  [/\banew\b/i, 'again; recreate, regenerate'],
  [/\b(?:comes?|came) true\b/i, 'happens, takes effect'],
  [/\bby the clock\b/i, 'scheduled'],
  [/\bbeside\b/i, 'next to, besides'],
  [/\bsomebody else\b/i, 'another team, an existing …'],
  [/\b(?:that|which) (?:is|are) there already\b|\bexists? already\b/i, 'existing'],
  [/\bof (?:one.s|its|their) own\b/i, 'its own …, a separate …'],
  [/\bfor want of\b/i, 'without, for lack of'],
  [/\bauthorities of the (?:server|region|database)\b/i, 'CA certificates'],
  [/\bformer(?:ly)?\b/i, 'previous'],
  [/(?<!database\.)\badmit(?:s|ted|ting)?\b/i, 'allow, accept'],
  [/\bturn(?:s|ed)? [\w ]{0,30}\baway\b/i, 'refuse'],
  [/\bstands? (?:in|there|beside)\b/i, 'is in, is set'],
  [/\bin the place of\b/i, 'instead of'],
  [/\bso that (?:one|who)\b/i, 'so …, anyone who'],
  [/\b(?:that|who|which|administrator) is no \w+/i, 'is not a …'],
  [/\bone (?:\w+ ){1,2}an? (?:identity|file|table|environment|replica)\b/i, 'per identity, per file'],
  [/(?<!\$)\b1 (?:checks|steps|files|mistakes|resources)\b/, 'the singular'],
];

/** A file without its code: in Markdown blocks, spans and the targets of links, in YAML everything but comments. */
function prose(file: string, text: string): string[] {
  const lines = text.split('\n');
  if (/\.ya?ml$/.test(file)) return lines.map((line) => line.match(/(?:^|\s)#\s(.*)$/)?.[1] ?? '');
  if (!file.endsWith('.md')) return lines;
  let fenced = false;
  return lines.map((line) => {
    if (/^\s*```/.test(line)) fenced = !fenced;
    return fenced ? '' : line.replace(/`[^`]*`/g, '``').replace(/\]\([^)]*\)/g, ']');
  });
}

/** Every word of the list in a text, as `file:line "found": instead`. */
function findings(file: string, text: string): string[] {
  return prose(file, text).flatMap((line, index) =>
    WORDS.flatMap(([found, instead]) => {
      const match = line.match(found)?.[0];
      return match === undefined ? [] : [`${file}:${index + 1} "${match}": write ${instead}`];
    }),
  );
}

const tracked = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: PROJECT,
  encoding: 'utf8',
});
if (tracked.status !== 0) console.warn('NOT RUN: this is not a clone, or git is not installed');

(tracked.status === 0 ? it : it.skip)('uses words that readers do not stumble over', () => {
  const files = tracked.stdout.split('\n').filter((file) => CHECKED.test(file) && !UNCHECKED.includes(file));
  expect(files.length).toBeGreaterThan(30);
  expect(files.flatMap((file) => findings(file, readFileSync(join(PROJECT, file), 'utf8')))).toEqual([]);
});

it('finds them in prose and comments, and not in code', () => {
  expect(findings('a.md', 'It mends `mends` in [a page](mends.md).')).toEqual(['a.md:1 "mends": write fix, repair']);
  expect(findings('a.md', '```sh\nmends\n```\nfine')).toEqual([]);
  expect(findings('a.yaml', 'mends: yes # nothing\n# former logins')).toEqual(['a.yaml:2 "former": write previous']);
});
