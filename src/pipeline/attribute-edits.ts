import type { Buffer } from 'node:buffer';
import { createHash, createHmac } from 'node:crypto';
import { attributeText } from '../model/attribute-text.ts';
import type { AttributeValue } from '../model/span.ts';
import { decodeKeyValue } from '../wire/otlp/decode-value.ts';
import { encodeKeyValue } from '../wire/otlp/encode-value.ts';
import { rewriteSpans } from '../wire/otlp/rewrite-spans.ts';
import { scanSpans } from '../wire/otlp/scan-spans.ts';
import { WARNINGS_ATTRIBUTE } from '../wire/otlp/warnings-attribute.ts';
import { ProtobufReader } from '../wire/protobuf/reader.ts';
import { ProtobufWriter } from '../wire/protobuf/writer.ts';
import type { SpanBatch } from '../wire/span-batch.ts';
import { bytesOf, holdsAny } from './batch-bytes.ts';
import { compilePattern } from './byte-pattern.ts';
import type { BytePattern } from './byte-pattern.ts';
import type { AttributeAction, AttributePlace, PipelineRules } from './rules.ts';
import type { Sink } from './sink.ts';

const REDACTED = '[redacted]';
/** Hex digits of a digest: 128 bits. */
const DIGEST_DIGITS = 32;

/** Attributes of these names say what the storage needs, so no rule applies to them. */
const PROTECTED = [compilePattern('service.name'), compilePattern(WARNINGS_ATTRIBUTE)];

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

interface CompiledRule {
  readonly action: AttributeAction;
  readonly patterns: readonly BytePattern[];
  readonly places: ReadonlySet<AttributePlace>;
}

/**
 * A stage that drops and replaces attributes as the rules say. A batch in which no key can match is
 * passed on as it is, and of others only the messages that have such a key are written anew.
 */
export function editingAttributes(next: Sink, rules: PipelineRules): Sink {
  if (rules.attributes.length === 0) return next;
  const editor = new AttributeEditor(rules);
  return (batch, signal) => next(editor.edit(batch), signal);
}

class AttributeEditor {
  private readonly rules: readonly CompiledRule[];
  private readonly literals: readonly Buffer[];
  private readonly hashKey: string;

  constructor({ attributes, hashKey }: PipelineRules) {
    this.hashKey = hashKey;
    this.rules = attributes.map(({ action, keys, places }) => ({
      action,
      patterns: keys.map(compilePattern),
      places: new Set(places),
    }));
    this.literals = this.rules
      .filter(({ action }) => action !== 'keep')
      .flatMap(({ patterns }) => patterns.map(({ literal }) => literal));
  }

  edit(batch: SpanBatch): SpanBatch {
    const { otlp, scan } = batch;
    const bytes = bytesOf(otlp);
    if (!holdsAny(bytes, this.literals)) return batch;
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
    while (reader.hasMore()) {
      const tag = reader.tag();
      const inner = place.inner.get(tag >>> 3);
      const isAttribute = tag >>> 3 === place.attributes;
      if (!isAttribute && inner === undefined) {
        reader.skip(tag);
        continue;
      }
      const outer = reader.enter();
      const isTouched =
        inner === undefined
          ? this.actionOn(reader, place.place) !== 'keep'
          : this.touches(reader, inner);
      if (isTouched) return true;
      reader.leave(outer);
    }
    return false;
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
    const valueAt = reader.position;
    const outer = reader.enter();
    const action = this.actionOn(reader, place);
    reader.leave(outer);
    const end = reader.position;
    if (action === 'drop') return;
    if (action === 'keep') {
      writer.raw(reader.buffer.subarray(start, end));
      return;
    }
    reader.position = valueAt;
    const { key, value } = decodeKeyValue(reader);
    const text = action === 'redact' ? REDACTED : this.digest(value);
    encodeKeyValue(writer, attributes, { key, value: { type: 'string', value: text } });
  }

  /** Decides about the KeyValue that the reader has entered. */
  private actionOn(reader: ProtobufReader, place: AttributePlace): AttributeAction {
    const { buffer } = reader;
    let start = reader.position;
    let end = start;
    while (reader.hasMore()) {
      const tag = reader.tag();
      if (tag >>> 3 === 1) {
        end = reader.payloadEnd();
        start = reader.position;
        reader.position = end;
      } else {
        reader.skip(tag);
      }
    }
    const matches = (pattern: BytePattern): boolean => pattern.matches(buffer, start, end);
    if (PROTECTED.some(matches)) return 'keep';
    const rule = this.rules.find((one) => one.places.has(place) && one.patterns.some(matches));
    return rule?.action ?? 'keep';
  }

  private digest(value: AttributeValue): string {
    const { hashKey } = this;
    const hash = hashKey === '' ? createHash('sha256') : createHmac('sha256', hashKey);
    return hash.update(attributeText(value)).digest('hex').slice(0, DIGEST_DIGITS);
  }
}
