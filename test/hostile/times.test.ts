import { Buffer } from 'node:buffer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeSpans } from '../../src/wire/otlp/encode-trace.ts';
import { aSpan, spanId, traceId } from '../harness/a-span.ts';
import { until } from '../harness/until.ts';
import { encodeBatch } from '../wire/jaeger/encode-with-npm-thrift.ts';
import { encodeJaegerProto } from '../wire/jaeger/jaeger-proto.ts';
import { startSystem } from './system.ts';
import type { Answer, System } from './system.ts';
import { encodeZipkinProto, encodeZipkinThrift } from './zipkin-messages.ts';

type Send = (system: System, id: number) => Promise<Answer>;

const JSON_TYPE = 'application/json';
const PROTOBUF = 'application/x-protobuf';
const THRIFT = 'application/x-thrift';
const MAX = 2n ** 64n - 1n;

const otlp =
  (start: bigint, end: bigint): Send =>
  (system, id) => {
    const span = aSpan({
      traceId: traceId(id),
      spanId: spanId(id),
      startTimeUnixNano: start,
      endTimeUnixNano: end,
      events: [{ name: 'e', timeUnixNano: end, attributes: [], droppedAttributesCount: 0 }],
    });
    return system.post('otlp http', '/v1/traces', { type: PROTOBUF, body: encodeSpans([span]) });
  };

const otlpJson =
  (start: string, end: string): Send =>
  (system, id) => {
    const times = `"startTimeUnixNano":${start},"endTimeUnixNano":${end}`;
    const span = `{"traceId":"${traceId(id)}","spanId":"${spanId(id)}","name":"n",${times}}`;
    const body = Buffer.from(`{"resourceSpans":[{"scopeSpans":[{"spans":[${span}]}]}]}`);
    return system.post('otlp http', '/v1/traces', { type: JSON_TYPE, body });
  };

const thrift =
  (startMicros: bigint, durationMicros: bigint): Send =>
  (system, id) => {
    const span = { traceId: BigInt(id), spanId: BigInt(id), parentSpanId: 0n, name: 'n', flags: 1 };
    const logs = [{ micros: startMicros, fields: [] }];
    const spans = [{ ...span, startMicros, durationMicros, logs }];
    const body = encodeBatch({ serviceName: 's', spans }, 'binary');
    return system.post('jaeger thrift http', '/api/traces', { type: THRIFT, body });
  };

const jaegerProto =
  (startTime: object, duration: object): Send =>
  (system, id) => {
    const ids = {
      traceId: Buffer.from(traceId(id), 'hex'),
      spanId: Buffer.from(spanId(id), 'hex'),
    };
    const spans = [{ ...ids, operationName: 'n', startTime, duration }];
    const batch = { process: { serviceName: 's' }, spans };
    const message = encodeJaegerProto('PostSpansRequest', { batch });
    return system.call('jaeger grpc', '/jaeger.api_v2.CollectorService/PostSpans', message);
  };

const zipkinJson =
  (timestamp: string, duration: string, annotation = '1'): Send =>
  (system, id) => {
    const times = `"timestamp":${timestamp},"duration":${duration}`;
    const annotations = `"annotations":[{"timestamp":${annotation},"value":"a"}]`;
    const span = `{"traceId":"${traceId(id)}","id":"${spanId(id)}",${times},${annotations}}`;
    const body = Buffer.from(`[${span}]`);
    return system.post('zipkin http', '/api/v2/spans', { type: JSON_TYPE, body });
  };

const zipkinProto =
  (timestamp: string, duration: string): Send =>
  (system, id) => {
    const ids = { trace_id: Buffer.from(traceId(id), 'hex'), id: Buffer.from(spanId(id), 'hex') };
    const body = encodeZipkinProto([{ ...ids, name: 'n', timestamp, duration }]);
    return system.post('zipkin http', '/api/v2/spans', { type: PROTOBUF, body });
  };

const zipkinThrift =
  (micros: bigint, durationMicros: bigint): Send =>
  (system, id) => {
    const body = encodeZipkinThrift([
      { traceId: BigInt(id), id: BigInt(id), name: 'n', micros, durationMicros },
    ]);
    return system.post('zipkin http', '/api/v1/spans', { type: THRIFT, body });
  };

/** Sent; and whether the sender hears that it was no use. */
const CASES: readonly (readonly [string, Send, 'taken' | 'refused'])[] = [
  ['OTLP 0 to 0', otlp(0n, 0n), 'taken'],
  ['OTLP 0 to now', otlp(0n, 1_700_000_000_000_000_000n), 'taken'],
  ['OTLP end before start', otlp(1_700_000_000_000_000_000n, 1n), 'taken'],
  ['OTLP 2^63', otlp(2n ** 63n, 2n ** 63n + 1n), 'taken'],
  ['OTLP 1 to 2^64-1', otlp(1n, MAX), 'taken'],
  ['OTLP 2^64-1 to 1', otlp(MAX, 1n), 'taken'],
  ['OTLP of the year 2255', otlp(9_000_000_000_000_000_000n, 9_000_000_000_000_000_001n), 'taken'],
  ['OTLP JSON NaN', otlpJson('NaN', '1'), 'refused'],
  ['OTLP JSON "NaN"', otlpJson('"NaN"', '1'), 'refused'],
  ['OTLP JSON 1e400', otlpJson('1e400', '1'), 'refused'],
  ['OTLP JSON a half', otlpJson('0.5', '1'), 'refused'],
  ['OTLP JSON 2^64', otlpJson('"18446744073709551616"', '1'), 'refused'],
  ['OTLP JSON null', otlpJson('null', '1'), 'taken'],
  ['thrift 0 for 0', thrift(0n, 0n), 'taken'],
  ['thrift 2^63-1 for 2^63-1', thrift(2n ** 63n - 1n, 2n ** 63n - 1n), 'taken'],
  ['thrift -2^63 for -2^63', thrift(-(2n ** 63n), -(2n ** 63n)), 'taken'],
  ['thrift now for -1', thrift(1_700_000_000_000_000n, -1n), 'taken'],
  [
    'Jaeger protobuf 2^63-1 seconds',
    jaegerProto({ seconds: '9223372036854775807', nanos: 2 ** 31 - 1 }, { seconds: '1' }),
    'taken',
  ],
  [
    'Jaeger protobuf -2^63 seconds',
    jaegerProto({ seconds: '-9223372036854775808', nanos: -1 }, { seconds: -1, nanos: -(2 ** 31) }),
    'taken',
  ],
  ['Zipkin JSON NaN', zipkinJson('NaN', '1'), 'refused'],
  ['Zipkin JSON "NaN"', zipkinJson('"NaN"', '1'), 'refused'],
  ['Zipkin JSON 1e400 for 1e400', zipkinJson('1e400', '1e400', '1e400'), 'taken'],
  ['Zipkin JSON 5 with annotation 1e400', zipkinJson('5', 'null', '1e400'), 'taken'],
  ['Zipkin JSON 5 with annotation -1e400', zipkinJson('5', 'null', '-1e400'), 'taken'],
  ['Zipkin JSON -1 for -1', zipkinJson('-1', '-1', '-1'), 'taken'],
  ['Zipkin JSON 2^63 for 2^64', zipkinJson('9223372036854775808', '18446744073709551616'), 'taken'],
  ['Zipkin protobuf 2^64-1', zipkinProto('18446744073709551615', '18446744073709551615'), 'taken'],
  ['Zipkin thrift -2^63', zipkinThrift(-(2n ** 63n), -(2n ** 63n)), 'taken'],
  ['Zipkin thrift 2^63-1', zipkinThrift(2n ** 63n - 1n, 2n ** 63n - 1n), 'taken'],
];

let system: System;

beforeAll(async () => {
  system = await startSystem();
});

afterAll(async () => {
  await system[Symbol.asyncDispose]();
});

describe('an absurd time', () => {
  it.each(CASES.map(([name, send, answer], index) => ({ name, send, answer, id: index + 1 })))(
    'is shown as a number, or counted: $name',
    async ({ send, answer, id }) => {
      const before = await system.ledger();
      const given = await send(system, id);
      await until(async () => (await system.ledger()).inFlight === 0);
      const after = await system.ledger();
      const isCounted = after.refused > before.refused;
      const trace = await system.get(`/api/traces/${id.toString(16)}`);
      // Zipkin has no other way to say that nothing was kept.
      if (given !== 'refused' || !isCounted) expect(given).toBe(answer);
      if (answer === 'refused' || isCounted) {
        expect(trace.status).toBe(404);
      } else {
        expect(trace.status).toBe(200);
        for (const time of timesOf(trace.text)) {
          expect(time).toSatisfy(Number.isInteger);
          expect(time).toBeGreaterThanOrEqual(0);
        }
      }
    },
  );

  it('does not keep the others from being found', async () => {
    const kept = await otlp(1_700_000_000_000_000_000n, 1_700_000_000_000_000_001n)(system, 999);
    expect(kept).toBe('taken');
    const found = await system.get(
      '/api/traces?service=frontend&limit=100&start=0&end=1800000000000000',
    );
    expect(found.status).toBe(200);
    expect(found.text).toContain(`"traceID":"${(999).toString(16).padStart(16, '0')}"`);
    for (const time of timesOf(found.text)) expect(time).toSatisfy(Number.isInteger);
  });
});

/** Every time and duration of Jaeger's JSON. */
function timesOf(text: string): readonly unknown[] {
  const times: unknown[] = [];
  JSON.parse(text, (key, value: unknown) => {
    if (key === 'startTime' || key === 'duration' || key === 'timestamp') times.push(value);
    return value;
  });
  expect(times.length).toBeGreaterThan(1);
  return times;
}
