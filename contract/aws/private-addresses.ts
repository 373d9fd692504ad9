import { IPv4, IPv6 } from 'ipaddr.js';

/**
 * Blocks that are never routed on the internet. The last is shared address space, which clusters give to pods when other
 * addresses run out.
 *
 * @see https://www.rfc-editor.org/rfc/rfc1918
 * @see https://www.rfc-editor.org/rfc/rfc6598
 */
export const PRIVATE_BLOCKS = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'] as const;

/** Whether a text is an IPv4 block in CIDR notation, without host bits, that lies within a private one. */
export function isPrivateBlock(text: string): boolean {
  if (!IPv4.isValidCIDRFourPartDecimal(text)) return false;
  const [address, prefix] = IPv4.parseCIDR(text);
  if (IPv4.networkAddressFromCIDR(text).toString() !== address.toString()) return false;
  return PRIVATE_BLOCKS.some((block) => {
    const [outer, bits] = IPv4.parseCIDR(block);
    return prefix >= bits && address.match(outer, bits);
  });
}

/** The network of an IPv4 address in CIDR notation: `10.20.0.0/16` of `10.20.0.5/16`. */
export function networkOf(text: string): string | undefined {
  if (!IPv4.isValidCIDRFourPartDecimal(text)) return undefined;
  return `${IPv4.networkAddressFromCIDR(text).toString()}/${IPv4.parseCIDR(text)[1]}`;
}

/** A VPC has a /56 of public IPv6 addresses, and a site /48: a larger network holds strangers. */
const LARGEST_SITE = 48;

/** Whether a text is a network that one's own proxies may be in: a private IPv4 block, or an IPv6 block of a site at most. */
export function isProxyNetwork(text: string): boolean {
  if (!text.includes(':')) return isPrivateBlock(text);
  if (!IPv6.isValidCIDR(text)) return false;
  const [address, prefix] = IPv6.parseCIDR(text);
  return prefix >= LARGEST_SITE && IPv6.networkAddressFromCIDR(text).toString() === address.toString();
}
