import { setFlagsFromString } from 'node:v8';

/** Below this there is no room to let garbage wait. */
const SPACIOUS_BYTES = 2 * 2 ** 30;

/**
 * Lets V8 weigh memory outside of its heap, such as the bodies of requests, together with the heap,
 * and collect when both have grown by two fifths. On its own V8 marks the whole heap for every few
 * dozen megabytes of buffers that were allocated, however short they lived: a server that takes
 * hundreds of megabytes a second spends a third of its time so. In a small container that is well
 * spent, and nothing is changed. V8 looks at both flags whenever it decides on a collection.
 * @param limitBytes of the container; 0 when there is none
 */
export function weighExternalMemoryWithHeap(limitBytes: number): void {
  if (limitBytes > 0 && limitBytes < SPACIOUS_BYTES) return;
  setFlagsFromString('--external-memory-accounted-in-global-limit');
  setFlagsFromString('--heap-growing-percent=40');
}
