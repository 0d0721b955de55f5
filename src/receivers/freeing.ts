import { freeBytes } from '../runtime/free-bytes.ts';

/*
 * What a request brought is given back at once, refused or not: bad requests are of any size too, and
 * come as fast as good ones.
 */

/** Does work on bytes that nobody needs afterwards. */
export function freeingAfter<T>(bytes: Uint8Array, work: () => T): T {
  try {
    return work();
  } finally {
    freeBytes(bytes);
  }
}

/** The same for work that takes its time. */
export async function freeingOnceDone<T>(bytes: Uint8Array, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    freeBytes(bytes);
  }
}

/** Does work whose result needs the bytes. */
export function freeingOnError<T>(bytes: Uint8Array, work: () => T): T {
  try {
    return work();
  } catch (error) {
    freeBytes(bytes);
    throw error;
  }
}
