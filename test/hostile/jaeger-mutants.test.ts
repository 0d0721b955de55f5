import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { jaegerJsonSpanToOtlp } from '../../src/wire/jaeger/json-to-otlp.ts';
import { jaegerProtoSpanToOtlp, postSpansToOtlp } from '../../src/wire/jaeger/proto-to-otlp.ts';
import { agentCallToOtlp, jaegerBatchToOtlp } from '../../src/wire/jaeger/thrift-to-otlp.ts';
import { FIXED_PIECES, JSON_PIECES, NAME_PIECES, VARINT_PIECES } from '../harness/mutate.ts';
import { encodeBatch, encodeEmitBatch } from '../wire/jaeger/encode-with-npm-thrift.ts';
import { protoBatch, protoSpan } from '../wire/jaeger/jaeger-messages.ts';
import { encodeJaegerProto } from '../wire/jaeger/jaeger-proto.ts';
import { checkMadeOtlp, isWireError } from './check-otlp.ts';
import { JAEGER_JSON_SPAN, RICH_BATCH, jaegerCorpus } from './corpora.ts';
import { proveDecoder } from './prove-decoder.ts';
import { ZIPKIN_THRIFT_SPANS, encodeEmitZipkinBatch } from './zipkin-messages.ts';

const TIMEOUT_MS = 120_000;
const ENCODINGS = ['binary', 'compact'] as const;

interface Case {
  readonly name: string;
  readonly corpus: readonly Uint8Array[];
  readonly toOtlp: (bytes: Uint8Array) => Uint8Array;
  readonly pieces?: readonly Uint8Array[];
}

const CASES: readonly Case[] = [
  ...ENCODINGS.flatMap((encoding): readonly Case[] => [
    {
      name: `a thrift batch, ${encoding}`,
      corpus: [
        ...jaegerCorpus().map((batch) => encodeBatch(batch, encoding)),
        encodeBatch(RICH_BATCH, encoding, 'spans first'),
      ],
      toOtlp: (bytes) => jaegerBatchToOtlp(bytes, encoding),
    },
    {
      name: `a call of an agent, ${encoding}`,
      corpus: [
        ...jaegerCorpus().map((batch) => encodeEmitBatch(batch, encoding)),
        encodeEmitZipkinBatch(ZIPKIN_THRIFT_SPANS, encoding),
        encodeEmitZipkinBatch(ZIPKIN_THRIFT_SPANS.slice(1), encoding),
      ],
      toOtlp: (bytes) => agentCallToOtlp(bytes, encoding).otlp,
    },
  ]),
  {
    name: 'PostSpansRequest',
    corpus: jaegerCorpus().map((batch) =>
      encodeJaegerProto('PostSpansRequest', { batch: protoBatch(batch) }),
    ),
    toOtlp: postSpansToOtlp,
  },
  {
    name: 'a protobuf span',
    corpus: RICH_BATCH.spans.map((span) =>
      encodeJaegerProto('Span', {
        ...protoSpan(span),
        process: { serviceName: 'a' },
        warnings: ['w'],
      }),
    ),
    toOtlp: jaegerProtoSpanToOtlp,
  },
  {
    name: 'a JSON span',
    corpus: [undefined, 1].map((space) =>
      Buffer.from(JSON.stringify(JAEGER_JSON_SPAN, undefined, space)),
    ),
    toOtlp: jaegerJsonSpanToOtlp,
    pieces: [...JSON_PIECES, ...NAME_PIECES],
  },
];

describe('damaged Jaeger', () => {
  it.each(CASES)('$name is kept as valid spans or refused', { timeout: TIMEOUT_MS }, (each) => {
    const tally = proveDecoder({
      seed: 3,
      corpus: each.corpus,
      pieces: each.pieces ?? [...VARINT_PIECES, ...FIXED_PIECES, ...NAME_PIECES],
      decode: (bytes) => checkMadeOtlp(each.toOtlp(bytes), bytes),
      isRefusal: isWireError,
    });
    expect(tally.accepted).toBeGreaterThan(10_000);
    expect(tally.refused).toBeGreaterThan(10_000);
  });
});
