import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedServer } from '../../commands/embedded/server';
import { query, SERVER_TIMEOUT_MS, superuserUrl } from '../support/postgres/database';

jest.setTimeout(2 * SERVER_TIMEOUT_MS);

/** What this test keeps, apart from what the servers of the other tests begin with. */
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kept-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function keptIn(folder: string) {
  let found: typeof import('../../commands/embedded/kept-data-directory') | undefined;
  jest.isolateModules(() => {
    jest.doMock('../../program-root', () => ({ PROGRAM_ROOT: folder, FROM_SOURCE: true }));
    found = require('../../commands/embedded/kept-data-directory');
  });
  jest.dontMock('../../program-root');
  if (found === undefined) throw new Error('the module did not load');
  return new found.KeptDataDirectory('16.1.0', 70);
}

const copy = (from: string, to: string) => cp(from, to, { recursive: true });

it('is copied for the next server of the version, with the password of its superuser', async () => {
  const kept = keptIn(root);
  const [first, second] = [join(root, 'first'), join(root, 'second')];
  mkdirSync(first);
  writeFileSync(join(first, 'PG_VERSION'), '16');
  expect(await kept.take(second, copy)).toBeUndefined();
  await kept.keep(first, 'secret', copy);
  writeFileSync(join(first, 'PG_VERSION'), 'changed');
  // Who comes second changes nothing, and leaves nothing.
  await kept.keep(first, 'another', copy);
  expect(await kept.take(second, copy)).toBe('secret');
  expect(readFileSync(join(second, 'PG_VERSION'), 'utf8')).toBe('16');
});

it('is made by initdb where the copy fails, or nothing can be kept', async () => {
  const kept = keptIn(root);
  const [first, second] = [join(root, 'first'), join(root, 'second')];
  mkdirSync(first);
  writeFileSync(join(root, 'node_modules'), 'a file is in the way');
  await kept.keep(first, 'secret', copy);
  rmSync(join(root, 'node_modules'));
  expect(await kept.take(second, copy)).toBeUndefined();
  await kept.keep(first, 'secret', copy);
  const cutShort = async (from: string, to: string) => {
    await copy(from, to);
    throw new Error('no space left');
  };
  expect(await kept.take(second, cutShort)).toBeUndefined();
  expect(existsSync(second)).toBe(false);
});

it('gives every server a superuser password of its own', async () => {
  const servers = [await EmbeddedServer.start(), await EmbeddedServer.start()];
  const [one, other] = servers as [EmbeddedServer, EmbeddedServer];
  expect(one.address.superuser.password).not.toBe(other.address.superuser.password);
  expect(await query(superuserUrl(one), 'select 1 as one')).toEqual([{ one: 1 }]);
  await expect(query(one.urlFor(other.address.superuser), 'select 1')).rejects.toThrow(
    'password authentication failed',
  );
  await Promise.all(servers.map((server) => server.stop()));
});
