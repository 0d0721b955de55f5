import { Buffer } from 'node:buffer';
import { varintSize } from '../../../wire/protobuf/writer.ts';
import type { ProtobufWriter } from '../../../wire/protobuf/writer.ts';
import {
  ATTRIBUTE_FIELDS,
  BOOL,
  BYTES,
  DOUBLE,
  FIELDS,
  FIXED32,
  INT,
  STRING,
} from './block-format.ts';
import type { ColumnInfo } from './block-format.ts';
import type { ColumnValues } from './column-values.ts';

const WIRE_VARINT = 0;
const WIRE_FIXED64 = 1;
const WIRE_FIXED32 = 5;
/** Of AnyValue in KeyValue. */
const VALUE_FIELD = 2;

/** Writes the values of a column as fields of the message that its table stands for. */
export class FieldWriter {
  readonly info: ColumnInfo;
  readonly values: ColumnValues;
  /** Of an attribute: its key, as a field. */
  private readonly key: Uint8Array | undefined;
  /** What stands before a value that has no length of its own. */
  private readonly tag: Uint8Array;

  constructor(values: ColumnValues) {
    const { field, key, table, type } = values.info;
    this.info = values.info;
    this.values = values;
    const isAttribute = field === ATTRIBUTE_FIELDS[table];
    this.key = isAttribute ? keyField(key) : undefined;
    this.tag = tagOf(isAttribute ? type : field, type);
  }

  /** Nothing where the row has no value. @throws BlockError when the part of the dictionary is damaged */
  write(to: ProtobufWriter, row: number): void {
    const { info, key, tag, values } = this;
    if (!values.find(row)) return;
    const { bytes, end, start } = values;
    const size = end - start;
    const { type } = info;
    const isSized = type === STRING || type === BYTES;
    if (key === undefined) {
      if (isSized) to.range(info.field, bytes, start, end);
      else writeTagged(to, tag, values);
      return;
    }
    const valueSize = isSized ? 1 + varintSize(size) + size : tag.length + size;
    to.lengthPrefix(
      ATTRIBUTE_FIELDS[info.table],
      key.length + 1 + varintSize(valueSize) + valueSize,
    );
    to.raw(key);
    to.lengthPrefix(VALUE_FIELD, valueSize);
    if (isSized) to.range(type, bytes, start, end);
    else writeTagged(to, tag, values);
  }
}

function writeTagged(
  to: ProtobufWriter,
  tag: Uint8Array,
  { bytes, end, start }: ColumnValues,
): void {
  to.raw(tag);
  to.rawRange(bytes, start, end);
}

function keyField(key: Buffer): Uint8Array {
  return Buffer.concat([varint((1 << 3) | 2), varint(key.length), key]);
}

/** Values of other types bring theirs, or have a length. */
function tagOf(field: number, type: number): Uint8Array {
  switch (type) {
    case INT:
    case BOOL:
      return varint((field << 3) | WIRE_VARINT);
    case DOUBLE:
      return varint((field << 3) | WIRE_FIXED64);
    case FIXED32:
      return varint((field << 3) | WIRE_FIXED32);
    default:
      return new Uint8Array(0);
  }
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
}

/** Whether its values are whole fields already. */
export function isOfFields({ info }: FieldWriter): boolean {
  return info.type === FIELDS;
}
