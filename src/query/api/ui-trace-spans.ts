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
import { StoredSpanFields } from './stored-span-fields.ts';
import { StoredSpanTimes } from './stored-span-times.ts';
import type { UiTraceReference, UiTraceWarnings } from './ui-trace-json.ts';
import { addNumbers, UiTraceDictionary } from './ui-trace-texts.ts';

/** What a reader takes in at once: a few milliseconds of its work. */
const PIECE_SPANS = 4096;
const PIECE_BYTES = 512 * 1024;

const NO_ID = Buffer.alloc(8);
const FIRST_BYTES = 64 * 1024;

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
  private readonly events: UiTraceEvent[] = [];
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
    if (fields.events.count > 0 || !fields.attributes.arrange(sorted)) return false;
    const { buffer } = reader;
    if (!times.read(buffer, fields, skew)) return false;
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
    this.addTimes(times.startMicros, times.durationMicros);
    return true;
  }

  private addTags(stored: StoredPiece, scopeRow: number): void {
    const { fields, tags } = this;
    const { length } = tags;
    for (let at = 0; at < fields.attributes.count; at++) {
      tags.push(this.pairAt(fields.attributes.order[at] ?? 0));
    }
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

  private pairAt(index: number): number {
    const { dictionary, reader } = this;
    const tag = this.fields.attributes.tags[index];
    const key = dictionary.keyOf(tag?.key?.text ?? '');
    if (tag === undefined || tag.type === TEXT_TAG) {
      return dictionary.pairOfText(key, reader.buffer, tag ?? { start: 0, end: 0 });
    }
    return dictionary.pairOfBytes(key, reader.buffer, tag);
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
      const pairs = fields.map((field) => dictionary.pairOf(field));
      this.events.push({ span: this.starts.length, time: micros(timeUnixNano), pairs });
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
    const times = this.events.flatMap(({ pairs, span, time }) => [
      ...[span, time - base, pairs.length],
      ...pairs,
    ]);
    const columns = {
      starts: this.starts.map((time) => time - base),
      durations: this.durations,
      operations: this.operations,
      processOf: this.processOf,
      tagCounts: this.tagCounts,
      tags: this.tags,
      events: times,
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
    const times = [this.starts, this.events.map(({ time }) => time)];
    const isExact = times.every((list) => list.every((time) => Number.isSafeInteger(time)));
    return isExact ? Math.max(0, this.starts[0] ?? 0) : 0;
  }

  private clear(): void {
    const { durations, events, operations, processOf, starts, tagCounts, tags } = this;
    for (const list of [starts, durations, operations, processOf, tagCounts, tags, events]) {
      list.length = 0;
    }
    this.references = [];
    this.warnings = [];
  }
}

interface UiTraceEvent {
  readonly span: number;
  readonly time: number;
  readonly pairs: readonly number[];
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
