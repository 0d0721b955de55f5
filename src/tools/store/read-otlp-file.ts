import type { Buffer } from 'node:buffer';
import { Readable, pipeline } from 'node:stream';
import type { Transform } from 'node:stream';
import { createGunzip, createZstdDecompress, zstdDecompressSync } from 'node:zlib';
import { errorText, systemErrorCode } from '../../runtime/errors.ts';
import { jsonToOtlp } from '../../wire/otlp/json-to-otlp.ts';
import { LENGTH_BYTES, MESSAGE_BYTES_MAX } from './otlp-file-format.ts';
import { pullBytes } from './pulled-bytes.ts';
import type { PulledBytes } from './pulled-bytes.ts';

/** A file, or a part of it, is not what an OTLP file has; the message says where. */
export class OtlpFileError extends Error {
  override readonly name = 'OtlpFileError';
}

export interface OtlpFile {
  /** What errors call it. */
  readonly name: string;
  readonly open: () => AsyncIterable<Uint8Array>;
}

const GZIP_MAGIC = '1f8b';
const ZSTD_MAGIC = '28b52ffd';
const OPEN_BRACE = 0x7b;

/**
 * The TracesData messages of an OTLP file, whatever its encoding and compression: both are told by
 * its first bytes. Messages may also be compressed one by one, as the file exporter of the
 * OpenTelemetry Collector does with `compression: zstd`.
 * @throws OtlpFileError
 */
export async function* readOtlpFile({ name, open }: OtlpFile): AsyncGenerator<Uint8Array> {
  let number = 0;
  try {
    const bytes = await decompressed(pullBytes(open()));
    const [first] = await bytes.peek(1);
    const messages = first === OPEN_BRACE ? lines(bytes) : delimited(bytes);
    for await (const message of messages) {
      const otlp = otlpOf(message);
      number += 1;
      yield otlp;
    }
  } catch (error) {
    if (isNotOpened(error)) {
      const why = systemErrorCode(error) === 'ENOENT' ? 'no such file' : errorText(error);
      throw new OtlpFileError(`cannot open ${name}: ${why}`);
    }
    throw new OtlpFileError(
      `message ${number + 1} of ${name} cannot be read: ${errorText(error)}`,
      {
        cause: error,
      },
    );
  }
}

function isNotOpened(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && error.syscall === 'open';
}

async function decompressed(bytes: PulledBytes): Promise<PulledBytes> {
  const magic = (await bytes.peek(4)).toString('hex');
  const transform = decompressorFor(magic);
  if (transform === undefined) return bytes;
  // What goes wrong here shows where the transform is read.
  pipeline(Readable.from(bytes.rest()), transform, () => undefined);
  return pullBytes(transform);
}

function decompressorFor(magic: string): Transform | undefined {
  if (magic.startsWith(GZIP_MAGIC)) return createGunzip();
  return magic === ZSTD_MAGIC ? createZstdDecompress() : undefined;
}

async function* lines(bytes: PulledBytes): AsyncGenerator<Buffer> {
  for (;;) {
    const line = await bytes.line(MESSAGE_BYTES_MAX);
    if (line === undefined) return;
    if (line.toString('latin1').trim() !== '') yield line;
  }
}

async function* delimited(bytes: PulledBytes): AsyncGenerator<Buffer> {
  for (;;) {
    const prefix = await bytes.take(LENGTH_BYTES);
    if (prefix.length === 0) return;
    if (prefix.length < LENGTH_BYTES) throw new OtlpFileError('the file is cut off');
    const length = prefix.readUInt32BE();
    if (length > MESSAGE_BYTES_MAX) {
      throw new OtlpFileError(`${length} bytes are more than a message has: it is no OTLP file`);
    }
    const message = await bytes.take(length);
    if (message.length < length) throw new OtlpFileError('the file is cut off');
    yield message;
  }
}

function otlpOf(message: Buffer): Uint8Array {
  const plain =
    message.subarray(0, 4).toString('hex') === ZSTD_MAGIC
      ? zstdDecompressSync(message, { maxOutputLength: MESSAGE_BYTES_MAX })
      : message;
  return plain[0] === OPEN_BRACE ? jsonToOtlp(plain) : plain;
}
