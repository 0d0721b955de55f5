import { Buffer } from 'node:buffer';

/** The same memory as a Buffer, which can be searched. */
export function bytesOf(otlp: Uint8Array): Buffer {
  return Buffer.from(otlp.buffer, otlp.byteOffset, otlp.byteLength);
}

/**
 * False when none of the texts is anywhere in the bytes: a search in native code, so that a batch
 * no rule applies to costs little. An empty text is everywhere.
 */
export function holdsAny(bytes: Buffer, texts: readonly Buffer[]): boolean {
  return texts.some((text) => bytes.includes(text));
}
