import type { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { zipkinProtoToOtlp } from '../../src/wire/zipkin/proto-to-otlp.ts';
import { zipkinV1JsonToOtlp } from '../../src/wire/zipkin/v1-json-to-otlp.ts';
import { zipkinThriftToOtlp } from '../../src/wire/zipkin/v1-thrift-to-otlp.ts';
import { zipkinV2JsonToOtlp } from '../../src/wire/zipkin/v2-json-to-otlp.ts';
import { FIXED_PIECES, JSON_PIECES, NAME_PIECES, VARINT_PIECES } from '../harness/mutate.ts';
import { checkMadeOtlp, isWireError } from './check-otlp.ts';
import { ZIPKIN_V1_SPANS, ZIPKIN_V2_SPANS, jsonCorpus } from './corpora.ts';
import { proveDecoder } from './prove-decoder.ts';
import {
  ZIPKIN_PROTO_SPANS,
  ZIPKIN_THRIFT_SPANS,
  encodeZipkinProto,
  encodeZipkinThrift,
} from './zipkin-messages.ts';

const TIMEOUT_MS = 120_000;

interface Case {
  readonly name: string;
  readonly corpus: readonly Uint8Array[];
  readonly pieces: readonly Uint8Array[];
  readonly toOtlp: (bytes: Buffer) => Uint8Array;
}

/** Of all reading JSON, what JSON.parse refuses must be refused. */
function onlyJson(toOtlp: (bytes: Buffer) => Uint8Array): (bytes: Buffer) => Uint8Array {
  return (bytes) => {
    const otlp = toOtlp(bytes);
    JSON.parse(bytes.toString('utf8'));
    return otlp;
  };
}

const CASES: readonly Case[] = [
  {
    name: 'v2 JSON',
    corpus: jsonCorpus(ZIPKIN_V2_SPANS),
    pieces: [...JSON_PIECES, ...NAME_PIECES],
    toOtlp: onlyJson((bytes) => zipkinV2JsonToOtlp(bytes)),
  },
  {
    name: 'v1 JSON',
    corpus: jsonCorpus(ZIPKIN_V1_SPANS),
    pieces: [...JSON_PIECES, ...NAME_PIECES],
    toOtlp: onlyJson(zipkinV1JsonToOtlp),
  },
  {
    name: 'v2 protobuf',
    corpus: [ZIPKIN_PROTO_SPANS, ...ZIPKIN_PROTO_SPANS.map((span) => [span])].map(
      encodeZipkinProto,
    ),
    pieces: [...VARINT_PIECES, ...FIXED_PIECES, ...NAME_PIECES],
    toOtlp: zipkinProtoToOtlp,
  },
  {
    name: 'v1 thrift',
    corpus: [ZIPKIN_THRIFT_SPANS, ...ZIPKIN_THRIFT_SPANS.map((span) => [span])].map(
      encodeZipkinThrift,
    ),
    pieces: [...FIXED_PIECES, ...NAME_PIECES],
    toOtlp: zipkinThriftToOtlp,
  },
];

describe('damaged Zipkin', () => {
  it.each(CASES)('$name is kept as valid spans or refused', { timeout: TIMEOUT_MS }, (each) => {
    const tally = proveDecoder({
      seed: 4,
      corpus: each.corpus,
      pieces: each.pieces,
      decode: (bytes) => checkMadeOtlp(each.toOtlp(bytes), bytes),
      isRefusal: isWireError,
    });
    expect(tally.accepted).toBeGreaterThan(5_000);
    expect(tally.refused).toBeGreaterThan(10_000);
  });
});
