import { Buffer } from 'node:buffer';
import { postSpansToOtlp } from '../src/wire/jaeger/proto-to-otlp.ts';
import { createThriftConverter, jaegerBatchToOtlp } from '../src/wire/jaeger/thrift-to-otlp.ts';
import { scanSpans } from '../src/wire/otlp/scan-spans.ts';
import { STREAM_DECODERS } from '../src/wire/stream/decode-message.ts';
import { encodeBatch } from '../test/wire/jaeger/encode-with-npm-thrift.ts';
import { protoBatch } from '../test/wire/jaeger/jaeger-messages.ts';
import { encodeJaegerProto, jaegerProtoDecoder } from '../test/wire/jaeger/jaeger-proto.ts';
import { jsonSpans } from '../test/wire/jaeger/json-messages.ts';
import { protobufjsDecoder } from '../test/wire/otlp/otlp-proto.ts';
import { SPANS_PER_PACKET, jaegerBatches, jaegerPackets } from './jaeger-packets.ts';
import { readThrift } from './read-thrift.ts';
import { ZIPKIN_CODEC_ROWS } from './zipkin-codecs.ts';

/** Ours to OTLP bytes, and an independent decoder that only decodes the same bytes. */
export interface Codec {
  readonly messages: readonly Uint8Array[];
  readonly spansPerMessage: number;
  readonly ours: (message: Buffer) => unknown;
  readonly theirs: (message: Buffer) => unknown;
}

/** One format. What it needs is made only in the process that measures it. */
export interface CodecRow {
  readonly name: string;
  readonly reference: string;
  readonly make: () => Codec | Promise<Codec>;
}

const spansPerMessage = SPANS_PER_PACKET;

export const CODEC_ROWS: readonly CodecRow[] = [
  {
    name: 'Jaeger thrift compact, UDP',
    reference: 'npm thrift',
    make: (): Codec => {
      const converter = createThriftConverter('compact');
      return {
        messages: jaegerPackets(),
        spansPerMessage,
        ours: (message) => {
          converter.addCall(message);
          return converter.finish();
        },
        theirs: (message) => readThrift(message, 'compact', 'call'),
      };
    },
  },
  {
    name: 'Jaeger thrift binary, HTTP',
    reference: 'npm thrift',
    make: (): Codec => {
      const converter = createThriftConverter('binary');
      return {
        messages: binaryBatches(),
        spansPerMessage,
        ours: (message) => {
          converter.addBatch(message);
          return converter.finish();
        },
        theirs: (message) => readThrift(message, 'binary', 'struct'),
      };
    },
  },
  {
    name: 'Jaeger protobuf, gRPC',
    reference: 'protobufjs',
    make: () => ({
      messages: jaegerBatches().map((batch) =>
        encodeJaegerProto('PostSpansRequest', { batch: protoBatch(batch) }),
      ),
      spansPerMessage,
      ours: postSpansToOtlp,
      theirs: jaegerProtoDecoder('PostSpansRequest'),
    }),
  },
  {
    name: 'OTLP protobuf, scanned',
    reference: 'protobufjs',
    make: () => ({
      messages: binaryBatches().map((bytes) => jaegerBatchToOtlp(bytes, 'binary')),
      spansPerMessage,
      ours: scanSpans,
      theirs: protobufjsDecoder('TracesData'),
    }),
  },
  {
    name: 'Jaeger JSON, stream',
    reference: 'JSON.parse',
    make: () => ({
      messages: jaegerBatches()
        .flatMap(jsonSpans)
        .map((text) => Buffer.from(text)),
      spansPerMessage: 1,
      ours: STREAM_DECODERS.jaeger_json.toOtlp,
      theirs: (message): unknown => JSON.parse(message.toString()),
    }),
  },
  ...ZIPKIN_CODEC_ROWS,
];

function binaryBatches(): readonly Buffer[] {
  return jaegerBatches().map((batch) => encodeBatch(batch, 'binary'));
}
