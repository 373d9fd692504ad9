import type { IdentityName } from '../../../contract/postgres/identities';
import { UnreachableError } from '../output/exit-code';

interface Explanation {
  readonly rule: string;
  readonly fix: string;
}

const NETWORK: Explanation = {
  rule: 'the server answers at the host and port of the URL',
  fix: 'check host and port, that the server runs, and that its security group allows access from this machine',
};
const TRUST: Explanation = {
  rule: 'the certificate of the server is signed by a certificate authority (CA) in the file that `sslrootcert` names',
  fix: 'name the CA bundle of the region of the server in `sslrootcert`',
};
const LOGIN: Explanation = {
  rule: 'the server accepts the login with this password',
  fix: 'check the secret that the URL comes from; after a rotation, run the migration Job again',
};

/** What the error codes of Node, its TLS and PostgreSQL mean to the reader of the message. */
const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  ENOTFOUND: {
    rule: 'the host name of the URL exists',
    fix: 'check the host name; on RDS it is the endpoint of the instance',
  },
  ECONNREFUSED: NETWORK,
  ECONNRESET: NETWORK,
  EHOSTUNREACH: NETWORK,
  ENETUNREACH: NETWORK,
  ETIMEDOUT: NETWORK,
  CERT_HAS_EXPIRED: {
    rule: 'the certificate of the server is valid today',
    fix: 'renew the certificate of the server',
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    rule: 'the certificate of the server names the host of the URL',
    fix: 'connect to the endpoint of the instance, not to an alias of it',
  },
  SELF_SIGNED_CERT_IN_CHAIN: TRUST,
  DEPTH_ZERO_SELF_SIGNED_CERT: TRUST,
  UNABLE_TO_GET_ISSUER_CERT: TRUST,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: TRUST,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: TRUST,
  '28P01': LOGIN,
  '28000': LOGIN,
  '3D000': {
    rule: 'the database of the URL exists',
    fix: 'check the path of the URL; the contract’s database is `agent_bom`',
  },
  '42501': { rule: 'the login may connect to this database', fix: 'run the `after` step of the contract again' },
  '53300': {
    rule: 'the server, or the limit of the login, has a connection left',
    fix: 'see in pg_stat_activity who holds them, and compare the connection budget of the environment',
  },
  '57P03': { rule: 'the server has finished starting', fix: 'wait until it accepts connections, and try again' },
};
const NO_TLS: Explanation = {
  rule: 'the server encrypts connections with TLS',
  fix: 'enable TLS; it is always on in RDS, so check that the URL names the right server',
};
const OTHER: Explanation = {
  rule: 'the server accepts the login over verified TLS',
  fix: 'check host, password, certificate authority (CA), and that the network allows access from this machine',
};

/** Why a connection of an identity failed, in one sentence. */
export function connectionFailure(identity: IdentityName, error: Error): UnreachableError {
  const { code = '' } = error as NodeJS.ErrnoException;
  const reason = error instanceof AggregateError ? (error.errors[0] as Error) : error;
  const timedOut = /timeout expired|timed out/i.test(reason.message);
  const noTls = /does not support SSL/i.test(reason.message);
  const explanation = EXPLANATIONS[code] ?? (noTls ? NO_TLS : timedOut ? NETWORK : OTHER);
  return new UnreachableError({ path: `connection of the ${identity} identity`, got: reason.message, ...explanation });
}
