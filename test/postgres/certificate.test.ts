import { chmodSync, chownSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServerCertificates } from '../../commands/embedded/certificates';
import { EmbeddedServer } from '../../commands/embedded/server';
import { rehearsalUrls } from '../../commands/rehearsal/rehearse';
import { query, SERVER_TIMEOUT_MS, superuserUrl } from '../support/database';
import { runInProcess } from '../support/program';

jest.setTimeout(SERVER_TIMEOUT_MS);

it('a certificate that has expired is refused, with one sentence', async () => {
  const server = await EmbeddedServer.start();
  try {
    const expired = await createServerCertificates(new Date('2020-01-01T00:00:00Z'));
    const data = join(server.address.directory, 'data');
    const { uid, gid } = statSync(data);
    for (const [name, text] of [
      ['server.crt', expired.certificate],
      ['server.key', expired.privateKey],
    ] as const) {
      writeFileSync(join(data, name), text);
      chownSync(join(data, name), uid, gid);
      chmodSync(join(data, name), 0o600);
    }
    const authority = join(mkdtempSync(join(tmpdir(), 'certificate-')), 'ca.pem');
    writeFileSync(authority, expired.authority);
    await query(superuserUrl(server), 'select pg_reload_conf()');
    const url = new URL(rehearsalUrls(server).app);
    url.searchParams.set('sslrootcert', authority);
    const { code, output } = await runInProcess({ AGENT_BOM_POSTGRES_URL: url.href }, 'doctor');
    expect({ code, output }).toEqual({
      code: 3,
      output: expect.stringContaining('the certificate of the server is valid today'),
    });
    expect(output.match(/ rule: /g)).toHaveLength(1);
  } finally {
    await server.stop();
  }
});
