import thrift from 'thrift';
import Int64 from 'node-int64';

const { Type } = thrift.Thrift;
type Output = thrift.TProtocol;
export type Write = (output: Output) => void;

/** What npm `thrift` writes. */
export function encode(protocol: 'binary' | 'compact', write: Write): Buffer {
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
export const i64 = (id: number, value: bigint): Write =>
  field(Type.I64, id, (output) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(BigInt.asUintN(64, value));
    output.writeI64(new Int64(bytes));
  });
export const text = (id: number, value: string): Write =>
  field(Type.STRING, id, (output) => {
    output.writeString(value);
  });
export const binary = (id: number, value: Buffer): Write =>
  field(Type.STRING, id, (output) => {
    output.writeBinary(value);
  });
export const bool = (id: number, value: boolean): Write =>
  field(Type.BOOL, id, (output) => {
    output.writeBool(value);
  });

export function struct(...fields: readonly Write[]): Write {
  return (output) => {
    output.writeStructBegin('');
    for (const write of fields) write(output);
    output.writeFieldStop();
    output.writeStructEnd();
  };
}

export function list(items: readonly Write[]): Write {
  return (output) => {
    output.writeListBegin(Type.STRUCT, items.length);
    for (const write of items) write(output);
    output.writeListEnd();
  };
}

const inStruct = (id: number, write: Write): Write => field(Type.STRUCT, id, write);
export const inList = (id: number, items: readonly Write[]): Write =>
  field(Type.LIST, id, list(items));

export function endpoint(service: string, ...more: readonly Write[]): Write {
  return struct(i32(1, 0x0a00_0001), i16(2, -1), text(3, service), ...more);
}

export function annotation(micros: bigint, value: string, host?: Write): Write {
  return struct(i64(1, micros), text(2, value), ...(host === undefined ? [] : [inStruct(3, host)]));
}

export function tag(key: string, value: Buffer, type: number, host?: Write): Write {
  const end = host === undefined ? [] : [inStruct(4, host)];
  return struct(text(1, key), binary(2, value), i32(3, type), ...end);
}
