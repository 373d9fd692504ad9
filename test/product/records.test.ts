import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { knownVersions, newestVersion } from '../../contract/product/facts';
import { factRecordSchema } from '../../contract/product/facts/schema';
import { differences } from '../../scripts/product/compare';
import type { Published } from '../../scripts/product/package-index';
import { indexText, RECORDS, readRecords, recordOf, recordText } from '../../scripts/product/record';
import type { SourceFacts } from '../../scripts/product/source-facts';
import { describeIf } from '../support/describe-if';

jest.setTimeout(60_000);

const hasPython = spawnSync('python3', ['--version']).status === 0;
if (!hasPython) console.warn('NOT RUN: python3 is not installed');

const PROJECT = join(__dirname, '..', '..');
const SHA = 'a'.repeat(64);
const OLD = published('1.9.0');
const NEW = published('1.10.0');
const OLD_SOURCES: SourceFacts = {
  alembicHead: '20300102_03',
  pools: { app: { login: 'app', minimum: null, cap: null } },
  components: { jobs: { tables: ['jobs'], version: 1 }, gone: { tables: ['gone'], version: 1 } },
  variables: ['AGENT_BOM_A', 'AGENT_BOM_B'],
};
const NEW_SOURCES: SourceFacts = {
  ...OLD_SOURCES,
  components: { jobs: { tables: ['jobs'], version: 2 } },
  variables: ['AGENT_BOM_B', 'AGENT_BOM_C'],
};

function published(version: string): Published {
  return { version, uploaded: '2030-01-02T03:04:05Z', sha256: SHA };
}

/** A folder that is removed after use. */
function inFolder<Result>(use: (folder: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'records-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('a record', () => {
  const old = recordOf({ published: OLD, sources: OLD_SOURCES }, []);
  const head = { source: 'the release', why: 'nobody wrote it down', value: '20300102_03' };

  it('of the first version has everything, and of the next what changed', () => {
    expect(old.components).toEqual({ changed: OLD_SOURCES.components, removed: [] });
    expect(old.variables).toEqual({ added: ['AGENT_BOM_A', 'AGENT_BOM_B'], removed: [] });
    const next = recordOf({ published: NEW, sources: NEW_SOURCES }, [old]);
    expect(factRecordSchema.parse(next)).toEqual({
      ...NEW,
      alembicHead: '20300102_03',
      pools: OLD_SOURCES.pools,
      components: { changed: { jobs: { tables: ['jobs'], version: 2 } }, removed: ['gone'] },
      variables: { added: ['AGENT_BOM_C'], removed: ['AGENT_BOM_A'] },
      chart: null,
      unknown: ['chart'],
      byHand: {},
    });
  });

  it('of a version that changes nothing has no changes', () => {
    const next = recordOf({ published: NEW, sources: OLD_SOURCES }, [old]);
    expect([next.components, next.variables]).toEqual([
      { changed: {}, removed: [] },
      { added: [], removed: [] },
    ]);
  });

  it('names what could not be learnt, and keeps what a person filled in and the chart', () => {
    const unread = { alembicHead: null, pools: null, components: null, variables: [] };
    const chart = { sha256: SHA, values: { 'gateway.enabled': false }, refusals: {} };
    const first = recordOf({ published: OLD, sources: unread, chart }, []);
    expect(first.unknown).toEqual(['alembicHead', 'components', 'pools']);
    const again = recordOf({ published: OLD, sources: unread }, [{ ...first, byHand: { alembicHead: head } }]);
    expect(again).toEqual({ ...first, byHand: { alembicHead: head } });
  });

  it('is always the same bytes, with sorted keys', () => {
    const write = () => recordText(recordOf({ published: NEW, sources: NEW_SOURCES }, [old]));
    expect(write()).toBe(write());
    expect(recordText({ ...JSON.parse(write()) })).toBe(write());
    expect(Object.keys(JSON.parse(write()))).toEqual(Object.keys(JSON.parse(write())).sort());
    expect(write().endsWith('}\n')).toBe(true);
  });

  it('is among the records that are in the tree, which the script would write the same way', () => {
    for (const { version } of readRecords(RECORDS)) {
      const text = readFileSync(join(RECORDS, `${version}.json`), 'utf8');
      expect(recordText(JSON.parse(text))).toBe(text);
    }
    expect(indexText(knownVersions())).toBe(readFileSync(join(RECORDS, 'records.ts'), 'utf8'));
  });
});

describe('the comparison with what is published', () => {
  const old = recordOf({ published: OLD, sources: OLD_SOURCES }, []);
  const next = recordOf({ published: NEW, sources: NEW_SOURCES }, [old]);
  const texts = [old, next].map(recordText);
  const asked: string[] = [];
  const sourcesOf = (version: string) => {
    asked.push(version);
    return NEW_SOURCES;
  };

  it('finds nothing where they agree, and reads the newest record alone', () => {
    expect(differences([OLD, NEW], texts, sourcesOf)).toEqual([]);
    expect(asked).toEqual(['1.10.0']);
  });

  it('finds new versions, those that are gone, and those that were published again', () => {
    const rows = [{ ...NEW, sha256: 'b'.repeat(64) }, published('1.11.0')];
    expect(differences(rows, texts, sourcesOf)).toEqual([
      '1.10.0 was published again: its archive is not the one that the record is of',
      '1.11.0 is new, of 2030-01-02',
      '1.9.0 is no longer published',
      '1.10.0 is not recorded the way that the script writes it today',
    ]);
  });

  it('finds a record that was changed, or written in another way', () => {
    const changed = [texts[0] ?? '', recordText({ ...next, alembicHead: '20300102_04' })];
    const line = '1.10.0 is not recorded the way that the script writes it today';
    expect(differences([OLD, NEW], changed, sourcesOf)).toEqual([line]);
    expect(differences([OLD, NEW], [texts[0] ?? '', JSON.stringify(next)], sourcesOf)).toEqual([line]);
  });
});

describe('npm run product:check', () => {
  /** Runs it with a `python3` that answers with these rows, or with none at all. */
  function check(rows?: readonly object[]): { status: number | null; output: string; left: string[] } {
    return inFolder((folder) => {
      const [commands, temporary] = [join(folder, 'bin'), join(folder, 'tmp')];
      for (const name of [commands, temporary, join(folder, 'archive', 'src')]) mkdirSync(name, { recursive: true });
      if (rows !== undefined) {
        writeFileSync(join(folder, 'rows.json'), JSON.stringify(rows));
        spawnSync('tar', ['-czf', join(folder, 'archive.tar.gz'), '-C', folder, 'archive']);
        const answers = `list) cat '${folder}/rows.json';; fetch) cp '${folder}/archive.tar.gz' "$5";;`;
        writeFileSync(join(commands, 'python3'), `#!/bin/sh\ncase "$2" in ${answers} esac\n`);
        chmodSync(join(commands, 'python3'), 0o755);
      }
      const PATH = rows === undefined ? commands : [commands, process.env.PATH].join(delimiter);
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        ['--import', 'tsx', join('scripts', 'product', 'check.ts')],
        { cwd: PROJECT, encoding: 'utf8', env: { ...process.env, PATH, TMPDIR: temporary } },
      );
      // The compiler's cache is not ours.
      return {
        status,
        output: `${stdout}${stderr}`,
        left: readdirSync(temporary).filter((name) => !/^tsx-/.test(name)),
      };
    });
  }

  it('ends with 2 and a sentence where the index cannot be asked', () => {
    const { status, output, left } = check();
    expect(status).toBe(2);
    expect(output).toMatch(/rule: the package index answers\n {2}fix: {2}see that Python 3 with pip is on the PATH/);
    expect(left).toEqual([]);
  });

  it('ends with 1 and a list where something is new, and leaves nothing behind', () => {
    const rows = readRecords(RECORDS).map(({ version, uploaded, sha256 }) => ({
      version,
      uploaded: uploaded.replace('Z', '.123456Z'),
      sha256,
    }));
    const older = ['0.98.2', '99.0.0rc1', '99.0.0-rc.1'].map(published);
    const { status, output, left } = check([published('99.0.0'), ...rows, ...older]);
    expect(output.trim().split('\n')).toEqual([
      '99.0.0 is new, of 2030-01-02',
      `${newestVersion()} is not recorded the way that the script writes it today`,
    ]);
    expect(status).toBe(1);
    expect(left).toEqual([]);
  });
});

describeIf(hasPython)('the script that asks the index', () => {
  const content = 'an archive';
  const session = `
import json
FILES = [
    ("any_thing-1.10.0.tar.gz", "DIGEST"), ("any-thing-1.9.0.tar.gz", "0"), ("any_thing-1.10.0-py3-none-any.whl", "0"),
]
class Answer:
    content = b"${content}"
    def raise_for_status(self): pass
    def json(self):
        return {"files": [{"filename": n, "url": "u", "upload-time": "2030", "hashes": {"sha256": d}} for n, d in FILES]}
class PipSession:
    def __init__(self, retries): pass
    def get(self, url, headers=None): return Answer()
`;

  /** Runs it with a pip that answers by itself. */
  function ask(folder: string, ...options: string[]) {
    for (const name of ['', 'models', 'network']) {
      mkdirSync(join(folder, 'pip', '_internal', name), { recursive: true });
      writeFileSync(join(folder, 'pip', '_internal', name, '__init__.py'), '');
    }
    writeFileSync(join(folder, 'pip', '__init__.py'), '');
    writeFileSync(join(folder, 'pip', '_internal', 'models', 'index.py'), 'class PyPI: simple_url = "none"\n');
    const digest = createHash('sha256').update(content).digest('hex');
    writeFileSync(join(folder, 'pip', '_internal', 'network', 'session.py'), session.replace('DIGEST', digest));
    const script = join(PROJECT, 'scripts', 'product', 'published.py');
    const env = { ...process.env, PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1' };
    return spawnSync('python3', [script, ...options], { encoding: 'utf8', env });
  }

  it('lists source archives under both spellings of the name, and no wheels', () => {
    const { stdout } = inFolder((folder) => ask(folder, 'list', 'any-thing'));
    expect(JSON.parse(stdout).map(({ version }: Published) => version)).toEqual(['1.10.0', '1.9.0']);
  });

  it('writes an archive only where its digest is the listed one', () => {
    inFolder((folder) => {
      const file = join(folder, 'archive');
      const refused = ask(folder, 'fetch', 'any-thing', '1.9.0', file);
      expect([refused.status, refused.stderr.trim()]).toEqual([
        1,
        'any-thing 1.9.0: the archive is not the one that the index lists',
      ]);
      expect(readdirSync(folder)).toEqual(['pip']);
      expect(ask(folder, 'fetch', 'any-thing', '1.10.0', file).status).toBe(0);
      expect(readFileSync(file, 'utf8')).toBe(content);
    });
  });
});
