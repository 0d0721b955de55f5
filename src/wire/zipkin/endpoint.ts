/**
 * Who a span or an annotation is about; one record is reused. Ranges are of the text the spans are
 * read from and empty when not said.
 */
export interface ZipkinEndpoint {
  nameStart: number;
  nameStop: number;
  addressStart: number;
  addressStop: number;
  /** The address where the format has it as bytes; '' when it is a range or absent. */
  address: string;
  /** 0 when not said. */
  port: number;
}

export function createEndpoint(): ZipkinEndpoint {
  return { nameStart: 0, nameStop: 0, addressStart: 0, addressStop: 0, address: '', port: 0 };
}

export function clearEndpoint(endpoint: ZipkinEndpoint): void {
  endpoint.nameStart = endpoint.nameStop = 0;
  endpoint.addressStart = endpoint.addressStop = 0;
  endpoint.address = '';
  endpoint.port = 0;
}

export function copyEndpoint(from: ZipkinEndpoint, to: ZipkinEndpoint): void {
  to.nameStart = from.nameStart;
  to.nameStop = from.nameStop;
  to.addressStart = from.addressStart;
  to.addressStop = from.addressStop;
  to.address = from.address;
  to.port = from.port;
}

/** Whether both are the same by their ranges; equal texts in two places are not the same. */
export function isSameEndpoint(one: ZipkinEndpoint, other: ZipkinEndpoint): boolean {
  return (
    one.nameStart === other.nameStart &&
    one.nameStop === other.nameStop &&
    one.addressStart === other.addressStart &&
    one.addressStop === other.addressStop &&
    one.port === other.port &&
    one.address === other.address
  );
}

/** The text of an address of 4 or 16 bytes; '' for any other number of them. */
export function addressText(bytes: Uint8Array, start: number, stop: number): string {
  if (stop - start === 4) return bytes.subarray(start, stop).join('.');
  return stop - start === 16 ? ipv6Text(bytes, start) : '';
}

/** As RFC 5952 has it, IPv4-mapped addresses as IPv4. */
function ipv6Text(bytes: Uint8Array, start: number): string {
  const groups = Array.from({ length: 8 }, (_, index) => {
    const at = start + 2 * index;
    return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  });
  const [, , , , , mapped = 0] = groups;
  if (mapped === 0xffff && groups.slice(0, 5).every((group) => group === 0)) {
    return bytes.subarray(start + 12, start + 16).join('.');
  }
  const zeros = longestZeros(groups);
  const text = (from: number, to: number): string =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  if (zeros.length < 2) return text(0, 8);
  return `${text(0, zeros.start)}::${text(zeros.start + zeros.length, 8)}`;
}

function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let longest = { start: 0, length: 0 };
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > longest.length) longest = { start, length: index + 1 - start };
  }
  return longest;
}
