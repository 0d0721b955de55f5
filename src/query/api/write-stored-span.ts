import type { RowSkew } from '../../model/adjust-clock-skew.ts';
import { inOrder } from '../../model/adjust-order.ts';
import { SPAN_KINDS } from '../../model/span.ts';
import type { Resource } from '../../model/span.ts';
import { shortTraceId } from '../../model/trace-id.ts';
import { doubleText, integerText } from '../../wire/json/number-text.ts';
import { decodeResourceMessage, decodeScopeMessage } from '../../wire/otlp/decode-trace.ts';
import { ProtobufReader } from '../../wire/protobuf/reader.ts';
import type { SpanScan } from '../../wire/span-scan.ts';
import { jsonPart } from './json-bytes.ts';
import type { JsonBytes, JsonPart } from './json-bytes.ts';
import { jsonText } from './json-text.ts';
import { quoted } from './quoted.ts';
import { BOOL_TAG, INT_TAG, TEXT_TAG } from './stored-attributes.ts';
import type { StoredAttributes, StoredTag } from './stored-attributes.ts';
import type { StoredSpanFields } from './stored-span-fields.ts';
import { StoredSpanTimes, microsAt } from './stored-span-times.ts';
import type { TagKey } from './tag-keys.ts';

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

const NAME = jsonPart('","operationName":');
const NO_PARENT = jsonPart(',"references":[],"startTime":');
const BEHIND_PARENT = jsonPart('"}],"startTime":');
const DURATION = jsonPart(',"duration":');
const TAGS = jsonPart(',"tags":[');
const COMMA = 0x2c;
const LOGS = jsonPart('],"logs":[');
const LOG = jsonPart('{"timestamp":');
const LOG_FIELDS = jsonPart(',"fields":[');
const BEHIND_LOG = jsonPart(']}');
const EVENT = jsonPart('{"key":"event","type":"string","value":');
const NO_WARNINGS = jsonPart('null}');
const NOTHING = jsonPart('');
const TRUE = jsonPart('"bool","value":true}');
const FALSE = jsonPart('"bool","value":false}');
const INT = jsonPart('"int64","value":');
const DOUBLE = jsonPart('"float64","value":');
const END = 0x7d;
const KINDS = SPAN_KINDS.map((kind) => (kind === 'unspecified' ? '' : textTag('span.kind', kind)));
/** By the number of the status. */
const STATUSES = [
  '',
  textTag('otel.status_code', 'OK'),
  ',{"key":"error","type":"bool","value":true}',
];

/** What is written the same for many spans of a scope. */
interface ScopeTags {
  /** Its own tags, each behind a comma. */
  readonly text: string;
  /** Those and the tags of kind and status, with a comma before them and without, by both. */
  readonly parts: (JsonPart | undefined)[];
}

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
  private readonly fields: StoredSpanFields;
  private readonly times = new StoredSpanTimes();
  private readonly processIds = new Map<string, JsonPart>();
  private readonly scopeTags = new Map<string, ScopeTags>();
  private spans: StoredSpans | undefined;
  private reader = new ProtobufReader(new Uint8Array(0));
  /** From the beginning of a span to its id, and the same of its parent. */
  private head = NOTHING;
  private parent = NOTHING;
  private readonly traceWords = new Uint32Array(4);
  private resourceRow = -1;
  /** From behind the logs to the warnings. */
  private process = NOTHING;
  private scopeRow = -1;
  private tagsOfScope: ScopeTags = { text: '', parts: [] };

  /** `keyOf`: see `SpanWriter`; called in the order of the spans. */
  constructor(json: JsonBytes, keyOf: (resource: Resource) => string, fields: StoredSpanFields) {
    this.fields = fields;
    this.json = json;
    this.keyOf = keyOf;
  }

  /** False, and nothing written, when the span has more to it than is written here. */
  write(spans: StoredSpans, row: number, { begin, skew }: WriteOptions): boolean {
    if (spans !== this.spans) this.open(spans);
    const { fields, reader, times } = this;
    const { scan } = spans;
    if (!fields.read(reader, scan.spanStarts[row] ?? 0, scan.spanEnds[row] ?? 0)) return false;
    if (!fields.arrange(reader.buffer, spans.sorted) || !times.read(reader.buffer, fields, skew))
      return false;
    this.findShared(spans, row);
    begin();
    this.writeHead();
    this.writeTags();
    this.writeLogs(spans.sorted, skew);
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
    let isSame = this.head.length > 0;
    for (let index = 0; index < 4; index++) {
      const word = scan.traceIds[4 * row + index] ?? 0;
      if (traceWords[index] !== word) isSame = false;
      traceWords[index] = word;
    }
    if (!isSame) {
      const hex = [...traceWords].map((word) => word.toString(16).padStart(8, '0')).join('');
      const behind = `"traceID":"${shortTraceId(hex)}","spanID":"`;
      this.head = jsonPart(`{${behind}`);
      this.parent = jsonPart(`,"references":[{"refType":"CHILD_OF",${behind}`);
    }
    const [resource = 0, scope = 0] = [scan.resourceRows[row], scan.scopeRows[row]];
    if (resource !== this.resourceRow) {
      this.resourceRow = resource;
      const [start = 0, end = 0] = [scan.resources.starts[resource], scan.resources.ends[resource]];
      this.process = this.cached(this.processIds, start, end, (bytes) => {
        const own = decodeResourceMessage(bytes);
        const key = this.keyOf(sorted ? inOrder(own) : own);
        return jsonPart(`],"processID":"${key}","warnings":`);
      });
    }
    if (scope !== this.scopeRow) {
      this.scopeRow = scope;
      const [start = 0, end = 0] = [scan.scopes.starts[scope], scan.scopes.ends[scope]];
      this.tagsOfScope = this.cached(this.scopeTags, start, end, (bytes) => {
        const { name, version } = decodeScopeMessage(bytes);
        const text = textTag('otel.scope.name', name) + textTag('otel.scope.version', version);
        return { text, parts: [] };
      });
    }
  }

  private cached<T>(
    known: Map<string, T>,
    start: number,
    end: number,
    make: (bytes: Uint8Array) => T,
  ): T {
    const { buffer } = this.reader;
    const content = buffer.toString('latin1', start, end);
    const found = known.get(content) ?? make(buffer.subarray(start, end));
    known.set(content, found);
    return found;
  }

  private writeHead(): void {
    const { fields, json, reader, times } = this;
    const { buffer } = reader;
    json.addPart(this.head);
    json.addHex(buffer, fields.spanId, fields.spanId + 8);
    json.addPart(NAME);
    json.addQuoted(buffer, fields.nameStart, fields.nameEnd);
    if (fields.parentId < 0) {
      json.addPart(NO_PARENT);
    } else {
      json.addPart(this.parent);
      json.addHex(buffer, fields.parentId, fields.parentId + 8);
      json.addPart(BEHIND_PARENT);
    }
    json.addNumber(times.startMicros);
    json.addPart(DURATION);
    json.addNumber(times.durationMicros);
  }

  private writeTags(): void {
    const { fields, json } = this;
    json.addPart(TAGS);
    this.writeAttributes(fields.attributes, true);
    json.addPart(this.sharedTags(fields.attributes.count === 0));
  }

  private sharedTags(isFirst: boolean): JsonPart {
    const { kind, statusCode } = this.fields;
    const { parts, text } = this.tagsOfScope;
    const at = 2 * (kind * STATUSES.length + statusCode) + (isFirst ? 1 : 0);
    const known = parts[at];
    if (known !== undefined) return known;
    const whole = text + (KINDS[kind] ?? '') + (STATUSES[statusCode] ?? '');
    const part = jsonPart(isFirst ? whole.slice(1) : whole);
    parts[at] = part;
    return part;
  }

  private writeLogs(sorted: boolean, skew: RowSkew | undefined): void {
    const { fields, json, reader } = this;
    const { attributes, count } = fields.events;
    json.addPart(LOGS);
    for (let index = 0; index < count; index++) {
      fields.events.read(reader, index, sorted);
      const { isNamed, nameEnd, nameStart, time } = fields.events;
      if (index > 0) json.addByte(COMMA);
      json.addPart(LOG);
      json.addNumber(microsAt(reader.buffer, time, skew));
      json.addPart(LOG_FIELDS);
      if (isNamed) {
        json.addPart(EVENT);
        json.addQuoted(reader.buffer, nameStart, nameEnd);
        json.addByte(END);
      }
      this.writeAttributes(attributes, !isNamed);
      json.addPart(BEHIND_LOG);
    }
  }

  private writeAttributes({ count, order, tags }: StoredAttributes, isFirst: boolean): void {
    for (let index = 0; index < count; index++) {
      if (index > 0 || !isFirst) this.json.addByte(COMMA);
      const tag = tags[order[index] ?? 0];
      if (tag?.key !== undefined) this.writeTag(tag, tag.key);
    }
  }

  private writeTag(tag: StoredTag, key: TagKey): void {
    const { json, reader } = this;
    if (tag.type === TEXT_TAG) {
      json.addPart(key.textHead);
      json.addQuoted(reader.buffer, tag.start, tag.end);
      json.addByte(END);
      return;
    }
    json.addPart(key.head);
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
      json.addText(doubleText(value));
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
    else json.addText(integerText(value));
  }

  private writeEnd(warnings: readonly string[]): void {
    const { json } = this;
    json.addPart(this.process);
    if (warnings.length === 0) {
      json.addPart(NO_WARNINGS);
    } else {
      json.addText(jsonText(warnings));
      json.addByte(END);
    }
  }
}
