import { Buffer } from 'node:buffer';
import type { RowSkew } from '../../model/adjust-clock-skew.ts';
import { inOrder } from '../../model/adjust-order.ts';
import { spanAsJaeger } from '../../model/as-jaeger.ts';
import type { ReferenceAsJaeger } from '../../model/as-jaeger.ts';
import { SPAN_KINDS } from '../../model/span.ts';
import type { Span } from '../../model/span.ts';
import { shortTraceId } from '../../model/trace-id.ts';
import { decodeResourceMessage, decodeScopeMessage } from '../../wire/otlp/decode-trace.ts';
import { ProtobufReader } from '../../wire/protobuf/reader.ts';
import { JsonBytes } from './json-bytes.ts';
import { jsonText } from './json-text.ts';
import type { SpanPiece, StoredPiece } from './span-piece.ts';
import { TEXT_TAG } from './stored-attributes.ts';
import type { StoredAttributes, StoredTag } from './stored-attributes.ts';
import { StoredSpanFields } from './stored-span-fields.ts';
import { StoredSpanTimes, microsAt } from './stored-span-times.ts';
import type { UiTraceReference, UiTraceWarnings } from './ui-trace-json.ts';
import { addNumbers, UiTraceDictionary } from './ui-trace-texts.ts';

/** What a reader takes in at once: a few milliseconds of its work. */
const PIECE_SPANS = 4096;
const PIECE_BYTES = 512 * 1024;

const NO_ID = Buffer.alloc(8);
const FIRST_BYTES = 64 * 1024;
/** Numbers of an event before those of its pairs: span, time, and how many those are. */
const EVENT_HEAD = 3;

/**
 * Writes the spans of one trace as lines of `UiTracePiece`. What is common goes from the bytes of
 * stored spans into columns with nothing made in between; the rest is what `spanAsJaeger` says.
 */
export class UiSpanWriter {
  /** Of the lines so far. */
  spanCount = 0;
  private readonly json = new JsonBytes(FIRST_BYTES);
  private readonly dictionary = new UiTraceDictionary();
  private readonly fields = new StoredSpanFields();
  private readonly times = new StoredSpanTimes();
  private readonly scopeTags = new Map<string, readonly number[]>();
  private readonly processNumbers = new Map<string, number>();
  private readonly fixedTags = new Map<string, number>();

  private readonly spanIds = new JsonBytes(FIRST_BYTES);
  private readonly parentSpanIds = new JsonBytes(FIRST_BYTES);
  private readonly starts: number[] = [];
  private readonly durations: number[] = [];
  private readonly operations: number[] = [];
  private readonly processOf: number[] = [];
  private readonly tagCounts: number[] = [];
  private readonly tags: number[] = [];
  /** As in `UiTracePiece`, but for the base of the times. */
  private readonly events: number[] = [];
  /** Whether sums with these times are. */
  private areTimesExact = true;
  private references: UiTraceReference[] = [];
  private warnings: UiTraceWarnings[] = [];

  private reader = new ProtobufReader(new Uint8Array(0));
  private readFrom: StoredPiece | undefined;
  /** What neighbours share. */
  private resourceRow = -1;
  private process = 0;
  private scopeRow = -1;
  private tagsOfScope: readonly number[] = [];

  /** Lines of bounded size, but for that of a single span; the last spans wait for `finish`. */
  *write(piece: SpanPiece): Generator<Uint8Array> {
    const { stored } = piece;
    const spans = stored === undefined ? piece.spans() : [];
    const count = stored?.count ?? spans.length;
    for (let index = 0; index < count; index++) {
      if (stored === undefined) this.addSpan(spans[index]);
      else this.addStored(stored, index);
      if (this.isFull()) yield this.takeLine();
    }
  }

  /** The last line; undefined when nothing waits. */
  finish(): Uint8Array | undefined {
    return this.starts.length === 0 ? undefined : this.takeLine();
  }

  private isFull(): boolean {
    return this.starts.length === PIECE_SPANS || this.dictionary.size >= PIECE_BYTES;
  }

  private addStored(stored: StoredPiece, index: number): void {
    const way = stored.wayOf(index);
    if (way === 'none') return;
    if (way === 'bytes' && this.addBytes(stored, index, stored.skewOf(index))) return;
    this.addSpan(stored.span(index));
  }

  /** False, and nothing added, when the span has more to it than is looked at here. */
  private addBytes(stored: StoredPiece, index: number, skew: RowSkew | undefined): boolean {
    if (stored !== this.readFrom) {
      this.readFrom = stored;
      this.reader = new ProtobufReader(stored.otlp);
      this.resourceRow = this.scopeRow = -1;
    }
    const { fields, reader, times } = this;
    const { scan, sorted } = stored;
    if (!fields.read(reader, scan.spanStarts[index] ?? 0, scan.spanEnds[index] ?? 0)) return false;
    const { buffer } = reader;
    if (!fields.arrange(buffer, sorted) || !times.read(buffer, fields, skew)) return false;
    if (skew !== undefined) this.addWarnings(skew.warnings);
    this.spanIds.addHex(buffer, fields.spanId, fields.spanId + 8);
    if (fields.parentId < 0) this.parentSpanIds.addHex(NO_ID, 0, 8);
    else this.parentSpanIds.addHex(buffer, fields.parentId, fields.parentId + 8);
    const name = { start: fields.nameStart, end: fields.nameEnd };
    this.operations.push(this.dictionary.nameOf(buffer, name));
    const resourceRow = scan.resourceRows[index] ?? 0;
    if (resourceRow !== this.resourceRow) {
      this.resourceRow = resourceRow;
      this.process = this.processAt(stored, resourceRow);
    }
    this.processOf.push(this.process);
    this.addTags(stored, scan.scopeRows[index] ?? 0);
    this.addEvents(sorted, skew);
    this.addTimes(times.startMicros, times.durationMicros);
    return true;
  }

  private addTags(stored: StoredPiece, scopeRow: number): void {
    const { fields, tags } = this;
    const { length } = tags;
    this.addPairs(tags, fields.attributes);
    if (scopeRow !== this.scopeRow) {
      this.scopeRow = scopeRow;
      this.tagsOfScope = this.scopeTagsAt(stored, scopeRow);
    }
    for (const pair of this.tagsOfScope) tags.push(pair);
    if (fields.kind > 0) tags.push(this.fixedTag('span.kind', SPAN_KINDS[fields.kind] ?? ''));
    if (fields.statusCode === 1) tags.push(this.fixedTag('otel.status_code', 'OK'));
    if (fields.statusCode === 2) tags.push(this.fixedTag('error', 'true'));
    this.tagCounts.push(tags.length - length);
  }

  private addEvents(sorted: boolean, skew: RowSkew | undefined): void {
    const { dictionary, events, reader } = this;
    const read = this.fields.events;
    for (let at = 0; at < read.count; at++) {
      read.read(reader, at, sorted);
      const time = microsAt(reader.buffer, read.time, skew);
      const pairsAt = this.beginEvent(time);
      if (read.isNamed) {
        const name = { start: read.nameStart, end: read.nameEnd };
        events.push(dictionary.pairOfText(dictionary.keyOf('event'), reader.buffer, name));
      }
      this.addPairs(events, read.attributes);
      this.endEvent(pairsAt);
    }
  }

  private addPairs(to: number[], { count, order, tags }: StoredAttributes): void {
    for (let at = 0; at < count; at++) {
      const tag = tags[order[at] ?? 0];
      if (tag !== undefined) to.push(this.pairOfStored(tag));
    }
  }

  private pairOfStored(tag: StoredTag): number {
    const { dictionary, reader } = this;
    const key = dictionary.keyOf(tag.key?.text ?? '');
    if (tag.type === TEXT_TAG) return dictionary.pairOfText(key, reader.buffer, tag);
    return dictionary.pairOfBytes(key, reader.buffer, tag);
  }

  /** Of the next span. Returns where its pairs are going to be, for `endEvent`. */
  private beginEvent(time: number): number {
    this.areTimesExact &&= Number.isSafeInteger(time);
    return this.events.push(this.starts.length, time, 0);
  }

  private endEvent(pairsAt: number): void {
    this.events[pairsAt - 1] = this.events.length - pairsAt;
  }

  /** One of the few that stand for a field of a span. */
  private fixedTag(key: string, value: string): number {
    const known = this.fixedTags.get(value);
    if (known !== undefined) return known;
    const number = this.dictionary.pairOf(textTag(key, value));
    this.fixedTags.set(value, number);
    return number;
  }

  private scopeTagsAt({ otlp, scan }: StoredPiece, row: number): readonly number[] {
    const [start = 0, end = 0] = [scan.scopes.starts[row], scan.scopes.ends[row]];
    const content = this.reader.buffer.toString('latin1', start, end);
    const known = this.scopeTags.get(content);
    if (known !== undefined) return known;
    const { name, version } = decodeScopeMessage(otlp.subarray(start, end));
    const tags = [textTag('otel.scope.name', name), textTag('otel.scope.version', version)];
    const filled = tags.filter(({ value }) => value.value !== '');
    const numbers = filled.map((tag) => this.dictionary.pairOf(tag));
    this.scopeTags.set(content, numbers);
    return numbers;
  }

  private processAt({ otlp, scan, sorted }: StoredPiece, row: number): number {
    const [start = 0, end = 0] = [scan.resources.starts[row], scan.resources.ends[row]];
    const content = this.reader.buffer.toString('latin1', start, end);
    const known = this.processNumbers.get(content);
    if (known !== undefined) return known;
    const resource = decodeResourceMessage(otlp.subarray(start, end));
    const number = this.dictionary.processOf(sorted ? inOrder(resource) : resource);
    this.processNumbers.set(content, number);
    return number;
  }

  private addSpan(span: Span | undefined): void {
    if (span === undefined) return;
    const { dictionary } = this;
    const { durationNano, logs, references, tags } = spanAsJaeger(span);
    const parent = parentOf(references, span.traceId);
    for (const reference of references) {
      if (reference !== parent || reference.type === 'FOLLOWS_FROM') this.addReference(reference);
    }
    this.addWarnings(span.warnings);
    for (const { fields, timeUnixNano } of logs) {
      const pairsAt = this.beginEvent(micros(timeUnixNano));
      for (const field of fields) this.events.push(dictionary.pairOf(field));
      this.endEvent(pairsAt);
    }
    for (const tag of tags) this.tags.push(dictionary.pairOf(tag));
    this.tagCounts.push(tags.length);
    this.spanIds.addText(span.spanId);
    this.parentSpanIds.addText(parent?.spanId ?? NO_ID.toString('hex'));
    const name = Buffer.from(span.name);
    this.operations.push(dictionary.nameOf(name, { start: 0, end: name.length }));
    this.processOf.push(dictionary.processOf(span.resource));
    this.addTimes(micros(span.startTimeUnixNano), micros(durationNano));
  }

  private addReference({ spanId, traceId, type }: ReferenceAsJaeger): void {
    const ids = { traceID: shortTraceId(traceId), spanID: spanId };
    this.references.push({ span: this.starts.length, refType: type, ...ids });
  }

  private addWarnings(texts: readonly string[]): void {
    if (texts.length > 0) this.warnings.push({ span: this.starts.length, texts });
  }

  /** To be called last: the number of starts is the number of the next span. */
  private addTimes(startMicros: number, durationMicros: number): void {
    this.areTimesExact &&= Number.isSafeInteger(startMicros);
    this.starts.push(startMicros);
    this.durations.push(durationMicros);
  }

  private takeLine(): Uint8Array {
    const { json } = this;
    json.addText('{');
    this.dictionary.takeTo(json);
    json.addText(',"spanIds":"');
    json.add(this.spanIds.take());
    json.addText('","parentSpanIds":"');
    json.add(this.parentSpanIds.take());
    const base = this.base();
    json.addText(`","base":${base}`);
    subtractFromTimes(this.events, base);
    const columns = {
      starts: this.starts.map((time) => time - base),
      durations: this.durations,
      operations: this.operations,
      processOf: this.processOf,
      tagCounts: this.tagCounts,
      tags: this.tags,
      events: this.events,
    };
    for (const [name, numbers] of Object.entries(columns)) {
      json.addText(',');
      addNumbers(json, name, numbers);
    }
    json.addText(
      `,"references":${jsonText(this.references)},"warnings":${jsonText(this.warnings)}}\n`,
    );
    this.spanCount += this.starts.length;
    this.clear();
    return json.take();
  }

  /** Small numbers are faster to read; but sums with one that is not exact would not be the same. */
  private base(): number {
    return this.areTimesExact ? Math.max(0, this.starts[0] ?? 0) : 0;
  }

  private clear(): void {
    const { durations, events, operations, processOf, starts, tagCounts, tags } = this;
    for (const list of [starts, durations, operations, processOf, tagCounts, tags, events]) {
      list.length = 0;
    }
    this.references = [];
    this.warnings = [];
    this.areTimesExact = true;
  }
}

/** Of events as they are in `UiTracePiece`. */
function subtractFromTimes(events: number[], base: number): void {
  for (let at = 0; at < events.length; at += EVENT_HEAD + (events[at + EVENT_HEAD - 1] ?? 0)) {
    events[at + 1] = (events[at + 1] ?? 0) - base;
  }
}

/** Below which span our UI puts one: what a span follows is no parent, and stays a link as well. */
function parentOf(
  references: readonly ReferenceAsJaeger[],
  traceId: string,
): ReferenceAsJaeger | undefined {
  const inTrace = references.filter((reference) => reference.traceId === traceId);
  return inTrace.find(({ type }) => type === 'CHILD_OF') ?? inTrace[0];
}

function textTag(
  key: string,
  value: string,
): { readonly key: string; readonly value: { readonly type: 'string'; readonly value: string } } {
  return { key, value: { type: 'string', value } };
}

function micros(nano: bigint): number {
  return Number(nano / 1000n);
}
