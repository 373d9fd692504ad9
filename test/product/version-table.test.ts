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

describe('the table of the versions', () => {
  it('is in the page, as `npm run schema` writes it', () => {
    expect(withVersionTable(PAGE)).toBe(PAGE);
    expect(() => withVersionTable(PAGE.replaceAll('<!--', ''))).toThrow('docs/operate/upgrade.md has no');
  });

  it('has a row for every version, the newest first', () => {
    expect([...rows().keys()]).toEqual(knownVersions().reverse());
  });

  it.each([
    ['0.98.3', ''],
    ['0.99.0', 'yes'],
    ['0.106.1', 'yes'],
    ['0.107.0', '**no**: The primary key of scan_jobs becomes tenant and job. API pods'],
    ['0.107.2', 'yes'],
    ['0.108.4', 'yes'],
    ['0.109.0', '**no**: The primary key of attack_paths becomes tenant, scan and path key. API pods'],
    ['0.110.0', 'yes'],
  ])('says of %s whether the pods of the version before keep answering: %j', (version, answer) => {
    const cell = rows().get(version)?.[1];
    expect(answer.startsWith('**no**') ? cell?.slice(0, answer.length) : cell).toBe(answer);
  });

  it('says what begins with a version, and not again at the next one', () => {
    const cells = (version: string, column: number) => rows().get(version)?.[column];
    expect(cells('0.98.3', 2)).toBe('app, maintenance (at most 4)');
    expect(cells('0.103.2', 2)).toBe('');
    expect(cells('0.104.0', 2)).toBe('app, idempotency-fence (at most 4), maintenance (at most 4)');
    expect(cells('0.105.0', 2)).toBe('');
    expect([cells('0.103.2', 3), cells('0.104.0', 3)]).toEqual(['', '`agent_identities.agent_id`']);
    expect(cells('0.107.0', 4)).toContain('`endpoint_sync_events`: SELECT, INSERT;');
    expect([cells('0.106.1', 4), cells('0.107.2', 4)]).toEqual(['', '']);
    expect(cells('0.104.0', 5)).toContain('`AGENT_BOM_GRAPH_AUTO_CORRELATE` is refused: the chart sets it');
    expect(cells('0.105.0', 5)).not.toContain('is refused');
    expect(cells('0.108.4', 5)).toMatch(/^`AGENT_BOM_API_ALLOWED_HOSTS`: /);
  });
});
