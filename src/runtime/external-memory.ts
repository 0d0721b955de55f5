import { setFlagsFromString } from 'node:v8';

/**
 * Lets V8 weigh memory outside of its heap, such as the bodies of requests, together with the heap,
 * and collect when both have grown by two fifths. On its own V8 marks the whole heap for every few
 * dozen megabytes of buffers that were allocated, however short they lived: a server that takes
 * hundreds of megabytes a second spends a third of its time so. Weighed together without a bound on
 * growth, they fill a small container first. V8 looks at both flags whenever it decides on a
 * collection, so they may be set at any time.
 */
export function weighExternalMemoryWithHeap(): void {
  setFlagsFromString('--external-memory-accounted-in-global-limit');
  setFlagsFromString('--heap-growing-percent=40');
}
