import { Buffer } from 'node:buffer';
import type { RowSkew } from '../../model/adjust-clock-skew.ts';
import { inOrder } from '../../model/adjust-order.ts';
import { SPAN_KINDS } from '../../model/span.ts';
import type { Resource } from '../../model/span.ts';
import { shortTraceId } from '../../model/trace-id.ts';
import { decodeResourceMessage, decodeScopeMessage } from '../../wire/otlp/decode-trace.ts';
import { ProtobufReader } from '../../wire/protobuf/reader.ts';
import type { SpanScan } from '../../wire/span-scan.ts';
import { jsonPart } from './json-bytes.ts';
import type { JsonBytes, JsonPart } from './json-bytes.ts';
import { jsonText } from './json-text.ts';
import { quoted } from './quoted.ts';
import { BOOL_TAG, INT_TAG, StoredSpanFields, TEXT_TAG } from './stored-span-fields.ts';
import { StoredSpanTimes } from './stored-span-times.ts';

/** Spans as they are stored, and where they are. */
export interface StoredSpans {
  readonly otlp: Uint8Array;
  readonly scan: SpanScan;
  /** Whether attributes are to be in order. */
  readonly sorted: boolean;
}

interface WriteOptions {
  /** Called when the span is going to be written. */
  readonly begin: () => void;
  readonly skew: RowSkew | undefined;
}

const SPAN_ID = jsonPart('","spanID":"');
const NAME = jsonPart('","operationName":');
const NO_PARENT = jsonPart(',"references":[],"startTime":');
const PARENT = jsonPart(',"references":[{"refType":"CHILD_OF","traceID":"');
const BEHIND_PARENT = jsonPart('"}],"startTime":');
const DURATION = jsonPart(',"duration":');
const TAGS = jsonPart(',"tags":[');
const COMMA = 0x2c;
const LOGS = jsonPart('],"logs":[],"processID":"');
const WARNINGS = jsonPart('","warnings":');
const NO_WARNINGS = jsonPart('null}');
const TRACE_ID = jsonPart('{"traceID":"');
const TRUE = jsonPart('"bool","value":true}');
const FALSE = jsonPart('"bool","value":false}');
const INT = jsonPart('"int64","value":');
const DOUBLE = jsonPart('"float64","value":');
const END = 0x7d;
const KINDS = SPAN_KINDS.map((kind) =>
  jsonPart(kind === 'unspecified' ? '' : textTag('span.kind', kind)),
);
/** By the number of the status. */
const STATUSES = [
  jsonPart(''),
  jsonPart(textTag('otel.status_code', 'OK')),
  jsonPart(',{"key":"error","type":"bool","value":true}'),
];

function textTag(key: string, value: string): string {
  return value === '' ? '' : `,{"key":"${key}","type":"string","value":${quoted(value)}}`;
}

/**
 * Turns the bytes of stored spans into the bytes of `JaegerSpan`s, with nothing made in between:
 * what is common goes this way, and `write-jaeger-span.ts` is for the rest and says what is right.
 */
export class StoredSpanWriter {
  private readonly json: JsonBytes;
  private readonly keyOf: (resource: Resource) => string;
  private readonly fields = new StoredSpanFields();
  private readonly times = new StoredSpanTimes();
  private readonly processIds = new Map<string, JsonPart>();
  private readonly scopeTags = new Map<string, JsonPart>();
  private spans: StoredSpans | undefined;
  private reader = new ProtobufReader(new Uint8Array(0));
  private traceId = NOTHING;
  private readonly traceWords = new Uint32Array(4);
  private resourceRow = -1;
  private processId = NOTHING;
  private scopeRow = -1;
  private tagsOfScope = NOTHING;

  /** `keyOf`: see `SpanWriter`; called in the order of the spans. */
  constructor(json: JsonBytes, keyOf: (resource: Resource) => string) {
    this.json = json;
    this.keyOf = keyOf;
  }

  /** False, and nothing written, when the span has more to it than is written here. */
  write(spans: StoredSpans, row: number, { begin, skew }: WriteOptions): boolean {
    if (spans !== this.spans) this.open(spans);
    const { fields, reader, times } = this;
    const { scan } = spans;
    if (!fields.read(reader, scan.spanStarts[row] ?? 0, scan.spanEnds[row] ?? 0)) return false;
    if (!fields.arrange(spans.sorted) || !times.read(reader.buffer, fields, skew)) return false;
    this.findShared(spans, row);
    begin();
    this.writeHead();
    this.writeTags();
    this.writeEnd(skew?.warnings ?? []);
    return true;
  }

  private open(spans: StoredSpans): void {
    this.spans = spans;
    this.reader = new ProtobufReader(spans.otlp);
    this.resourceRow = this.scopeRow = -1;
  }

  /** What spans have in common with their neighbours. */
  private findShared({ scan, sorted }: StoredSpans, row: number): void {
    const { traceWords } = this;
    let isSame = this.traceId.length > 0;
    for (let index = 0; index < 4; index++) {
      const word = scan.traceIds[4 * row + index] ?? 0;
      if (traceWords[index] !== word) isSame = false;
      traceWords[index] = word;
    }
    if (!isSame) {
      const hex = [...traceWords].map((word) => word.toString(16).padStart(8, '0')).join('');
      this.traceId = jsonPart(shortTraceId(hex));
    }
    const [resource = 0, scope = 0] = [scan.resourceRows[row], scan.scopeRows[row]];
    if (resource !== this.resourceRow) {
      this.resourceRow = resource;
      const [start = 0, end = 0] = [scan.resources.starts[resource], scan.resources.ends[resource]];
      this.processId = this.cached(this.processIds, start, end, (bytes) => {
        const own = decodeResourceMessage(bytes);
        return this.keyOf(sorted ? inOrder(own) : own);
      });
    }
    if (scope !== this.scopeRow) {
      this.scopeRow = scope;
      const [start = 0, end = 0] = [scan.scopes.starts[scope], scan.scopes.ends[scope]];
      this.tagsOfScope = this.cached(this.scopeTags, start, end, (bytes) => {
        const { name, version } = decodeScopeMessage(bytes);
        return textTag('otel.scope.name', name) + textTag('otel.scope.version', version);
      });
    }
  }

  private cached(
    known: Map<string, JsonPart>,
    start: number,
    end: number,
    make: (bytes: Uint8Array) => string,
  ): JsonPart {
    const { buffer } = this.reader;
    const content = buffer.toString('latin1', start, end);
    const found = known.get(content) ?? jsonPart(make(buffer.subarray(start, end)));
    known.set(content, found);
    return found;
  }

  private writeHead(): void {
    const { fields, json, reader, times } = this;
    const { buffer } = reader;
    json.addPart(TRACE_ID);
    json.addPart(this.traceId);
    json.addPart(SPAN_ID);
    json.addHex(buffer, fields.spanId, fields.spanId + 8);
    json.addPart(NAME);
    json.addQuoted(buffer, fields.nameStart, fields.nameEnd);
    if (fields.parentId < 0) {
      json.addPart(NO_PARENT);
    } else {
      json.addPart(PARENT);
      json.addPart(this.traceId);
      json.addPart(SPAN_ID);
      json.addHex(buffer, fields.parentId, fields.parentId + 8);
      json.addPart(BEHIND_PARENT);
    }
    json.addNumber(times.startMicros);
    json.addPart(DURATION);
    json.addNumber(times.durationMicros);
  }

  private writeTags(): void {
    const { fields, json, tagsOfScope } = this;
    json.addPart(TAGS);
    for (let index = 0; index < fields.tagCount; index++) {
      if (index > 0) json.addByte(COMMA);
      this.writeTag(fields.order[index] ?? 0);
    }
    let isFirst = fields.tagCount === 0;
    for (const more of [tagsOfScope, KINDS[fields.kind], STATUSES[fields.statusCode]]) {
      if (more === undefined || more.length === 0) continue;
      json.addPart(isFirst ? more.subarray(1) : more);
      isFirst = false;
    }
  }

  private writeTag(index: number): void {
    const { fields, json, reader } = this;
    const tag = fields.tags[index];
    if (tag?.key === undefined) return;
    if (tag.type === TEXT_TAG) {
      json.addPart(tag.key.textHead);
      json.addQuoted(reader.buffer, tag.start, tag.end);
      json.addByte(END);
      return;
    }
    json.addPart(tag.key.head);
    if (tag.type === BOOL_TAG) {
      json.addPart(reader.buffer[tag.start] === 0 ? FALSE : TRUE);
      return;
    }
    if (tag.type === INT_TAG) {
      json.addPart(INT);
      this.writeInteger(tag.start, tag.end);
    } else {
      const value = reader.buffer.readDoubleLE(tag.start);
      json.addPart(DOUBLE);
      json.addText(Number.isFinite(value) ? String(value) : `"${value}"`);
    }
    json.addByte(END);
  }

  private writeInteger(start: number, end: number): void {
    const { json, reader } = this;
    reader.position = start;
    reader.limit = end;
    const value = reader.int64();
    const number = Number(value);
    if (Number.isSafeInteger(number)) json.addNumber(number);
    else json.addText(`"${value}"`);
  }

  private writeEnd(warnings: readonly string[]): void {
    const { json } = this;
    json.addPart(LOGS);
    json.addPart(this.processId);
    json.addPart(WARNINGS);
    if (warnings.length === 0) {
      json.addPart(NO_WARNINGS);
    } else {
      json.addText(jsonText(warnings));
      json.addByte(END);
    }
  }
}
