import fc from 'fast-check';
import thrift from 'thrift';
import Int64 from 'node-int64';
import { describe, expect, it } from 'vitest';
import { CompactThriftReader } from '../../../src/wire/thrift/compact-reader.ts';
import { WireError } from '../../../src/wire/wire-error.ts';
import {
  zipkinSpansToOtlp,
  zipkinThriftToOtlp,
} from '../../../src/wire/zipkin/v1-thrift-to-otlp.ts';
import { aPlainSpan, decoded } from './decoded.ts';

const { Type } = thrift.Thrift;
type Output = thrift.TProtocol;
type Write = (output: Output) => void;

/** What npm `thrift` writes. */
function encode(protocol: 'binary' | 'compact', write: Write): Buffer {
  let bytes = Buffer.alloc(0);
  const transport = new thrift.TBufferedTransport(undefined, (message) => {
    if (message !== undefined) bytes = Buffer.concat([bytes, message]);
  });
  const output =
    protocol === 'binary'
      ? new thrift.TBinaryProtocol(transport)
      : new thrift.TCompactProtocol(transport);
  write(output);
  output.flush();
  return bytes;
}

function field(type: thrift.Thrift.Type, id: number, write: Write): Write {
  return (output) => {
    output.writeFieldBegin('', type, id);
    write(output);
    output.writeFieldEnd();
  };
}

const i16 = (id: number, value: number): Write =>
  field(Type.I16, id, (output) => {
    output.writeI16(value);
  });
const i32 = (id: number, value: number): Write =>
  field(Type.I32, id, (output) => {
    output.writeI32(value);
  });
const i64 = (id: number, value: bigint): Write =>
  field(Type.I64, id, (output) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(BigInt.asUintN(64, value));
    output.writeI64(new Int64(bytes));
  });
const text = (id: number, value: string): Write =>
  field(Type.STRING, id, (output) => {
    output.writeString(value);
  });
const binary = (id: number, value: Buffer): Write =>
  field(Type.STRING, id, (output) => {
    output.writeBinary(value);
  });
const bool = (id: number, value: boolean): Write =>
  field(Type.BOOL, id, (output) => {
    output.writeBool(value);
  });

function struct(...fields: readonly Write[]): Write {
  return (output) => {
    output.writeStructBegin('');
    for (const write of fields) write(output);
    output.writeFieldStop();
    output.writeStructEnd();
  };
}

function list(items: readonly Write[]): Write {
  return (output) => {
    output.writeListBegin(Type.STRUCT, items.length);
    for (const write of items) write(output);
    output.writeListEnd();
  };
}

const inStruct = (id: number, write: Write): Write => field(Type.STRUCT, id, write);
const inList = (id: number, items: readonly Write[]): Write => field(Type.LIST, id, list(items));

function endpoint(service: string, ...more: readonly Write[]): Write {
  return struct(i32(1, 0x0a00_0001), i16(2, -1), text(3, service), ...more);
}

function annotation(micros: bigint, value: string, host?: Write): Write {
  return struct(i64(1, micros), text(2, value), ...(host === undefined ? [] : [inStruct(3, host)]));
}

function tag(key: string, value: Buffer, type: number, host?: Write): Write {
  const end = host === undefined ? [] : [inStruct(4, host)];
  return struct(text(1, key), binary(2, value), i32(3, type), ...end);
}

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
