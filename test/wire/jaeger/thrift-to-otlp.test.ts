import fc from 'fast-check';
import thrift from 'thrift';
import { describe, expect, it } from 'vitest';
import type { Attribute, Span } from '../../../src/model/span.ts';
import {
  UnsupportedCallError,
  agentCallToOtlp,
  jaegerBatchToOtlp,
} from '../../../src/wire/jaeger/thrift-to-otlp.ts';
import { decodeSpans } from '../../../src/wire/otlp/decode-trace.ts';
import { scanSpans } from '../../../src/wire/otlp/scan-spans.ts';
import { WireError } from '../../../src/wire/wire-error.ts';
import { encodeBatch, encodeCall, encodeEmitBatch } from './encode-with-npm-thrift.ts';
import type { TestBatch, TestSpan, TestTag } from './encode-with-npm-thrift.ts';

const ENCODINGS = ['compact', 'binary'] as const;
const TRACE_ID = 0x0af7651916cd43dd8448eb211c80319cn;

function text(key: string, value: string): TestTag {
  return { key, value: { type: 'string', value } };
}

function aSpan(over: Partial<TestSpan> = {}): TestSpan {
  return {
    traceId: TRACE_ID,
    spanId: 0xb7ad6b7169203331n,
    parentSpanId: 0n,
    name: 'GET /dispatch',
    flags: 1,
    startMicros: 1_700_000_000_000_123n,
    durationMicros: 1500n,
    ...over,
  };
}

function convert(batch: TestBatch): readonly Span[] {
  const [compact, binary] = ENCODINGS.map((encoding) =>
    decodeSpans(jaegerBatchToOtlp(encodeBatch(batch, encoding), encoding)),
  );
  expect(binary).toEqual(compact);
  return compact ?? [];
}

function convertSpan(over: Partial<TestSpan>): Span {
  const [span] = convert({ serviceName: 'frontend', spans: [aSpan(over)] });
  if (span === undefined) throw new Error('no span');
  return span;
}

describe('jaegerBatchToOtlp', () => {
  it('writes exactly the bytes of the OTLP message', () => {
    const batch = {
      serviceName: 'a',
      spans: [aSpan({ spanId: 2n, name: 'b', startMicros: 1n, durationMicros: 1n })],
    };
    const otlp = jaegerBatchToOtlp(encodeBatch(batch, 'binary'), 'binary');
    expect(Buffer.from(otlp).toString('hex')).toBe(
      '0a52' + // TracesData.resource_spans
        '0a15' + // ResourceSpans.resource
        '0a130a0c736572766963652e6e616d6512030a0161' + // service.name = a
        '1239' + // ResourceSpans.scope_spans
        '1237' + // ScopeSpans.spans
        '0a100af7651916cd43dd8448eb211c80319c' +
        '12080000000000000002' +
        '2a0162' +
        '39e803000000000000' +
        '41d007000000000000' +
        '850101000000',
    );
  });

  it('takes ids, name, times and flags over', () => {
    expect(convertSpan({ parentSpanId: 5n, flags: 3 })).toMatchObject({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      parentSpanId: '0000000000000005',
      name: 'GET /dispatch',
      kind: 'unspecified',
      flags: 3,
      startTimeUnixNano: 1_700_000_000_000_123_000n,
      endTimeUnixNano: 1_700_000_000_001_623_000n,
      status: { code: 'unset', message: '' },
      resource: { serviceName: 'frontend' },
    });
  });

  it('keeps the 64-bit trace ids of old clients in the low half', () => {
    expect(convertSpan({ traceId: 0xabcn }).traceId).toBe('00000000000000000000000000000abc');
  });

  it('keeps values of every type, with all bits', () => {
    const tags: TestTag[] = [
      text('s', 'ünï'),
      { key: 'd', value: { type: 'double', value: -1.5e300 } },
      { key: 'b', value: { type: 'bool', value: false } },
      { key: 'l', value: { type: 'long', value: -(2n ** 63n) } },
      { key: 'x', value: { type: 'binary', value: new Uint8Array([0, 255]) } },
    ];
    const [span] = convert({
      serviceName: 'frontend',
      processTags: tags,
      spans: [aSpan({ tags })],
    });
    const expected = [
      { key: 's', value: { type: 'string', value: 'ünï' } },
      { key: 'd', value: { type: 'double', value: -1.5e300 } },
      { key: 'b', value: { type: 'bool', value: false } },
      { key: 'l', value: { type: 'int', value: -(2n ** 63n) } },
      { key: 'x', value: { type: 'bytes', value: new Uint8Array([0, 255]) } },
    ];
    expect(span?.attributes).toEqual(expected);
    expect(span?.resource.attributes.slice(1)).toEqual(expected);
  });

  it.each([
    ['internal', 'internal'],
    ['server', 'server'],
    ['client', 'client'],
    ['producer', 'producer'],
    ['consumer', 'consumer'],
  ])('makes tag span.kind=%s the kind', (tag, kind) => {
    const span = convertSpan({ tags: [text('span.kind', tag)] });
    expect(span.kind).toBe(kind);
    expect(span.attributes).toEqual([]);
  });

  it('leaves a span.kind it does not know an attribute', () => {
    const span = convertSpan({ tags: [text('span.kind', 'gateway')] });
    expect(span.kind).toBe('unspecified');
    expect(span.attributes.map(({ key }) => key)).toEqual(['span.kind']);
  });

  it('makes error=true a status, with the description beside it', () => {
    const error: TestTag = { key: 'error', value: { type: 'bool', value: true } };
    const span = convertSpan({
      tags: [error, text('otel.status_code', 'OK'), text('otel.status_description', 'timeout')],
    });
    expect(span.status).toEqual({ code: 'error', message: 'timeout' });
    expect(span.attributes).toEqual([]);
  });

  it('leaves error=false and a description without a status attributes', () => {
    const error: TestTag = { key: 'error', value: { type: 'bool', value: false } };
    const span = convertSpan({ tags: [error, text('otel.status_description', 'timeout')] });
    expect(span.status).toEqual({ code: 'unset', message: '' });
    expect(span.attributes.map(({ key }) => key)).toEqual(['error', 'otel.status_description']);
  });

  it('reads otel.status_code in any case', () => {
    expect(convertSpan({ tags: [text('otel.status_code', 'Ok')] }).status.code).toBe('ok');
    expect(convertSpan({ tags: [text('otel.status_code', 'ERROR')] }).status.code).toBe('error');
  });

  it('makes w3c.tracestate the trace state', () => {
    const span = convertSpan({ tags: [text('w3c.tracestate', 'vendor=1')] });
    expect(span.traceState).toBe('vendor=1');
    expect(span.attributes).toEqual([]);
  });

  it('groups consecutive spans of one scope and keeps their order', () => {
    const scoped = (name: string, tag: string): TestSpan =>
      aSpan({ name, tags: [text(`otel.${tag}.name`, 'lib'), text(`otel.${tag}.version`, '1')] });
    const batch = {
      serviceName: 'a',
      spans: [aSpan({ name: '1' }), scoped('2', 'scope'), scoped('3', 'library'), aSpan()],
    };
    const otlp = jaegerBatchToOtlp(encodeBatch(batch, 'compact'), 'compact');
    expect([...scanSpans(otlp).scopeRows]).toEqual([0, 1, 1, 2]);
    const spans = decodeSpans(otlp);
    expect(spans.map(({ name, scope }) => [name, scope.name, scope.version])).toEqual([
      ['1', '', ''],
      ['2', 'lib', '1'],
      ['3', 'lib', '1'],
      ['GET /dispatch', '', ''],
    ]);
  });

  it('makes logs events named by their field event', () => {
    const fields = [text('level', 'info'), text('event', 'lock acquired')];
    expect(convertSpan({ logs: [{ micros: 5n, fields }] }).events).toEqual([
      {
        timeUnixNano: 5000n,
        name: 'lock acquired',
        attributes: [{ key: 'level', value: { type: 'string', value: 'info' } }],
        droppedAttributesCount: 0,
      },
    ]);
  });

  it('takes the first CHILD_OF reference within the trace as parent and keeps the others', () => {
    const span = convertSpan({
      references: [
        { type: 1, traceId: TRACE_ID, spanId: 1n },
        { type: 0, traceId: 99n, spanId: 2n },
        { type: 0, traceId: TRACE_ID, spanId: 3n },
        { type: 0, traceId: TRACE_ID, spanId: 4n },
      ],
    });
    expect(span.parentSpanId).toBe('0000000000000003');
    expect(span.links.map((link) => [link.spanId, refType(link.attributes)])).toEqual([
      ['0000000000000001', 'follows_from'],
      ['0000000000000002', 'child_of'],
      ['0000000000000004', 'child_of'],
    ]);
  });

  it('takes a FOLLOWS_FROM reference within the trace as parent when there is no other', () => {
    const span = convertSpan({ references: [{ type: 1, traceId: TRACE_ID, spanId: 1n }] });
    expect(span.parentSpanId).toBe('0000000000000001');
    expect(span.links).toHaveLength(1);
  });

  it('moves times that nanoseconds cannot hold to the nearest that they can', () => {
    const far = convertSpan({ startMicros: 2n ** 63n - 1n });
    expect(far.startTimeUnixNano).toBe(18_446_744_073_709_548_000n);
    const backwards = convertSpan({ startMicros: 100n, durationMicros: -40n });
    expect(backwards.endTimeUnixNano).toBe(60_000n);
  });

  it.each([-1n, -5n, -(2n ** 63n)])('keeps a start of %s µs for one before 1970', (startMicros) => {
    const { startTimeUnixNano } = convertSpan({ startMicros });
    expect(BigInt.asIntN(64, startTimeUnixNano)).toBeLessThan(0n);
  });

  it('keeps names that mean something to JavaScript verbatim', () => {
    const keys = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
    const span = convertSpan({ tags: keys.map((key) => text(key, key)) });
    expect(span.attributes.map(({ key }) => key)).toEqual(keys);
  });

  it('yields no span for a batch without spans', () => {
    expect(convert({ serviceName: 'a', spans: [] })).toEqual([]);
  });

  it.each(ENCODINGS)('takes spans that come before their process, %s', (encoding) => {
    const batch = { serviceName: 'late', spans: [aSpan(), aSpan({ name: 'second' })] };
    const spans = decodeSpans(
      jaegerBatchToOtlp(encodeBatch(batch, encoding, 'spans first'), encoding),
    );
    expect(spans.map(({ name, resource }) => [name, resource.serviceName])).toEqual([
      ['GET /dispatch', 'late'],
      ['second', 'late'],
    ]);
  });

  it('refuses a span without a required field', () => {
    const bytes = encodeBatch({ serviceName: 'a', spans: [aSpan({ name: 'needle' })] }, 'binary');
    const at = bytes.indexOf('needle') - 4 - 3;
    bytes.writeInt16BE(50, at + 1);
    expect(() => jaegerBatchToOtlp(bytes, 'binary')).toThrow(
      /^thrift: a Span without its required field 5 ends at byte \d+$/,
    );
  });

  it('agrees with npm thrift on any batch', () => {
    fc.assert(
      fc.property(arbitraryBatch(), (batch) => {
        const spans = convert(batch);
        expect(spans.map(summary)).toEqual(batch.spans.map(expectedSummary));
      }),
      { numRuns: 300 },
    );
  });
});

describe('agentCallToOtlp', () => {
  it.each(ENCODINGS)('takes emitBatch in %s encoding', (encoding) => {
    const batch = { serviceName: 'a', spans: [aSpan(), aSpan({ name: 'second' })] };
    const { otlp } = agentCallToOtlp(encodeEmitBatch(batch, encoding), encoding);
    expect(decodeSpans(otlp).map(({ name }) => name)).toEqual(['GET /dispatch', 'second']);
  });

  it.each(ENCODINGS)('takes emitZipkinBatch in %s encoding', (encoding) => {
    const call = encodeCall('emitZipkinBatch', encoding, (output) => {
      const field = (type: thrift.Thrift.Type, id: number, write: () => void): void => {
        output.writeFieldBegin('', type, id);
        write();
        output.writeFieldEnd();
      };
      field(thrift.Thrift.Type.LIST, 1, () => {
        output.writeListBegin(thrift.Thrift.Type.STRUCT, 1);
        output.writeStructBegin('Span');
        field(thrift.Thrift.Type.I64, 1, () => {
          output.writeI64(7);
        });
        field(thrift.Thrift.Type.STRING, 3, () => {
          output.writeString('get');
        });
        field(thrift.Thrift.Type.I64, 4, () => {
          output.writeI64(9);
        });
        field(thrift.Thrift.Type.I64, 10, () => {
          output.writeI64(1000);
        });
        output.writeFieldStop();
        output.writeStructEnd();
        output.writeListEnd();
      });
    });
    const { otlp, format } = agentCallToOtlp(call, encoding);
    expect(format).toBe('zipkin');
    expect(decodeSpans(otlp)).toMatchObject([
      { name: 'get', spanId: '0000000000000009', startTimeUnixNano: 1_000_000n },
    ]);
  });

  it.each(ENCODINGS)('refuses any other call in %s encoding by name', (encoding) => {
    const call = encodeCall('ping', encoding, () => undefined);
    expect(() => agentCallToOtlp(call, encoding)).toThrow(UnsupportedCallError);
    expect(() => agentCallToOtlp(call, encoding)).toThrow(/"ping" is not taken/);
  });

  it('takes the binary envelope of before versions', () => {
    const strict = encodeEmitBatch({ serviceName: 'a', spans: [aSpan()] }, 'binary');
    const name = Buffer.from('emitBatch');
    const old = Buffer.concat([
      Buffer.from([0, 0, 0, name.length]),
      name,
      Buffer.from([4, 0, 0, 0, 7]),
      strict.subarray(4 + 4 + name.length + 4),
    ]);
    expect(decodeSpans(agentCallToOtlp(old, 'binary').otlp)).toHaveLength(1);
  });

  it('throws nothing but WireError for 24,000 damaged packets', () => {
    const base = ENCODINGS.map((encoding) => ({ encoding, bytes: richPacket(encoding) }));
    const random = createRandom(7);
    let refused = 0;
    for (let index = 0; index < 24_000; index++) {
      const { encoding, bytes } = base[index % 2] ?? { encoding: 'compact', bytes: Buffer.of() };
      const mutant = mutate(bytes, random);
      try {
        scanSpans(agentCallToOtlp(mutant, encoding).otlp);
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(8000);
  });
});

function refType(attributes: readonly Attribute[]): string {
  const value = attributes[0]?.value;
  return value?.type === 'string' ? value.value : '';
}

function summary(span: Span): unknown {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    name: span.name,
    start: span.startTimeUnixNano,
    end: span.endTimeUnixNano,
    attributes: span.attributes.map(({ key, value }) => [
      key,
      'value' in value ? value.value : null,
    ]),
    events: span.events.map(({ timeUnixNano, attributes }) => [timeUnixNano, attributes.length]),
  };
}

function expectedSummary(span: TestSpan): unknown {
  return {
    traceId: span.traceId.toString(16).padStart(32, '0'),
    spanId: span.spanId.toString(16).padStart(16, '0'),
    name: span.name,
    start: span.startMicros * 1000n,
    end: (span.startMicros + span.durationMicros) * 1000n,
    attributes: (span.tags ?? []).map(({ key, value }) => [key, value.value]),
    events: (span.logs ?? []).map(({ micros, fields }) => [micros * 1000n, fields.length]),
  };
}

function arbitraryBatch(): fc.Arbitrary<TestBatch> {
  const string = fc.string({ unit: 'grapheme', maxLength: 200 });
  const value = fc.oneof<fc.Arbitrary<TestTag['value']>[]>(
    fc.record({ type: fc.constant('string' as const), value: string }),
    // npm thrift writes -0 as 0.
    fc.record({ type: fc.constant('double' as const), value: fc.double().map((n) => n + 0) }),
    fc.record({ type: fc.constant('bool' as const), value: fc.boolean() }),
    fc.record({
      type: fc.constant('long' as const),
      value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    }),
    fc.record({ type: fc.constant('binary' as const), value: fc.uint8Array({ maxLength: 40 }) }),
  );
  const tag = fc.record({ key: string.map((key) => `k${key}`), value });
  const micros = fc.bigInt({ min: 0n, max: 2n ** 52n });
  const span = fc.record({
    traceId: fc.bigInt({ min: 1n, max: 2n ** 128n - 1n }),
    spanId: fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }),
    parentSpanId: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    name: string,
    flags: fc.integer({ min: 0, max: 255 }),
    startMicros: micros,
    durationMicros: micros,
    tags: fc.array(tag, { maxLength: 20 }),
    logs: fc.array(fc.record({ micros, fields: fc.array(tag, { maxLength: 4 }) }), {
      maxLength: 3,
    }),
  });
  return fc.record({ serviceName: string, spans: fc.array(span, { maxLength: 5 }) });
}

function richPacket(encoding: 'compact' | 'binary'): Buffer {
  const tags: TestTag[] = [
    text('span.kind', 'client'),
    text('http.url', 'http://example.com/a'),
    { key: 'error', value: { type: 'bool', value: true } },
    { key: 'retries', value: { type: 'long', value: 300n } },
    { key: 'ratio', value: { type: 'double', value: 0.25 } },
    { key: 'raw', value: { type: 'binary', value: new Uint8Array([1, 2, 3]) } },
  ];
  const references = [{ type: 0, traceId: TRACE_ID, spanId: 3n }];
  const logs = [{ micros: 1n, fields: [text('event', 'e'), text('k', 'v')] }];
  const span = aSpan({ tags, references, logs });
  return encodeEmitBatch(
    { serviceName: 'svc', processTags: tags, spans: [span, span, span] },
    encoding,
  );
}

/** mulberry32: the same damage on every run. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function mutate(bytes: Buffer, random: () => number): Buffer {
  const mutant = Buffer.from(bytes);
  const changes = 1 + Math.floor(random() * 4);
  for (let change = 0; change < changes; change++) {
    const at = Math.floor(random() * mutant.length);
    const interesting = [0, 1, 0x0f, 0x7f, 0x80, 0xfc, 0xff, Math.floor(random() * 256)];
    mutant[at] = interesting[Math.floor(random() * interesting.length)] ?? 0;
  }
  return random() < 0.2 ? mutant.subarray(0, Math.floor(random() * mutant.length)) : mutant;
}
