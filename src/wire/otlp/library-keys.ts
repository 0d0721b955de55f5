import { Buffer } from 'node:buffer';
import { LIBRARY_KEYS } from '../../model/adjust-library-attributes.ts';

/** All keys start with it: one search finds them. */
const LIBRARY = Buffer.from('telemetry.');
const LIBRARY_BYTES = [...LIBRARY_KEYS].map((key) => Buffer.from(key));

/** Ranges of bytes, one behind the other. */
interface Ranges {
  readonly starts: ArrayLike<number>;
  readonly ends: ArrayLike<number>;
  readonly count: number;
}

/** Whether one of `LIBRARY_KEYS` stands in one of the ranges; what is between them does not count. */
export function hasLibraryKey(bytes: Buffer, { count, ends, starts }: Ranges): boolean {
  const first = starts[0] ?? 0;
  const searched = bytes.subarray(first, ends[count - 1] ?? first);
  let range = 0;
  for (let at = searched.indexOf(LIBRARY); at >= 0; at = searched.indexOf(LIBRARY, at + 1)) {
    while (range < count && (ends[range] ?? 0) <= first + at) range += 1;
    if (range >= count || (starts[range] ?? 0) > first + at) continue;
    if (LIBRARY_BYTES.some((key) => key.equals(searched.subarray(at, at + key.length))))
      return true;
  }
  return false;
}
