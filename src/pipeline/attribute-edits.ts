import { isUtf8 } from 'node:buffer';
import type { Buffer } from 'node:buffer';
import { createHash, createHmac } from 'node:crypto';
import { attributeText } from '../model/attribute-text.ts';
import type { AttributeValue } from '../model/span.ts';
import { decodeKeyValue } from '../wire/otlp/decode-value.ts';
import { rewriteSpans } from '../wire/otlp/rewrite-spans.ts';
import { scanSpans } from '../wire/otlp/scan-spans.ts';
import { ProtobufReader, WIRE_LENGTH } from '../wire/protobuf/reader.ts';
import { ProtobufWriter } from '../wire/protobuf/writer.ts';
import type { SpanBatch } from '../wire/span-batch.ts';
import { GrowingPath, NO_RULE, compileAttributeRules } from './attribute-rules.ts';
import type { AttributeRules, KeyRange } from './attribute-rules.ts';
import { bytesOf } from './batch-bytes.ts';
import type { AttributePlace, PipelineRules } from './rules.ts';
import type { Sink } from './sink.ts';

/** KeyValue { 1 key, 2 value }, AnyValue { 5 array, 6 map }; both have their items in field 1. */
const KEY = (1 << 3) | WIRE_LENGTH;
const VALUE = (2 << 3) | WIRE_LENGTH;
const ARRAY = (5 << 3) | WIRE_LENGTH;
const MAP = (6 << 3) | WIRE_LENGTH;
const ITEM = (1 << 3) | WIRE_LENGTH;

const REDACTED = '[redacted]';
/** Hex digits of a digest: 128 bits. */
const DIGEST_DIGITS = 32;

interface Place {
  readonly place: AttributePlace;
  /** Field of the attributes. */
  readonly attributes: number;
  /** Messages inside that have attributes of their own. */
  readonly inner: ReadonlyMap<number, Place>;
}

const NO_INNER = new Map<number, never>();
const RESOURCE: Place = { place: 'resource', attributes: 1, inner: NO_INNER };
const SCOPE: Place = { place: 'scope', attributes: 3, inner: NO_INNER };
const SPAN: Place = {
  place: 'span',
  attributes: 9,
  inner: new Map<number, Place>([
    [11, { place: 'event', attributes: 3, inner: NO_INNER }],
    [13, { place: 'link', attributes: 4, inner: NO_INNER }],
  ]),
};

/**
 * A stage that drops and replaces attributes as the rules say. A batch in which no key can match is
 * passed on as it is, and of others only the messages that have such a key are written anew.
 */
export function editingAttributes(next: Sink, rules: PipelineRules): Sink {
  if (rules.attributes.length === 0) return next;
  const editor = new AttributeEditor(rules, 'all');
  return (batch, signal) => next(editor.edit(batch), signal);
}

/**
 * Does what the rules say to attributes whose keys are not UTF-8, and to no others: for a batch that is
 * about to be sanitized, after which such a key is found no more.
 */
export function editUnreadableKeys(rules: PipelineRules): (batch: SpanBatch) => SpanBatch {
  if (rules.attributes.length === 0) return (batch) => batch;
  const editor = new AttributeEditor(rules, 'unreadable');
  return (batch) => editor.edit(batch);
}

/** Where something is written, and which rules apply to what is in it. */
interface Where {
  readonly field: number;
  readonly place: AttributePlace;
  readonly before: number;
}

class AttributeEditor {
  private readonly rules: AttributeRules;
  private readonly path = new GrowingPath();
  private readonly hashKey: string;
  /** The keys that it changes anything about. */
  private readonly keys: 'all' | 'unreadable';

  constructor({ attributes, hashKey }: PipelineRules, keys: 'all' | 'unreadable') {
    this.hashKey = hashKey;
    this.keys = keys;
    this.rules = compileAttributeRules(attributes);
  }

  edit(batch: SpanBatch): SpanBatch {
    const { otlp, scan } = batch;
    const bytes = bytesOf(otlp);
    if (!this.rules.mayApply(bytes)) return batch;
    const { resources, scopes } = scan;
    const editRows = (
      starts: Uint32Array,
      ends: Uint32Array,
      place: Place,
    ): ReadonlyMap<number, Uint8Array> => {
      const edited = new Map<number, Uint8Array>();
      starts.forEach((start, row) => {
        const message = this.editMessage(bytes, start, ends[row] ?? 0, place);
        if (message !== undefined) edited.set(row, message);
      });
      return edited;
    };
    const editedSpans = editRows(scan.spanStarts, scan.spanEnds, SPAN);
    const editedScopes = editRows(scopes.starts, scopes.ends, SCOPE);
    const editedResources = editRows(resources.starts, resources.ends, RESOURCE);
    if (editedSpans.size + editedScopes.size + editedResources.size === 0) return batch;
    const rewritten = rewriteSpans(otlp, scan, {
      span: (row) => editedSpans.get(row),
      scope: (row) => editedScopes.get(row),
      resource: (row) => editedResources.get(row),
    });
    return { ...batch, otlp: rewritten, scan: scanSpans(rewritten) };
  }

  /** undefined when no rule applies to anything in it. */
  private editMessage(
    bytes: Buffer,
    start: number,
    end: number,
    place: Place,
  ): Uint8Array | undefined {
    if (!this.touches(new ProtobufReader(bytes, start, end), place)) return undefined;
    const writer = new ProtobufWriter(end - start + 256);
    this.rewrite(new ProtobufReader(bytes, start, end), writer, place);
    return writer.finish();
  }

  private touches(reader: ProtobufReader, place: Place): boolean {
    const { all } = this.rules;
    while (reader.hasMore()) {
      const tag = reader.tag();
      const inner = place.inner.get(tag >>> 3);
      if (tag >>> 3 === place.attributes) {
        this.path.clear();
        if (this.touchesKeyValue(reader, place.place, all)) return true;
      } else if (inner === undefined) {
        reader.skip(tag);
      } else {
        const outer = reader.enter();
        if (this.touches(reader, inner)) return true;
        reader.leave(outer);
      }
    }
    return false;
  }

  /** Whether a rule changes the KeyValue behind its tag, or anything in its value. */
  private touchesKeyValue(reader: ProtobufReader, place: AttributePlace, before: number): boolean {
    const outer = reader.enter();
    const above = this.path.length;
    const rule = this.decide(keyAt(reader), place, before);
    let isTouched = this.rules.actionOf(rule) !== 'keep';
    while (!isTouched && reader.hasMore()) {
      const tag = reader.tag();
      if (tag === VALUE) isTouched = this.touchesValue(reader, place, rule);
      else reader.skip(tag);
    }
    this.path.leave(above);
    reader.leave(outer);
    return isTouched;
  }

  private touchesValue(reader: ProtobufReader, place: AttributePlace, before: number): boolean {
    const outer = reader.enter();
    let isTouched = false;
    while (!isTouched && reader.hasMore()) {
      const tag = reader.tag();
      if (tag !== ARRAY && tag !== MAP) {
        reader.skip(tag);
        continue;
      }
      const aroundList = reader.enter();
      while (!isTouched && reader.hasMore()) {
        const item = reader.tag();
        if (item !== ITEM) reader.skip(item);
        else if (tag === MAP) isTouched = this.touchesKeyValue(reader, place, before);
        else isTouched = this.touchesValue(reader, place, before);
      }
      reader.leave(aroundList);
    }
    reader.leave(outer);
    return isTouched;
  }

  private rewrite(reader: ProtobufReader, writer: ProtobufWriter, place: Place): void {
    while (reader.hasMore()) {
      const start = reader.position;
      const tag = reader.tag();
      const field = tag >>> 3;
      const inner = place.inner.get(field);
      if (inner !== undefined) {
        const message = writer.beginMessage(field);
        const outer = reader.enter();
        this.rewrite(reader, writer, inner);
        reader.leave(outer);
        writer.endMessage(message);
      } else if (field === place.attributes) {
        this.rewriteAttribute(reader, writer, start, place);
      } else {
        reader.skip(tag);
        writer.raw(reader.buffer.subarray(start, reader.position));
      }
    }
  }

  private rewriteAttribute(
    reader: ProtobufReader,
    writer: ProtobufWriter,
    start: number,
    { place, attributes }: Place,
  ): void {
    const { all } = this.rules;
    const valueAt = reader.position;
    this.path.clear();
    if (this.touchesKeyValue(reader, place, all)) {
      reader.position = valueAt;
      this.rewriteKeyValue(reader, writer, { field: attributes, place, before: all });
    } else {
      writer.raw(reader.buffer.subarray(start, reader.position));
    }
  }

  /** Writes the KeyValue behind its tag as the rules leave it. */
  private rewriteKeyValue(
    reader: ProtobufReader,
    writer: ProtobufWriter,
    { field, place, before }: Where,
  ): void {
    const start = reader.position;
    const outer = reader.enter();
    const above = this.path.length;
    const key = keyAt(reader);
    const rule = this.decide(key, place, before);
    const action = this.rules.actionOf(rule);
    if (action === 'keep') {
      const message = writer.beginMessage(field);
      this.copyFields(reader, writer, (tag) => {
        if (tag !== VALUE) return false;
        this.rewriteValue(reader, writer, { field: 2, place, before: rule });
        return true;
      });
      writer.endMessage(message);
    }
    this.path.leave(above);
    reader.leave(outer);
    if (action === 'keep' || action === 'drop') return;
    const end = reader.position;
    reader.position = start;
    const { value } = decodeKeyValue(reader);
    reader.position = end;
    const text = action === 'redact' ? REDACTED : this.digest(value);
    writeTextAttribute(writer, field, key, text);
  }

  private rewriteValue(
    reader: ProtobufReader,
    writer: ProtobufWriter,
    { field, place, before }: Where,
  ): void {
    const message = writer.beginMessage(field);
    const outer = reader.enter();
    const inList = { field: 1, place, before };
    this.copyFields(reader, writer, (tag) => {
      if (tag !== ARRAY && tag !== MAP) return false;
      const list = writer.beginMessage(tag >>> 3);
      const aroundList = reader.enter();
      this.copyFields(reader, writer, (item) => {
        if (item !== ITEM) return false;
        if (tag === MAP) this.rewriteKeyValue(reader, writer, inList);
        else this.rewriteValue(reader, writer, inList);
        return true;
      });
      reader.leave(aroundList);
      writer.endMessage(list);
      return true;
    });
    reader.leave(outer);
    writer.endMessage(message);
  }

  /** Copies fields up to the limit, but those that `take` has read and written. */
  private copyFields(
    reader: ProtobufReader,
    writer: ProtobufWriter,
    take: (tag: number) => boolean,
  ): void {
    while (reader.hasMore()) {
      const start = reader.position;
      const tag = reader.tag();
      if (take(tag)) continue;
      reader.skip(tag);
      writer.raw(reader.buffer.subarray(start, reader.position));
    }
  }

  /**
   * The rule for a KeyValue, whose key is put on the path. A rule that keeps a key keeps what is below
   * it, from all rules behind it.
   */
  private decide(key: KeyRange, place: AttributePlace, before: number): number {
    const { path, rules } = this;
    path.enter(key);
    const rule = rules.find(key, path, place, before);
    if (this.keys === 'all' || rules.actionOf(rule) === 'keep') return rule;
    return isUtf8(path.bytes.subarray(0, path.length)) ? NO_RULE : rule;
  }

  private digest(value: AttributeValue): string {
    const { hashKey } = this;
    const hash = hashKey === '' ? createHash('sha256') : createHmac('sha256', hashKey);
    return hash.update(attributeText(value)).digest('hex').slice(0, DIGEST_DIGITS);
  }
}

/** The key of the KeyValue that the reader has entered and stays at the start of. */
function keyAt(reader: ProtobufReader): KeyRange {
  const { buffer: bytes, position: begin } = reader;
  let start = begin;
  let end = begin;
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag === KEY) {
      end = reader.payloadEnd();
      start = reader.position;
      reader.position = end;
    } else {
      reader.skip(tag);
    }
  }
  reader.position = begin;
  return { bytes, start, end };
}

/** The key stays what it is, byte by byte. */
function writeTextAttribute(
  writer: ProtobufWriter,
  field: number,
  { bytes, start, end }: KeyRange,
  text: string,
): void {
  const message = writer.beginMessage(field);
  writer.bytes(1, bytes.subarray(start, end));
  const value = writer.beginMessage(2);
  writer.string(1, text);
  writer.endMessage(value);
  writer.endMessage(message);
}
