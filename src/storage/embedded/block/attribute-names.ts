import type { Buffer } from 'node:buffer';
import { attributeText } from '../../../model/attribute-text.ts';
import type { Attribute } from '../../../model/span.ts';
import { decodeKeyValue } from '../../../wire/otlp/decode-value.ts';
import { ProtobufReader } from '../../../wire/protobuf/reader.ts';
import { readable } from './attribute-search.ts';
import { ATTRIBUTE_FIELDS, FIELDS } from './block-format.ts';
import type { ColumnInfo, DictionaryPageRef } from './block-format.ts';
import type { BlockPages } from './block-pages.ts';
import { columnValues } from './column-values.ts';
import { readGroup } from './group-table.ts';
import { RESOURCE_ATTRIBUTES } from './searched-groups.ts';
import { valueText } from './value-text.ts';

/** Entries of a dictionary that are looked at. */
const ENTRIES_MAX = 20_000;
/** Pages that are looked at for values whose patterns alone are in a dictionary, newest first. */
const PAGES_MAX = 4;

/** Which values are wanted. */
export interface WantedValues {
  readonly key: string;
  readonly prefix: string;
  readonly limit: number;
}

/** Distinct keys of attributes of spans, their events, links and resources. */
export function keysOfBlock(pages: BlockPages): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const info of pages.footer.columns) {
    if (info.field === ATTRIBUTE_FIELDS[info.table]) keys.add(info.key.toString('utf8'));
    else if (info.type === FIELDS) eachKeptAttribute(pages, info, ({ key }) => keys.add(key));
  }
  eachResourceAttribute(pages, ({ key }) => keys.add(key));
  return keys;
}

/** Adds texts of values, until there are enough. */
export function addValuesOfBlock(
  pages: BlockPages,
  { key, prefix, limit }: WantedValues,
  values: Set<string>,
): void {
  const add = (text: string): boolean => {
    if (values.size < limit && text.startsWith(prefix)) values.add(text);
    return values.size < limit;
  };
  for (const info of pages.footer.columns) {
    if (values.size >= limit) return;
    if (info.type === FIELDS) {
      eachKeptAttribute(pages, info, (attribute) => {
        if (attribute.key === key) add(attributeText(attribute.value));
      });
    } else if (info.field === ATTRIBUTE_FIELDS[info.table] && info.key.toString('utf8') === key) {
      if (info.isSplit) addFromRows(pages, info, add);
      else eachEntry(pages, info.dictionary, (entry) => add(valueText(info.type, entry)));
    }
  }
  eachResourceAttribute(pages, (attribute) => {
    if (attribute.key === key) add(attributeText(attribute.value));
  });
}

/** The dictionary of a split column has patterns: values are where their numbers are. */
function addFromRows(pages: BlockPages, info: ColumnInfo, add: (text: string) => boolean): void {
  for (let page = pages.pageCount - 1; page >= Math.max(0, pages.pageCount - PAGES_MAX); page--) {
    const values = readable(() => columnValues(pages, info, page));
    if (values === undefined) continue;
    const rows = readable(() => pages.tableRowCount(info, page)) ?? 0;
    for (let row = 0; row < rows; row++) {
      const value = readable(() => values.at(row));
      if (value !== undefined && !add(valueText(info.type, value))) return;
    }
  }
}

/** Until `visit` says that it is enough. */
function eachEntry(
  pages: BlockPages,
  dictionary: readonly DictionaryPageRef[],
  visit: (entry: Buffer) => boolean,
): void {
  let looked = 0;
  for (const ref of dictionary) {
    const page = readable(() => pages.dictionaryPage(ref));
    for (let code = 0; code < ref.count && page !== undefined; code++) {
      if (++looked > ENTRIES_MAX) return;
      if (!visit(page.bytes.subarray(page.starts[code], page.starts[code + 1]))) return;
    }
  }
}

/** Attributes for which there was no column, as whole fields of their span, event or link. */
function eachKeptAttribute(
  pages: BlockPages,
  info: ColumnInfo,
  visit: (attribute: Attribute) => void,
): void {
  eachEntry(pages, info.dictionary, (fields) => {
    eachAttribute(fields, ATTRIBUTE_FIELDS[info.table], visit);
    return true;
  });
}

function eachResourceAttribute(pages: BlockPages, visit: (attribute: Attribute) => void): void {
  eachEntry(pages, pages.footer.resources, (entry) => {
    eachAttribute(readGroup(entry).message, RESOURCE_ATTRIBUTES, visit);
    return true;
  });
}

/** Of a message that has them in this field. */
function eachAttribute(
  message: Buffer,
  field: number,
  visit: (attribute: Attribute) => void,
): void {
  const reader = new ProtobufReader(message);
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag === ((field << 3) | 2)) visit(decodeKeyValue(reader));
    else reader.skip(tag);
  }
}
