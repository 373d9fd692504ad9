import { readFileSync } from 'node:fs';
import { knownVersions } from '../../contract/product/facts';
import { UPGRADE_PAGE, versionTable, withVersionTable } from '../../scripts/version-table';

const PAGE = readFileSync(UPGRADE_PAGE, 'utf8');

/** Cells of each row, by the version of the row. */
function rows(): Map<string, string[]> {
  const lines = versionTable().split('\n').slice(2);
  const cells = lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return new Map(cells.map(([version = '', ...others]) => [version, others]));
}

/** Versions whose cell in a column has something in it. */
function versionsWith(column: number, text: RegExp): string[] {
  return [...rows()].filter(([, cells]) => text.test(cells[column] ?? '')).map(([version]) => version);
}

describe('the table of the versions', () => {
  it('is in the page, as `npm run schema` writes it', () => {
    expect(withVersionTable(PAGE)).toBe(PAGE);
    expect(() => withVersionTable(PAGE.replaceAll('<!--', ''))).toThrow('docs/upgrade.md has no');
  });

  it('has a row for every version, the newest first', () => {
    expect([...rows().keys()]).toEqual(knownVersions().reverse());
  });

  it('says for each version but the first whether the pods of the one before keep answering', () => {
    expect(versionsWith(1, /^\*\*no\*\*: /)).toEqual(['0.109.0', '0.107.0']);
    expect(versionsWith(1, /^yes$/)).toHaveLength(knownVersions().length - 3);
    expect(rows().get('0.98.3')?.[1]).toBe('');
    expect(rows().get('0.107.0')?.[1]).toMatch(
      /^\*\*no\*\*: The primary key of scan_jobs becomes tenant and job\. API pods/,
    );
  });

  it('says what begins with a version, and only there', () => {
    expect(versionsWith(2, /./)).toEqual(['0.104.0', '0.98.3']);
    expect(rows().get('0.104.0')?.[2]).toBe('app, idempotency-fence (at most 4), maintenance (at most 4)');
    expect(versionsWith(3, /./)).toEqual(['0.109.0', '0.104.0', '0.102.0']);
    expect(versionsWith(4, /./)).toEqual(['0.107.0']);
    expect(versionsWith(5, /is refused: /)).toEqual(['0.104.0']);
    expect(versionsWith(5, /AGENT_BOM_API_ALLOWED_HOSTS/)).toEqual(['0.108.4']);
  });
});
