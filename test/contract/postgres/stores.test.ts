import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GUARDED_TABLES, privilegesOf, STORES } from '../../../contract/postgres/stores';

const CATALOG = join(__dirname, '..', '..', '..', 'migrations', 'verify', 'admin', '030_privileges.sql');

describe('the stores', () => {
  it('are the ones that the checks look for', () => {
    const list = /store \(store, name\) as \(\s*values (.*?)\n\)/s.exec(readFileSync(CATALOG, 'utf8'))?.[1] ?? '';
    const checked = [...list.matchAll(/\('([^']+)', '([^']+)'\)/g)].map(([, store, table]) => `${store}: ${table}`);
    const named = STORES.flatMap(({ name, tables }) => tables.map((table) => `${name}: ${table}`));
    expect(named.sort()).toEqual(checked.sort());
    expect(STORES).toHaveLength(9);
  });

  it('are written by the application and the maintenance identity, and only read by the backup', () => {
    for (const store of STORES) {
      expect(privilegesOf('app', store)).toEqual(['SELECT', 'INSERT', 'UPDATE', 'DELETE']);
      expect(privilegesOf('maintenance', store)).toEqual(['SELECT', 'INSERT', 'UPDATE', 'DELETE']);
      expect(privilegesOf('backup', store)).toEqual(['SELECT']);
    }
  });

  it('leave the schema revision and the keys of the tenants out of what the application writes', () => {
    expect(GUARDED_TABLES.map((table) => privilegesOf('app', table))).toEqual([['SELECT'], []]);
    expect(GUARDED_TABLES.map((table) => privilegesOf('backup', table))).toEqual([['SELECT'], ['SELECT']]);
  });
});
