import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WireError } from '../../../src/wire/wire-error.ts';
import { zipkinV1JsonToOtlp } from '../../../src/wire/zipkin/v1-json-to-otlp.ts';
import { aPlainSpan, decoded } from './decoded.ts';
import type { PlainSpan } from './decoded.ts';

const BACKEND = { serviceName: 'backend', ipv4: '10.0.0.1', port: 80 };
const SPAN = {
  traceId: '5af7183fb1d4cf5f',
  id: '352bff9a74ca9ad2',
  parentId: '6b221d5bc9e6496c',
  name: 'get',
  debug: true,
  annotations: [
    { timestamp: 1000, value: 'cs', endpoint: BACKEND },
    { timestamp: 1100, value: 'retry' },
    { timestamp: 1500, value: 'cr', endpoint: BACKEND },
  ],
  binaryAnnotations: [
    { key: 'http.path', value: '/api', endpoint: BACKEND },
    { key: 'error', value: 'timeout' },
    { key: 'flag', value: true },
    { key: 'count', value: 7, type: 'I64' },
    { key: 'ratio', value: 0.5, type: 'DOUBLE' },
    { key: 'sa', value: true, endpoint: { serviceName: 'mysql', ipv6: '2001:db8::1' } },
  ],
};

const IDS = { traceId: '1', id: '2' };

function convert(spans: readonly object[]): readonly PlainSpan[] {
  return decoded(zipkinV1JsonToOtlp(Buffer.from(JSON.stringify(spans))));
}

describe('zipkinV1JsonToOtlp', () => {
  it('maps every field of a client span, its far end and its error text too', () => {
    expect(convert([SPAN])).toStrictEqual([
      aPlainSpan({
        service: 'backend',
        traceId: '00000000000000005af7183fb1d4cf5f',
        spanId: '352bff9a74ca9ad2',
        parentSpanId: '6b221d5bc9e6496c',
        name: 'get',
        kind: 'client',
        flags: 2,
        startNano: 1_000_000n,
        durationNano: 500_000n,
        status: 'error',
        events: [[1_100_000n, 'retry']],
        attributes: [
          ['http.path', '/api'],
          ['error.message', 'timeout'],
          ['flag', true],
          ['count', 7n],
          ['ratio', 0.5],
          ['network.local.address', '10.0.0.1'],
          ['net.host.port', 80n],
          ['service.peer.name', 'mysql'],
          ['peer.service', 'mysql'],
          ['network.peer.address', '2001:db8::1'],
        ],
      }),
    ]);
  });

  it.each([
    ['', 'error', []],
    ['TRUE', 'error', []],
    [true, 'error', []],
    ['false', 'unset', [['error', false]]],
    ['no route', 'error', [['error.message', 'no route']]],
  ])('takes an error of %j as Jaeger v1 does', (value, status, attributes) => {
    const [span] = convert([{ ...IDS, binaryAnnotations: [{ key: 'error', value }] }]);
    expect([span?.status, span?.attributes]).toStrictEqual([status, attributes]);
  });

  it.each([
    ['cs', 'client'],
    ['cr', 'client'],
    ['sr', 'server'],
    ['ss', 'server'],
    ['ms', 'producer'],
    ['mr', 'consumer'],
    ['ws', 'unspecified'],
  ])('takes annotation %s as kind %s', (value, kind) => {
    const annotations = [{ timestamp: 5, value, endpoint: BACKEND }];
    const [span] = convert([{ traceId: '1', id: '2', annotations }]);
    expect([span?.kind, span?.startNano, span?.service]).toStrictEqual([kind, 5000n, 'backend']);
  });

  it('keeps a timestamp before 1970 for a start of then, whatever its annotations say', () => {
    const [span] = convert([{ ...SPAN, timestamp: -1 }]);
    expect(BigInt.asIntN(64, span?.startNano ?? 0n)).toBeLessThan(0n);
  });

  it('keeps the times that are said over those of annotations', () => {
    const [span] = convert([{ ...SPAN, timestamp: 7, duration: 9 }]);
    expect([span?.startNano, span?.durationNano]).toStrictEqual([7000n, 9000n]);
  });

  it('answers any cut or damaged input with spans or a WireError', () => {
    const bytes = Buffer.from(JSON.stringify([SPAN, SPAN]));
    for (let size = 0; size < bytes.length; size += 1) {
      expect(() => zipkinV1JsonToOtlp(bytes.subarray(0, size))).toThrow(WireError);
    }
    fc.assert(
      fc.property(fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 4 }), (at, damage) => {
        const damaged = Buffer.from(bytes);
        damaged.set(damage, at % (bytes.length - damage.length));
        try {
          decoded(zipkinV1JsonToOtlp(damaged));
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
        }
      }),
      { numRuns: 20_000 },
    );
  });
});
