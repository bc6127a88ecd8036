/** Addresses of clients, and the networks that a rule names: IPv4 and IPv6, in text (RFC 4291 §2.2, RFC 4632 §3.1). */

/** Sixteen bytes. IPv4 is mapped into IPv6 (RFC 4291 §2.5.5.2), as a socket for both shows it. */
export type Address = readonly number[];

export interface Network {
  readonly address: Address;
  /** How many bits of it count. */
  readonly length: number;
}

const MAPPED: Address = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

/** Undefined for what is no address. A zone (`%eth0`) is left out: it says where the client is, not which one it is. */
export function parseAddress(text: string): Address | undefined {
  return fourBytes(text) ?? sixteenBytes(text.replace(/%[\w.-]+$/, ""));
}

/** An address, or one followed by a slash and the length of its prefix; undefined for anything else. */
export function parseNetwork(text: string): Network | undefined {
  const [, address = "", digits] = /^([^/]*)(?:\/(0|[1-9]\d{0,2}))?$/.exec(text) ?? [];
  const four = fourBytes(address);
  const bytes = four ?? sixteenBytes(address);
  const longest = four ? 32 : 128;
  const length = digits === undefined ? longest : Number(digits);
  return bytes && length <= longest ? { address: bytes, length: length + 128 - longest } : undefined;
}

export function contains({ address, length }: Network, other: Address): boolean {
  return address.every((byte, index) => {
    const bits = Math.min(8, Math.max(0, length - 8 * index));
    return (byte ^ (other[index] as number)) >> (8 - bits) === 0;
  });
}

/** No zero in front: some read such a number as octal. */
function fourBytes(text: string): Address | undefined {
  const parts = text.split(".");
  const isByte = (part: string) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256;
  return parts.length === 4 && parts.every(isByte) ? [...MAPPED, ...parts.map(Number)] : undefined;
}

function sixteenBytes(text: string): Address | undefined {
  const halves = text.split("::").map(groups);
  const [front, back] = halves;
  if (!front || halves.length > 2 || halves.includes(undefined)) return undefined;
  if (!back) return front.length === 16 ? front : undefined;
  // "::" stands for one group at least.
  const gap = 16 - front.length - back.length;
  return gap >= 2 ? [...front, ...Array<number>(gap).fill(0), ...back] : undefined;
}

/** The bytes of groups with colons between them; the last may be IPv4. */
function groups(text: string): number[] | undefined {
  if (text === "") return [];
  const parts = text.split(":");
  const four = fourBytes(parts.at(-1) as string)?.slice(12);
  const six = four ? parts.slice(0, -1) : parts;
  if (!six.every((part) => /^[\da-f]{1,4}$/i.test(part))) return undefined;
  return [...six.flatMap((part) => [Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 255]), ...(four ?? [])];
}
