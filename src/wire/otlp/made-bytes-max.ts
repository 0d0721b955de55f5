/** Of OTLP made of any input, and of each byte of it. What clients send needs less than two a byte. */
const BYTES_FREE = 64 * 1024;
const BYTES_PER_BYTE = 4;

/**
 * Bytes of OTLP that may be made of so many bytes of another format. Empty spans, tags and logs are a
 * byte or two in some formats, and fifty in OTLP: a request full of them must not cost that.
 */
export function madeBytesMax(inputBytes: number): number {
  return BYTES_FREE + BYTES_PER_BYTE * inputBytes;
}
