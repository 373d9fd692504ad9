import { isPrivateBlock, isProxyNetwork } from '../../../contract/aws/private-addresses';

describe('a private block', () => {
  it.each([
    '10.0.0.0/8',
    '10.255.255.255/32',
    '172.16.0.0/12',
    '172.31.0.0/16',
    '192.168.0.0/16',
    '100.64.0.0/10',
    '100.127.255.0/24',
  ])('is %s', (cidr) => {
    expect(isPrivateBlock(cidr)).toBe(true);
  });

  it.each([
    '0.0.0.0/0',
    '8.0.0.0/6',
    '10.0.0.0/7',
    '11.0.0.0/8',
    '172.15.0.0/16',
    '172.32.0.0/16',
    '172.16.0.0/11',
    '192.169.0.0/16',
    '192.168.0.0/15',
    '100.63.0.0/16',
    '100.128.0.0/16',
    '10.0.0.1/16',
    '10.0.0.0/33',
    '10.0.0.256/32',
    '10.0.0.0',
    '10.0.0/8',
    '10.0.0.0/',
    'fd00::/8',
    '',
  ])('is not %p', (cidr) => {
    expect(isPrivateBlock(cidr)).toBe(false);
  });
});

describe('a network of proxies', () => {
  it.each([
    ['10.20.0.0/16', true],
    ['2001:db8:1::/48', true],
    ['2001:db8:1:2::/64', true],
    ['2001:db8::/47', false],
    ['2001:db8:1::1/48', false],
    ['::/0', false],
    ['0.0.0.0/0', false],
    ['2001:db8:1::', false],
  ])('is %s: %s', (cidr, expected) => {
    expect(isProxyNetwork(cidr)).toBe(expected);
  });
});
