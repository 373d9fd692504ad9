interface Block {
  readonly base: number;
  readonly prefix: number;
}

const CIDR = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/;

/**
 * Blocks that are never routed on the internet. The widest is a `/8`. The last is shared address space, which clusters
 * give to pods where the others run out.
 *
 * @see https://www.rfc-editor.org/rfc/rfc1918
 * @see https://www.rfc-editor.org/rfc/rfc6598
 */
export const PRIVATE_BLOCKS = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'] as const;

/** Whether a text is an IPv4 block in CIDR notation, without bits beyond its prefix, that lies within a private one. */
export function isPrivateBlock(text: string): boolean {
  const block = parse(text);
  return block !== undefined && PRIVATE_BLOCKS.some((outer) => within(block, parse(outer)));
}

function parse(text: string): Block | undefined {
  const [, ...parts] = CIDR.exec(text) ?? [];
  const [prefix = 33, ...octets] = [parts.at(-1), ...parts.slice(0, -1)].map(Number);
  if (parts.length === 0 || prefix > 32 || octets.some((octet) => octet > 255)) return undefined;
  const base = octets.reduce((number, octet) => number * 256 + octet, 0);
  return base % size(prefix) === 0 ? { base, prefix } : undefined;
}

function within(block: Block, outer: Block | undefined): boolean {
  if (outer === undefined || block.prefix < outer.prefix) return false;
  return Math.floor(block.base / size(outer.prefix)) === outer.base / size(outer.prefix);
}

/** Number of addresses in a block. */
function size(prefix: number): number {
  return 2 ** (32 - prefix);
}
