import { setFlagsFromString } from 'node:v8';

/**
 * Lets V8 weigh memory outside of its heap, such as the bodies of requests, together with the heap.
 * On its own it marks the whole heap for every few dozen megabytes of buffers that were allocated,
 * however short they lived: a server that takes hundreds of megabytes a second spends a third of its
 * time so. V8 looks at the flag whenever it decides on a collection, so it may be set at any time.
 */
export function weighExternalMemoryWithHeap(): void {
  setFlagsFromString('--external-memory-accounted-in-global-limit');
}
