import { Buffer } from 'node:buffer';
import { createGzip, createZstdCompress } from 'node:zlib';
import type { Transform } from 'node:stream';
import { decodeSpans } from '../../wire/otlp/decode-trace.ts';
import { resourceSpansText } from '../../wire/otlp/otlp-json.ts';

/**
 * How spans stand in a file, as the file exporter of the OpenTelemetry Collector writes them:
 * `otlp_proto` is TracesData messages, each behind its length in four bytes, big-endian; `otlp_json`
 * is a message a line.
 */
export const OTLP_FILE_ENCODINGS = ['otlp_proto', 'otlp_json'] as const;
export type OtlpFileEncoding = (typeof OTLP_FILE_ENCODINGS)[number];

export interface OtlpFileFormat {
  readonly encoding: OtlpFileEncoding;
  readonly compression: 'gzip' | 'zstd' | undefined;
}

export const LENGTH_BYTES = 4;
/** Longer ones are not written, and taken for damage when they are read. */
export const MESSAGE_BYTES_MAX = 256 * 2 ** 20;

const JSON_NAME = /\.(json|jsonl|ndjson)$/;

/** The format that the name of a file asks for: `spans.json.gz`; without a hint `otlp_proto`. */
export function formatOfName(name: string, encoding?: OtlpFileEncoding): OtlpFileFormat {
  const match = /\.(gz|zst)$/.exec(name);
  const plain = match === null ? name : name.slice(0, match.index);
  return {
    encoding: encoding ?? (JSON_NAME.test(plain) ? 'otlp_json' : 'otlp_proto'),
    compression: match === null ? undefined : match[1] === 'gz' ? 'gzip' : 'zstd',
  };
}

/** A TracesData message as a part of a file. */
export function encodeMessage(otlp: Uint8Array, encoding: OtlpFileEncoding): Buffer {
  if (encoding === 'otlp_proto') {
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32BE(otlp.length);
    return Buffer.concat([length, otlp]);
  }
  const pieces = [...resourceSpansText(decodeSpans(otlp), JSON.stringify)];
  return Buffer.from(`{"resourceSpans":[${pieces.join('')}]}\n`);
}

/** undefined when nothing is to be done. */
export function compressorFor({ compression }: OtlpFileFormat): Transform | undefined {
  switch (compression) {
    case 'gzip':
      return createGzip();
    case 'zstd':
      return createZstdCompress();
    case undefined:
      return undefined;
  }
}
