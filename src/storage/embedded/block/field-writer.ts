import { Buffer } from 'node:buffer';
import { ProtobufWriter, varintSize } from '../../../wire/protobuf/writer.ts';
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
import { ABSENT } from './column-page.ts';
import type { ColumnValues } from './column-values.ts';

const WIRE_VARINT = 0;
const WIRE_FIXED64 = 1;
const WIRE_FIXED32 = 5;
/** Of AnyValue in KeyValue. */
const VALUE_FIELD = 2;
/** Values that were written are kept once there were so many: most traces are shorter. */
const KEPT_AFTER = 64;
/** Columns with more different values repeat them too seldom. */
const KEPT_VALUES_MAX = 256;
const KEPT_BYTES = 4096;

/** Writes the values of a column as fields of the message that its table stands for. */
export class FieldWriter {
  readonly info: ColumnInfo;
  readonly values: ColumnValues;
  /** Of an attribute: its key, as a field. */
  private readonly key: Uint8Array | undefined;
  /** What stands before a value that has no length of its own. */
  private readonly tag: Uint8Array;
  private written = 0;
  private kept: KeptFields | undefined;

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
    const { kept, values } = this;
    const code = values.codeOf(row);
    if (code === ABSENT) return;
    if (kept === undefined) {
      values.find(row);
      this.writeFound(to);
      if (++this.written === KEPT_AFTER) this.kept = createKept(this.info);
      return;
    }
    if ((kept.ends[code] ?? 0) === 0) {
      values.find(row);
      kept.starts[code] = kept.fields.position;
      this.writeFound(kept.fields);
      kept.ends[code] = kept.fields.position;
    }
    to.appendRange(kept.fields, kept.starts[code] ?? 0, kept.ends[code] ?? 0);
  }

  private writeFound(to: ProtobufWriter): void {
    const { info, key, tag, values } = this;
    const { end, start, view } = values;
    const size = end - start;
    const { type } = info;
    const isSized = type === STRING || type === BYTES;
    if (key === undefined) {
      if (isSized) to.range(info.field, values.bytes, start, end);
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
    if (isSized) to.text(type, view, start, end);
    else writeTagged(to, tag, values);
  }
}

/** Fields as they were written once for values that come again and again. */
interface KeptFields {
  readonly fields: ProtobufWriter;
  /** By the code of a value; an end is 0 where nothing is kept. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/** undefined where values seldom repeat, or are not known by their code alone. */
function createKept({ dictionary, isSplit }: ColumnInfo): KeptFields | undefined {
  const count = dictionary.reduce((sum, part) => sum + part.count, 0);
  if (isSplit || count > KEPT_VALUES_MAX) return undefined;
  const fields = new ProtobufWriter(KEPT_BYTES);
  return { fields, starts: new Uint32Array(count), ends: new Uint32Array(count) };
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
