import { bundleAddress, countCertificates, regionAuthorities } from '../../../contract/aws/certificate-authorities';

describe('certificate authorities', () => {
  it.each(['eu-west-1', 'us-east-1', 'ap-southeast-4', 'me-central-1'])('of %s are bundled', (region) => {
    expect(countCertificates(regionAuthorities(region) ?? '')).toBe(3);
  });

  it.each(['il-central-1', 'cn-north-1', 'eu-west', 'us-east-2-preview', '.*'])('of %s are not', (region) => {
    expect(regionAuthorities(region)).toBeUndefined();
  });

  it.each([
    ['il-central-1', 'https://truststore.pki.rds.amazonaws.com/il-central-1/il-central-1-bundle.pem'],
    ['us-gov-east-1', 'https://truststore.pki.us-gov-west-1.rds.amazonaws.com/us-gov-east-1/us-gov-east-1-bundle.pem'],
    ['cn-north-1', 'https://rds-truststore.s3.cn-north-1.amazonaws.com.cn/cn-north-1/cn-north-1-bundle.pem'],
  ])('of %s are published at %s', (region, address) => {
    expect(bundleAddress(region)).toBe(address);
  });

  it('are counted only when all can be read', () => {
    const good = regionAuthorities('eu-west-1') ?? '';
    expect(countCertificates('')).toBe(0);
    expect(countCertificates('<html>not found</html>')).toBe(0);
    expect(countCertificates(`${good}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`)).toBe(0);
  });
});
