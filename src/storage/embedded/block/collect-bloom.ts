import { Buffer } from 'node:buffer';
import { attributeText } from '../../../model/attribute-text.ts';
import { decodeKeyValue } from '../../../wire/otlp/decode-value.ts';
import { ProtobufReader } from '../../../wire/protobuf/reader.ts';
import { ATTRIBUTE_FIELDS, FIELDS, INT, REST_FIELD, STRING } from './block-format.ts';
import type { BytesTable } from './bytes-table.ts';
import type { ColumnBuilder } from './column-builder.ts';
import { readGroup } from './group-table.ts';
import { KeyValueBloom, entryHash, keyHash, pairHash, textPairHash } from './key-value-bloom.ts';
import { PLAIN, TAIL, VARINT, splitVarint } from './split-value.ts';
import type { SplitValue } from './split-value.ts';
import { valueText } from './value-text.ts';

const RESOURCE_ATTRIBUTES = 1;
const SCOPE_ATTRIBUTES = 3;
/** Integers up to here split as texts as they do as numbers. */
const SHORT_INTEGER_MAX = 999_999_999;
const NO_BYTES = Buffer.alloc(0);

/** What attributes a block has, at any level. */
export interface BloomSource {
  readonly columns: readonly ColumnBuilder[];
  readonly resources: BytesTable;
  readonly scopes: BytesTable;
}

/** A filter of every key and value of a block's attributes: one insert a distinct value, mostly. */
export function collectBloom({ columns, resources, scopes }: BloomSource): Buffer {
  let pairs = 16 * (resources.count + scopes.count);
  for (const column of columns) {
    pairs += column.numbers === undefined ? column.entries.count : column.count;
  }
  const bloom = KeyValueBloom.forPairs(pairs);
  for (const column of columns) addColumn(bloom, column);
  for (const [table, field] of [
    [resources, RESOURCE_ATTRIBUTES],
    [scopes, SCOPE_ATTRIBUTES],
  ] as const) {
    for (let entry = 0; entry < table.count; entry++) {
      addMessage(bloom, readGroup(table.entry(entry)).message, field);
    }
  }
  return bloom.finish();
}

function addColumn(bloom: KeyValueBloom, column: ColumnBuilder): void {
  const { field, table } = column.name;
  if (field === REST_FIELD && column.name.type === FIELDS) {
    for (let entry = 0; entry < column.entries.count; entry++) {
      addMessage(bloom, column.entries.entry(entry), ATTRIBUTE_FIELDS[table]);
    }
  } else if (field === ATTRIBUTE_FIELDS[table]) {
    if (column.numbers === undefined) addEntries(bloom, column);
    else addNumbers(bloom, column, column.numbers);
  }
}

function addEntries(bloom: KeyValueBloom, { name, entries }: ColumnBuilder): void {
  const key = keyHash(name.key);
  const empty = entryHash(NO_BYTES, TAIL);
  const split: SplitValue = { kind: PLAIN, end: 0, number: 0 };
  for (let entry = 0; entry < entries.count; entry++) {
    const value = entries.entry(entry);
    if (name.type === INT) splitVarint(value, 0, value.length, split);
    if (name.type === INT && split.kind === VARINT && split.number <= SHORT_INTEGER_MAX) {
      bloom.add(pairHash(key, empty, split.number));
    } else {
      const text = name.type === STRING ? value : Buffer.from(valueText(name.type, value));
      bloom.add(textPairHash(key, text));
    }
  }
}

function addNumbers(
  bloom: KeyValueBloom,
  { name, entries, codes, count }: ColumnBuilder,
  numbers: Float64Array,
): void {
  const key = keyHash(name.key);
  const hashes = Array.from({ length: entries.count }, (_, entry) => {
    const kind = entries.kinds[entry] ?? 0;
    return entryHash(entries.entry(entry), kind === VARINT ? TAIL : kind);
  });
  for (let at = 0; at < count; at++) {
    const number = numbers[at] ?? 0;
    const entry = codes[at] ?? 0;
    const isText = name.type === STRING || entries.kinds[entry] === VARINT;
    if (isText && (name.type === STRING || number <= SHORT_INTEGER_MAX)) {
      bloom.add(pairHash(key, hashes[entry] ?? 0, number));
    } else {
      const text = isText ? String(number) : valueText(name.type, entries.entry(entry));
      bloom.add(textPairHash(key, Buffer.from(text)));
    }
  }
}

/** Adds the attributes in field `attributeField` of a message. */
function addMessage(bloom: KeyValueBloom, message: Buffer, attributeField: number): void {
  const reader = new ProtobufReader(message);
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag !== ((attributeField << 3) | 2)) {
      reader.skip(tag);
      continue;
    }
    const { key, value } = decodeKeyValue(reader);
    bloom.add(textPairHash(keyHash(Buffer.from(key)), Buffer.from(attributeText(value))));
  }
}
