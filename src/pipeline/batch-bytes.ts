import { Buffer } from 'node:buffer';

/** The same memory as a Buffer, which can be searched. */
export function bytesOf(otlp: Uint8Array): Buffer {
  return Buffer.from(otlp.buffer, otlp.byteOffset, otlp.byteLength);
}
