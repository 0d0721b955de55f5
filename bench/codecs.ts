import { Buffer } from 'node:buffer';
import { setTimeout as pause } from 'node:timers/promises';
import { jaegerBatchToOtlp, agentCallToOtlp } from '../src/wire/jaeger/thrift-to-otlp.ts';
import { postSpansToOtlp } from '../src/wire/jaeger/proto-to-otlp.ts';
import { scanSpans } from '../src/wire/otlp/scan-spans.ts';
import { encodeBatch } from '../test/wire/jaeger/encode-with-npm-thrift.ts';
import { protoBatch } from '../test/wire/jaeger/jaeger-messages.ts';
import { encodeJaegerProto, jaegerProtoDecoder } from '../test/wire/jaeger/jaeger-proto.ts';
import { protobufjsDecoder } from '../test/wire/otlp/otlp-proto.ts';
import type { Codec } from './codec.ts';
import { jaegerBatches, jaegerPackets } from './jaeger-packets.ts';
import { readThrift } from './read-thrift.ts';
import { zipkinCodecs } from './zipkin-codecs.ts';

const ROUNDS = 3;
const WARM_UP_MS = 500;
const MEASURE_MS = 1000;

/** Nanoseconds a span for each format, ours and the reference in turn, medians of three rounds. */
export async function benchCodecs(): Promise<void> {
  console.log('format                      ns/span   reference             ns/span   ratio');
  for (const codec of [...jaegerCodecs(), ...(await zipkinCodecs())]) {
    const messages = codec.messages.map((message) => Buffer.from(message));
    const spans = codec.spansPerMessage;
    const ours: number[] = [];
    const theirs: number[] = [];
    nanosPerSpan(messages, codec.ours, { spans, ms: WARM_UP_MS });
    nanosPerSpan(messages, codec.theirs, { spans, ms: WARM_UP_MS });
    for (let round = 0; round < ROUNDS; round += 1) {
      ours.push(nanosPerSpan(messages, codec.ours, { spans, ms: MEASURE_MS }));
      theirs.push(nanosPerSpan(messages, codec.theirs, { spans, ms: MEASURE_MS }));
      await pause(0);
    }
    const [own, other] = [median(ours), median(theirs)];
    console.log(
      `${codec.name.padEnd(27)} ${own.toFixed(0).padStart(7)}   ${codec.reference.padEnd(20)} ` +
        `${other.toFixed(0).padStart(8)}   ${(other / own).toFixed(1)}x`,
    );
  }
}

function jaegerCodecs(): readonly Codec[] {
  const batches = jaegerBatches();
  const spansPerMessage = batches[0]?.spans.length ?? 0;
  const binary = batches.map((batch) => encodeBatch(batch, 'binary'));
  const proto = batches.map((batch) =>
    encodeJaegerProto('PostSpansRequest', { batch: protoBatch(batch) }),
  );
  const otlp = binary.map((bytes) => jaegerBatchToOtlp(bytes, 'binary'));
  return [
    {
      name: 'Jaeger thrift compact, UDP',
      reference: 'npm thrift',
      messages: jaegerPackets(),
      spansPerMessage,
      ours: (message) => agentCallToOtlp(message, 'compact'),
      theirs: (message) => readThrift(message, 'compact', 'call'),
    },
    {
      name: 'Jaeger thrift binary, HTTP',
      reference: 'npm thrift',
      messages: binary,
      spansPerMessage,
      ours: (message) => jaegerBatchToOtlp(message, 'binary'),
      theirs: (message) => readThrift(message, 'binary', 'struct'),
    },
    {
      name: 'Jaeger protobuf, gRPC',
      reference: 'protobufjs',
      messages: proto,
      spansPerMessage,
      ours: postSpansToOtlp,
      theirs: jaegerProtoDecoder('PostSpansRequest'),
    },
    {
      name: 'OTLP protobuf, scanned',
      reference: 'protobufjs',
      messages: otlp,
      spansPerMessage,
      ours: scanSpans,
      theirs: protobufjsDecoder('TracesData'),
    },
  ];
}

function nanosPerSpan(
  messages: readonly Buffer[],
  decode: (message: Buffer) => unknown,
  { spans, ms }: { readonly spans: number; readonly ms: number },
): number {
  const started = performance.now();
  let decoded = 0;
  while (performance.now() - started < ms) {
    for (const message of messages) decode(message);
    decoded += messages.length * spans;
  }
  return ((performance.now() - started) * 1e6) / decoded;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
