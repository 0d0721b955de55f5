/**
 * Gives the memory of `bytes` back at once, when it is all theirs. For garbage that comes faster than
 * a collector should have to run, such as the chunks of sockets: V8 marks its whole heap for every few
 * dozen megabytes of buffers, while the allocator hands out again what is still warm in the caches.
 * Every view of the memory is empty afterwards; while a system call or another thread may still use
 * it, freeing it is forbidden.
 */
export function freeBytes({ buffer, byteLength }: Uint8Array): void {
  const isWhole = byteLength > 0 && byteLength === buffer.byteLength;
  if (isWhole && buffer instanceof ArrayBuffer) buffer.transfer(0);
}
