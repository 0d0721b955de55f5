import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import type { Span, SpanLink } from '../../src/model/span.ts';
import { createPipeline } from '../../src/pipeline/pipeline.ts';
import { isJsonObject, jsonObjects } from '../../src/runtime/json-object.ts';
import type { JsonObject } from '../../src/runtime/json-object.ts';
import { jaegerBatchToOtlp } from '../../src/wire/jaeger/thrift-to-otlp.ts';
import { encodeSpans } from '../../src/wire/otlp/encode-trace.ts';
import {
  TEST_TIME_NANO,
  aResource,
  aScope,
  aSpan,
  batchOf,
  spanId,
  traceId,
} from '../harness/a-span.ts';
import type { SpanOverrides } from '../harness/a-span.ts';
import { encodeBatch } from '../wire/jaeger/encode-with-npm-thrift.ts';
import type { TestSpan, TestTag } from '../wire/jaeger/encode-with-npm-thrift.ts';
import { openQueryStorage, QUERY_STORAGES } from './query-storages.ts';
import { startTestQuery } from './start-test-query.ts';

const START_MICROS = TEST_TIME_NANO / 1000n;
const OTHER_TRACE = 'ab'.repeat(16);

describe.each(QUERY_STORAGES)('over %s storage', (kind) => {
  /** What `/api/traces/1` says of the one span of a message that went through pipeline and storage. */
  async function shown(otlp: Uint8Array): Promise<{ span: JsonObject; process: JsonObject }> {
    const storage = await openQueryStorage(kind);
    const pipeline = createPipeline({
      destination: (batch, signal) => storage.writer.write(batch, signal),
      metrics: new Registry(),
      batchesMax: 1,
      bytesMax: 1_000_000,
      serviceNamesMax: 10,
      tags: new Map(),
    });
    await pipeline.sinkFor('http')(batchOf(otlp), new AbortController().signal);
    const query = await startTestQuery(storage);
    try {
      const answer: unknown = JSON.parse((await query.ask('/api/traces/1?raw=true')).body);
      const [trace] = jsonObjects(isJsonObject(answer) ? answer['data'] : []);
      const [span] = jsonObjects(trace?.['spans']);
      const processes = trace?.['processes'];
      const process = isJsonObject(processes) ? processes['p1'] : undefined;
      if (span === undefined || !isJsonObject(process)) throw new Error('no span is shown');
      return { span, process };
    } finally {
      await query.stop();
      await storage.close();
    }
  }

  async function shownOtlp(overrides: SpanOverrides): ReturnType<typeof shown> {
    return shown(encodeSpans([aSpan({ kind: 'unspecified', ...overrides })]));
  }

  async function shownThrift(
    overrides: Partial<TestSpan>,
    batch: { serviceName?: string; processTags?: readonly TestTag[] } = {},
  ): ReturnType<typeof shown> {
    const span: TestSpan = {
      traceId: 1n,
      spanId: 1n,
      parentSpanId: 0n,
      name: 'op',
      flags: 1,
      startMicros: START_MICROS,
      durationMicros: 5n,
      ...overrides,
    };
    const bytes = encodeBatch({ serviceName: 'frontend', ...batch, spans: [span] }, 'binary');
    return shown(jaegerBatchToOtlp(bytes, 'binary'));
  }

  const text = (key: string, value: string): TestTag => ({ key, value: { type: 'string', value } });
  const tag = (key: string, value: unknown, type = 'string'): object => ({ key, type, value });

  /** The first second that is refused, in 2262. */
  const TIME_LIMIT_NANO = 9_223_372_036_000_000_000n;

  describe('OTLP as Jaeger JSON', () => {
    it.each<[string, SpanOverrides, readonly object[]]>([
      ['kind', { kind: 'server' }, [tag('span.kind', 'server')]],
      ['internal kind', { kind: 'internal' }, [tag('span.kind', 'internal')]],
      [
        'error',
        { status: { code: 'error', message: 'broke' } },
        [tag('error', true, 'bool'), tag('otel.status_description', 'broke')],
      ],
      ['ok', { status: { code: 'ok', message: '' } }, [tag('otel.status_code', 'OK')]],
      [
        'scope',
        { scope: aScope({ name: 'lib', version: '1.2' }) },
        [tag('otel.scope.name', 'lib'), tag('otel.scope.version', '1.2')],
      ],
      ['tracestate', { traceState: 'a=b,c=d' }, [tag('w3c.tracestate', 'a=b,c=d')]],
      [
        'scalars',
        { attributes: { s: 'x', b: true, i: 7n, big: 2n ** 63n - 1n, d: 1.5 } },
        [
          tag('s', 'x'),
          tag('b', true, 'bool'),
          tag('i', 7, 'int64'),
          tag('big', '9223372036854775807', 'int64'),
          tag('d', 1.5, 'float64'),
        ],
      ],
      [
        'array and map',
        {
          attributes: {
            list: {
              type: 'array',
              values: [
                { type: 'int', value: 1n },
                { type: 'string', value: 'a"' },
              ],
            },
            map: { type: 'map', entries: [{ key: 'k', value: { type: 'bool', value: false } }] },
          },
        },
        [tag('list', '[1,"a\\""]'), tag('map', '{"k":false}')],
      ],
      ['bytes', { attributes: { raw: new Uint8Array([0, 255]) } }, [tag('raw', 'AP8=', 'binary')]],
      [
        'names of JavaScript',
        { attributes: [{ key: '__proto__', value: { type: 'string', value: 'constructor' } }] },
        [tag('__proto__', 'constructor')],
      ],
      [
        'control characters',
        { attributes: { 'a\u0000\u001b[31m': '\u202etxt\u0007' } },
        [tag('a\u0000\u001b[31m', '\u202etxt\u0007')],
      ],
    ])('has the %s in its tags', async (_what, overrides, tags) => {
      expect((await shownOtlp(overrides)).span['tags']).toEqual(tags);
    });

    it('has events as logs, with their name in the field event', async () => {
      const event = { timeUnixNano: TEST_TIME_NANO + 1000n, droppedAttributesCount: 0 };
      const level = { key: 'level', value: { type: 'string', value: 'warn' } } as const;
      const own = { key: 'event', value: { type: 'string', value: 'own' } } as const;
      const { span } = await shownOtlp({
        events: [
          { ...event, name: 'retry', attributes: [level] },
          { ...event, name: '', attributes: [level] },
          { ...event, name: 'retry', attributes: [own] },
        ],
      });
      const timestamp = Number(START_MICROS) + 1;
      expect(span['logs']).toEqual([
        { timestamp, fields: [tag('event', 'retry'), tag('level', 'warn')] },
        { timestamp, fields: [tag('level', 'warn')] },
        { timestamp, fields: [tag('event', 'own')] },
      ]);
    });

    it('has the parent first and links behind it, typed by opentracing.ref_type', async () => {
      const link = (trace: string, id: number, type?: string): SpanLink => ({
        traceId: trace,
        spanId: spanId(id),
        traceState: '',
        flags: 0,
        droppedAttributesCount: 0,
        attributes:
          type === undefined
            ? []
            : [{ key: 'opentracing.ref_type', value: { type: 'string', value: type } }],
      });
      const links = [link(OTHER_TRACE, 8), link(OTHER_TRACE, 9, 'child_of'), link(traceId(1), 5)];
      const { span } = await shownOtlp({ parentSpanId: spanId(5), links });
      expect(span['references']).toEqual([
        { refType: 'FOLLOWS_FROM', traceID: '0000000000000001', spanID: spanId(5) },
        { refType: 'FOLLOWS_FROM', traceID: OTHER_TRACE, spanID: spanId(8) },
        { refType: 'CHILD_OF', traceID: OTHER_TRACE, spanID: spanId(9) },
      ]);
    });

    it('has resource attributes as tags of the process, and a name for the nameless', async () => {
      const { process } = await shownOtlp({
        resource: aResource('cart', { zone: 'b', host: 'a' }),
      });
      expect(process).toEqual({ serviceName: 'cart', tags: [tag('zone', 'b'), tag('host', 'a')] });
      const nameless = await shownOtlp({ resource: aResource('') });
      expect(nameless.process['serviceName']).toBe('missing-service-name');
    });

    it('never says how a span came: no internal.span.format, as Jaeger v2', async () => {
      expect((await shownOtlp({})).span['tags']).toEqual([]);
      expect((await shownThrift({})).span['tags']).toEqual([]);
    });

    it.each<[string, Pick<Span, 'startTimeUnixNano' | 'endTimeUnixNano'>, number, number]>([
      ['no times', { startTimeUnixNano: 0n, endTimeUnixNano: 0n }, 0, 0],
      ['an end before the start', { startTimeUnixNano: 5000n, endTimeUnixNano: 1n }, 5, 0],
      [
        'the last possible time',
        { startTimeUnixNano: TIME_LIMIT_NANO - 5000n, endTimeUnixNano: TIME_LIMIT_NANO - 2000n },
        9_223_372_035_999_996,
        3,
      ],
    ])('has numbers for %s', async (_what, times, startTime, duration) => {
      const { span } = await shownOtlp(times);
      expect([span['startTime'], span['duration']]).toEqual([startTime, duration]);
      expect(span['warnings']).not.toBeNull();
    });
  });

  describe('Jaeger thrift as Jaeger JSON', () => {
    it('comes back as it went in', async () => {
      const { span, process } = await shownThrift(
        {
          parentSpanId: 7n,
          tags: [
            text('plain', 'x'),
            { key: 'double', value: { type: 'double', value: 0.5 } },
            { key: 'flag', value: { type: 'bool', value: false } },
            { key: 'long', value: { type: 'long', value: -7n } },
            { key: 'raw', value: { type: 'binary', value: new Uint8Array([1, 2]) } },
            text('span.kind', 'client'),
            { key: 'error', value: { type: 'bool', value: true } },
            text('otel.status_description', 'broke'),
            text('w3c.tracestate', 'a=b'),
          ],
          logs: [{ micros: START_MICROS + 2n, fields: [text('event', 'retry'), text('n', '1')] }],
        },
        { processTags: [text('hostname', 'h')] },
      );
      expect(span['tags']).toEqual([
        tag('plain', 'x'),
        tag('double', 0.5, 'float64'),
        tag('flag', false, 'bool'),
        tag('long', -7, 'int64'),
        tag('raw', 'AQI=', 'binary'),
        tag('span.kind', 'client'),
        tag('error', true, 'bool'),
        tag('otel.status_description', 'broke'),
        tag('w3c.tracestate', 'a=b'),
      ]);
      expect(span['logs']).toEqual([
        { timestamp: Number(START_MICROS) + 2, fields: [tag('event', 'retry'), tag('n', '1')] },
      ]);
      expect(span['references']).toEqual([
        { refType: 'CHILD_OF', traceID: '0000000000000001', spanID: spanId(7) },
      ]);
      expect([span['startTime'], span['duration']]).toEqual([Number(START_MICROS), 5]);
      expect(process).toEqual({ serviceName: 'frontend', tags: [tag('hostname', 'h')] });
    });

    it.each<[string, readonly [number, bigint, bigint][], readonly [string, string, number][]]>([
      ['a parent it follows', [[1, 1n, 9n]], [['FOLLOWS_FROM', '0000000000000001', 9]]],
      ['a parent it is a child of', [[0, 1n, 9n]], [['CHILD_OF', '0000000000000001', 9]]],
      [
        'another trace it is a child of',
        [
          [0, 2n, 3n],
          [0, 1n, 9n],
        ],
        [
          ['CHILD_OF', '0000000000000001', 9],
          ['CHILD_OF', '0000000000000002', 3],
        ],
      ],
    ])('refers to %s', async (_what, references, expected) => {
      const { span } = await shownThrift({
        references: references.map(([type, trace, id]) => ({ type, traceId: trace, spanId: id })),
      });
      expect(span['references']).toEqual(
        expected.map(([refType, traceID, id]) => ({ refType, traceID, spanID: spanId(id) })),
      );
    });

    it('names a service whose name is empty', async () => {
      const { process } = await shownThrift({}, { serviceName: '' });
      expect(process['serviceName']).toBe('empty-service-name');
    });
  });
});
