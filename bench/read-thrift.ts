import type { Buffer } from 'node:buffer';
import thrift from 'thrift';

const { Type } = thrift.Thrift;

type Value = unknown;

/**
 * Builds an object a struct, with its fields by number. Code that is generated for each struct takes
 * about half of the time in the binary protocol: there is no compiler for it among our packages.
 */
function readStruct(input: thrift.TProtocol): Value {
  const fields: Record<number, Value> = {};
  input.readStructBegin();
  for (;;) {
    const { ftype, fid } = input.readFieldBegin();
    if (ftype === Type.STOP) break;
    fields[fid] = readValue(input, ftype);
    input.readFieldEnd();
  }
  input.readStructEnd();
  return fields;
}

const READERS = new Map<thrift.Thrift.Type, (input: thrift.TProtocol) => Value>([
  [Type.STRUCT, readStruct],
  [Type.LIST, readList],
  [Type.STRING, (input) => input.readString()],
  [Type.I64, (input) => input.readI64()],
  [Type.I16, (input) => input.readI16()],
  [Type.I32, (input) => input.readI32()],
  [Type.DOUBLE, (input) => input.readDouble()],
  [Type.BOOL, (input) => input.readBool()],
]);

function readValue(input: thrift.TProtocol, type: thrift.Thrift.Type): Value {
  const read = READERS.get(type);
  if (read === undefined) throw new Error(`spans have no field of type ${type}`);
  return read(input);
}

function readList(input: thrift.TProtocol): Value {
  const { etype, size } = input.readListBegin();
  const values = Array.from({ length: size }, () => readValue(input, etype));
  input.readListEnd();
  return values;
}

/** Decodes a call, a struct or a list with npm's thrift. */
export function readThrift(
  bytes: Buffer,
  encoding: 'compact' | 'binary',
  what: 'call' | 'struct' | 'list',
): unknown {
  const transport = new thrift.TFramedTransport(bytes);
  const input =
    encoding === 'compact'
      ? new thrift.TCompactProtocol(transport)
      : new thrift.TBinaryProtocol(transport);
  if (what === 'call') input.readMessageBegin();
  return what === 'list' ? readList(input) : readStruct(input);
}
