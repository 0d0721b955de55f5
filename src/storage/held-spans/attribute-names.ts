import { Buffer } from 'node:buffer';
import { attributeText } from '../../model/attribute-text.ts';
import { decodeKeyValue } from '../../wire/otlp/decode-value.ts';
import { ProtobufReader } from '../../wire/protobuf/reader.ts';
import {
  EVENT_ATTRIBUTE,
  KEY,
  LINK_ATTRIBUTE,
  RESOURCE_ATTRIBUTE,
  SPAN_ATTRIBUTE,
  SPAN_EVENT,
  SPAN_LINK,
  varint,
  varintSize,
} from './attribute-condition.ts';
import { eachMessage } from './attribute-look.ts';
import type { Segment } from './segment.ts';
import type { TenantStore } from './tenant-store.ts';
import type { TimeSlice } from './time-slice.ts';

/** Rows between two looks at the clock. */
const ROWS_A_LOOK = 512;
const KEYS_MAX = 5000;

/** Keys of attributes of spans, their events, links and resources, sorted; of one service's spans, or of all. */
export async function heldAttributeKeys(
  store: TenantStore,
  service: string | undefined,
  slice: TimeSlice,
): Promise<readonly string[]> {
  // Bytes of a key, a character each: decoding every key would take most of the time.
  const keys = new Set<string>();
  for (const segment of store.segments()) {
    const isWanted = service === undefined ? undefined : ofService(segment, service);
    const eachAttribute = attributesOf(segment);
    await eachRow(store, segment, slice, (row) => {
      if (isWanted?.(row) === false || keys.size >= KEYS_MAX) return;
      eachAttribute(row, (start, end) => {
        const { bytes } = segment;
        if (bytes[start] !== KEY) return;
        const from = start + 1 + varintSize(bytes, start + 1);
        const to = from + varint(bytes, start + 1);
        if (to <= end) keys.add(bytes.toString('latin1', from, to));
      });
    });
  }
  return [...keys].map((key) => textOfBytes(key)).sort();
}

/** Distinct values that begin with `prefix`, sorted; those that come first in spans, up to `limit`. */
export async function heldAttributeValues(
  store: TenantStore,
  { key, limit, prefix }: { key: string; prefix: string; limit: number },
  slice: TimeSlice,
): Promise<readonly string[]> {
  const values = new Set<string>();
  for (const segment of store.segments().toReversed()) {
    const reader = new ProtobufReader(segment.bytes);
    const eachAttribute = attributesOf(segment);
    await eachRow(store, segment, slice, (row) => {
      if (values.size >= limit) return;
      eachAttribute(row, (_start, end, lengthAt) => {
        reader.position = lengthAt;
        reader.limit = end;
        const attribute = decodeKeyValue(reader);
        if (attribute.key !== key) return;
        const text = attributeText(attribute.value);
        if (text.startsWith(prefix) && values.size < limit) values.add(text);
      });
    });
  }
  return [...values].sort();
}

async function eachRow(
  { traces }: TenantStore,
  segment: Segment,
  slice: TimeSlice,
  visit: (row: number) => void,
): Promise<void> {
  const { rowCount } = segment;
  for (let row = 0; row < rowCount; row++) {
    if (traces.isKept(segment.traces[row] ?? 0)) visit(row);
    if (row % ROWS_A_LOOK === 0 && slice.isOver()) await slice.rest();
  }
}

function ofService(segment: Segment, service: string): (row: number) => boolean {
  const { bytes, resourceRows, serviceNames } = segment;
  const verdicts = Array.from({ length: segment.resourceCount }, (_, resource) => {
    const { starts, ends } = serviceNames;
    return bytes.toString('utf8', starts[resource], ends[resource]) === service;
  });
  return (row) => verdicts[resourceRows[row] ?? 0] === true;
}

type Visit = (start: number, end: number, lengthAt: number) => void;

/**
 * What calls `visit` with each KeyValue message of a span, its events, its links and its resource: with
 * those of a resource at the first span that has it.
 */
function attributesOf(segment: Segment): (row: number, visit: Visit) => void {
  const { bytes, spanEnds, spanStarts, resourceRows, resources, resourceCount } = segment;
  const seen = new Uint8Array(resourceCount);
  return (row, visit) => {
    const inMessage = (start: number, end: number, attributeTag: number): void => {
      eachMessage({ bytes, start, end }, (tag, lengthAt, from, to) => {
        if (tag === attributeTag) visit(from, to, lengthAt);
        return false;
      });
    };
    const resource = resourceRows[row] ?? 0;
    if (seen[resource] === 0) {
      seen[resource] = 1;
      inMessage(resources.starts[resource] ?? 0, resources.ends[resource] ?? 0, RESOURCE_ATTRIBUTE);
    }
    const span = { bytes, start: spanStarts[row] ?? 0, end: spanEnds[row] ?? 0 };
    eachMessage(span, (tag, lengthAt, start, end) => {
      if (tag === SPAN_ATTRIBUTE) visit(start, end, lengthAt);
      else if (tag === SPAN_EVENT) inMessage(start, end, EVENT_ATTRIBUTE);
      else if (tag === SPAN_LINK) inMessage(start, end, LINK_ATTRIBUTE);
      return false;
    });
  };
}

function textOfBytes(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}
