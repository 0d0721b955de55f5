import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CompactThriftReader } from '../../../src/wire/thrift/compact-reader.ts';
import { WireError } from '../../../src/wire/wire-error.ts';
import {
  zipkinSpansToOtlp,
  zipkinThriftToOtlp,
} from '../../../src/wire/zipkin/v1-thrift-to-otlp.ts';
import { aPlainSpan, decoded } from './decoded.ts';
import {
  annotation,
  binary,
  bool,
  encode,
  endpoint,
  i64,
  inList,
  list,
  struct,
  tag,
  text,
} from './encode-with-npm-thrift.ts';

const BACKEND = endpoint('backend');
const SPAN = struct(
  i64(1, -1n),
  text(3, 'get'),
  i64(4, 2n),
  i64(5, 3n),
  inList(6, [
    annotation(1000n, 'cs', BACKEND),
    annotation(1100n, 'retry'),
    annotation(1500n, 'cr', BACKEND),
  ]),
  inList(8, [
    tag('s', Buffer.from('text'), 6),
    tag('t', Buffer.from([1]), 0),
    tag('i16', Buffer.from([0xff, 0xfe]), 2),
    tag('i32', Buffer.from([0, 0, 1, 0]), 3),
    tag('i64', Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 1]), 4),
    tag('d', Buffer.from([0x3f, 0xf8, 0, 0, 0, 0, 0, 0]), 5),
    tag('b', Buffer.from([1, 2]), 1),
    tag('short', Buffer.from([7]), 4),
    tag('lc', Buffer.from('part'), 6),
    tag('sa', Buffer.from([1]), 0, endpoint('mysql', binary(4, Buffer.alloc(16, 0x11)))),
  ]),
  bool(9, true),
  i64(12, 5n),
);
const EXPECTED = aPlainSpan({
  service: 'backend',
  traceId: '0000000000000005ffffffffffffffff',
  spanId: '0000000000000002',
  parentSpanId: '0000000000000003',
  name: 'get',
  kind: 'client',
  startNano: 1_000_000n,
  durationNano: 500_000n,
  flags: 2,
  events: [[1_100_000n, 'retry']],
  attributes: [
    ['s', 'text'],
    ['t', true],
    ['i16', -2n],
    ['i32', 256n],
    ['i64', -(2n ** 63n) + 1n],
    ['d', 1.5],
    ['b', new Uint8Array([1, 2])],
    ['short', new Uint8Array([7])],
    ['component', 'part'],
    ['network.local.address', '10.0.0.1'],
    ['net.host.port', 65_535n],
    ['service.peer.name', 'mysql'],
    ['peer.service', 'mysql'],
    ['network.peer.address', '1111:1111:1111:1111:1111:1111:1111:1111'],
    ['net.peer.port', 65_535n],
  ],
});

describe('zipkinThriftToOtlp', () => {
  it('maps every field of a client span', () => {
    expect(decoded(zipkinThriftToOtlp(encode('binary', list([SPAN]))))).toStrictEqual([EXPECTED]);
  });

  it('reads the same in the compact protocol, as emitZipkinBatch sends it', () => {
    const reader = new CompactThriftReader(encode('compact', list([SPAN])));
    expect(decoded(zipkinSpansToOtlp(reader))).toStrictEqual([EXPECTED]);
  });

  it('makes two spans of one that has both ends of a call', () => {
    const both = struct(
      i64(1, 1n),
      i64(4, 2n),
      inList(6, [
        annotation(10n, 'cs', endpoint('a')),
        annotation(20n, 'sr', endpoint('b')),
        annotation(30n, 'ss', endpoint('b')),
        annotation(50n, 'cr', endpoint('a')),
      ]),
    );
    const halves = decoded(zipkinThriftToOtlp(encode('binary', list([both]))));
    expect(
      halves.map(({ service, kind, startNano, durationNano }) => [
        service,
        kind,
        startNano,
        durationNano,
      ]),
    ).toStrictEqual([
      ['a', 'client', 10_000n, 40_000n],
      ['b', 'server', 20_000n, 10_000n],
    ]);
  });

  it('takes the service of a local span from its component, and the kind from the far end', () => {
    const local = struct(
      i64(1, 1n),
      i64(4, 2n),
      inList(8, [
        tag('x', Buffer.from('1'), 6, endpoint('wrong')),
        tag('lc', Buffer.from('part'), 6, endpoint('right')),
        tag('ca', Buffer.from([1]), 0, endpoint('caller')),
      ]),
    );
    const [span] = decoded(zipkinThriftToOtlp(encode('binary', list([local]))));
    expect([span?.service, span?.kind]).toStrictEqual(['right', 'server']);
    expect(span?.attributes).toContainEqual(['peer.service', 'caller']);
  });

  it('refuses bytes cut off anywhere, and more than the list', () => {
    const bytes = encode('binary', list([SPAN]));
    for (let size = 0; size < bytes.length; size += 1) {
      expect(() => zipkinThriftToOtlp(bytes.subarray(0, size))).toThrow(WireError);
    }
    expect(() => zipkinThriftToOtlp(Buffer.concat([bytes, Buffer.alloc(1)]))).toThrow(
      'more bytes than the list',
    );
  });

  it('answers any damaged input with spans or a WireError', () => {
    const bytes = encode('binary', list([SPAN, SPAN]));
    fc.assert(
      fc.property(fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 4 }), (at, damage) => {
        const damaged = Buffer.from(bytes);
        damaged.set(damage, at % (bytes.length - damage.length));
        try {
          decoded(zipkinThriftToOtlp(damaged));
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
        }
      }),
      { numRuns: 20_000 },
    );
  });
});
