import { setFlagsFromString } from 'node:v8';

/** Below this there is little room to let garbage wait. */
const SPACIOUS_BYTES = 2 * 2 ** 30;
/** By how much memory may grow before it is collected. */
const GROWING_PERCENT = { spacious: 40, small: 20 };

/**
 * Lets V8 weigh memory outside of its heap, such as the bodies of requests and what a storage holds,
 * together with the heap, and collect when both have grown by a part of what they are. On its own V8
 * marks the whole heap for every few dozen megabytes of buffers that were allocated, however much is
 * held and however short they lived: a collector that holds traces in memory spends a third of its
 * time so. V8 looks at both flags whenever it decides on a collection.
 * @param limitBytes of the container; 0 when there is none
 */
export function weighExternalMemoryWithHeap(limitBytes: number): void {
  const isSmall = limitBytes > 0 && limitBytes < SPACIOUS_BYTES;
  const percent = isSmall ? GROWING_PERCENT.small : GROWING_PERCENT.spacious;
  setFlagsFromString('--external-memory-accounted-in-global-limit');
  setFlagsFromString(`--heap-growing-percent=${percent}`);
}
