import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WireError } from '../../../src/wire/wire-error.ts';
import { zipkinProtoToOtlp } from '../../../src/wire/zipkin/proto-to-otlp.ts';
import { aPlainSpan, decoded } from './decoded.ts';
import { encodeListOfSpans as encode } from './zipkin-proto.ts';

const SPAN = {
  trace_id: Buffer.from('463ac35c9f6413ad48485a3953bb6124', 'hex'),
  parent_id: Buffer.from('6b221d5bc9e6496c', 'hex'),
  id: Buffer.from('5b4185666d50f68b', 'hex'),
  kind: 1,
  name: 'get',
  timestamp: 1556604172355737,
  duration: 1431,
  local_endpoint: { service_name: 'backend', ipv4: Buffer.from([192, 168, 99, 1]), port: 3306 },
  remote_endpoint: {
    service_name: 'mysql',
    ipv6: Buffer.from('20010db8000000000000000000000c01', 'hex'),
  },
  annotations: [{ timestamp: 1556604172355800, value: 'wire send' }],
  tags: { 'http.method': 'GET', error: 'true' },
  debug: true,
};

describe('zipkinProtoToOtlp', () => {
  it('maps every field of what protobufjs writes', () => {
    expect(decoded(zipkinProtoToOtlp(encode([SPAN])))).toStrictEqual([
      aPlainSpan({
        service: 'backend',
        traceId: '463ac35c9f6413ad48485a3953bb6124',
        parentSpanId: '6b221d5bc9e6496c',
        spanId: '5b4185666d50f68b',
        kind: 'client',
        name: 'get',
        startNano: 1556604172355737000n,
        durationNano: 1431000n,
        status: 'error',
        flags: 2,
        events: [[1556604172355800000n, 'wire send']],
        attributes: [
          ['http.method', 'GET'],
          ['network.local.address', '192.168.99.1'],
          ['net.host.port', 3306n],
          ['service.peer.name', 'mysql'],
          ['peer.service', 'mysql'],
          ['network.peer.address', '2001:db8::c01'],
        ],
      }),
    ]);
  });

  it.each([
    [0, 'unspecified'],
    [1, 'client'],
    [2, 'server'],
    [3, 'producer'],
    [4, 'consumer'],
    [5, 'unspecified'],
  ])('takes kind %i as %s', (kind, expected) => {
    const [span] = decoded(zipkinProtoToOtlp(encode([{ ...SPAN, kind }])));
    expect(span?.kind).toBe(expected);
  });

  it('takes trace ids of 64 bits', () => {
    const [span] = decoded(zipkinProtoToOtlp(encode([{ ...SPAN, trace_id: SPAN.id }])));
    expect(span?.traceId).toBe('00000000000000005b4185666d50f68b');
  });

  it('takes a parent id of zeros, which zipkin-go writes for a root, as none', () => {
    const [span] = decoded(zipkinProtoToOtlp(encode([{ ...SPAN, parent_id: Buffer.alloc(8) }])));
    expect(span?.parentSpanId).toBe('');
    expect(span?.attributes.map(([key]) => key)).not.toContain('errZeroParentID');
  });

  it('refuses an id that is too long', () => {
    const spans = encode([{ ...SPAN, id: SPAN.trace_id }]);
    expect(() => zipkinProtoToOtlp(spans)).toThrow('an id of 16 bytes, more than 8');
  });

  it('answers any cut or damaged input with spans or a WireError', () => {
    const bytes = encode([SPAN, SPAN]);
    const answer = (input: Uint8Array): void => {
      try {
        decoded(zipkinProtoToOtlp(input));
      } catch (error) {
        expect(error).toBeInstanceOf(WireError);
      }
    };
    for (let size = 0; size < bytes.length; size += 1) answer(bytes.subarray(0, size));
    fc.assert(
      fc.property(fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 4 }), (at, damage) => {
        const damaged = Buffer.from(bytes);
        damaged.set(damage, at % (bytes.length - damage.length));
        answer(damaged);
      }),
      { numRuns: 20_000 },
    );
  });
});
