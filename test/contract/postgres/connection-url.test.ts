import { connectionUrl, encodeUserInfo, migrationUrl } from '../../../contract/postgres/connection-url';

const PARTS = {
  encodedUser: 'agent_bom_app',
  encodedPassword: 'p%40ss',
  host: 'db.internal',
  port: 5432,
  database: 'agent_bom',
  caFile: '/etc/ca.pem',
};

describe('connection URLs', () => {
  it('verify the server, and carry the role only where it is wanted', () => {
    expect(connectionUrl(PARTS)).toBe(
      'postgresql://agent_bom_app:p%40ss@db.internal:5432/agent_bom?sslmode=verify-full&sslrootcert=/etc/ca.pem',
    );
    expect(migrationUrl(PARTS)).toBe(
      `${connectionUrl(PARTS)}&options=-c%20role%3Dagent_bom_owner%20-c%20app.bypass_rls%3D1%20-c%20search_path%3Dpublic%2Cpg_temp`,
    );
  });

  it('encode what would end a user name or a password', () => {
    expect(encodeUserInfo("a:b@c/d?e#f%g h'i(j)k*l!m~n")).toBe('a%3Ab%40c%2Fd%3Fe%23f%25g%20h%27i%28j%29k%2Al%21m%7En');
  });
});
