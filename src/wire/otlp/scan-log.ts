import { grown } from '../../model/grown.ts';
import { ProtobufReader } from '../protobuf/reader.ts';
import type { ResourceScan, ScopeScan, SpanScan } from '../span-scan.ts';
import { SpanScanner } from './scan-span.ts';
import { createScanRows } from './span-scan-buffer.ts';
import type { ScanRows } from './span-scan-buffer.ts';

/** A span that was just written, all of whose texts are in its name and attributes. */
export interface WrittenSpan {
  /** Big-endian words. */
  readonly traceId: Uint32Array;
  readonly id: Uint32Array;
  readonly parentId: Uint32Array;
  /** Where the text of its name was written. */
  readonly nameAt: number;
  readonly nameBytes: number;
  /** Where its times were, start and end one after the other, each with a tag of one byte. */
  readonly timesAt: number;
  readonly kind: number;
  readonly statusCode: number;
}

/** Words of a span: ids, both times, then one each. */
const TRACE_ID = 0;
const SPAN_ID = 4;
const PARENT_ID = 6;
const START_TIME = 8;
const END_TIME = 10;
const SPAN_START = 12;
const SPAN_END = 13;
const NAME_START = 14;
const NAME_END = 15;
const RESOURCE = 16;
const SCOPE = 17;
const KIND = 18;
const STATUS = 19;
const IS_KNOWN = 20;
const SPAN_WORDS = 21;

/** Of a resource, where it and its service's name start and end; of a scope, where it does. */
const RESOURCE_WORDS = 4;
const SCOPE_WORDS = 2;

const FIRST_SPANS = 16;
const FIRST_GROUPS = 4;
/** A tag of one byte and the first of two times of eight. */
const TIME_STRIDE = 9;
const TWO_32 = 2 ** 32;

/**
 * What `scanSpans` would find in a message, noted by who writes it: then nobody has to look for it.
 * Offsets are those in the message as it is written; a message that is moved while it is closed takes
 * its rows along (`moved`). Spans that have more than `WrittenSpan` tells are looked at in the end.
 */
export class ScanLog {
  private spans = 0;
  private resources = 0;
  private scopes = 0;
  private markedSpans = 0;
  private markedResources = 0;
  private markedScopes = 0;
  private spanWords = new Uint32Array(FIRST_SPANS * SPAN_WORDS);
  private resourceWords = new Uint32Array(FIRST_GROUPS * RESOURCE_WORDS);
  private scopeWords = new Uint32Array(FIRST_GROUPS * SCOPE_WORDS);

  clear(): void {
    this.spans = this.resources = this.scopes = 0;
  }

  mark(): void {
    this.markedSpans = this.spans;
    this.markedResources = this.resources;
    this.markedScopes = this.scopes;
  }

  /** Forgets what came after the mark. */
  goBack(): void {
    this.spans = this.markedSpans;
    this.resources = this.markedResources;
    this.scopes = this.markedScopes;
  }

  /** Notes the Resource of the ResourceSpans that is being written. */
  resource(start: number, end: number, serviceName: { start: number; end: number }): void {
    const at = this.resources * RESOURCE_WORDS;
    if (at === this.resourceWords.length) this.resourceWords = doubled(this.resourceWords);
    const words = this.resourceWords;
    words[at] = start;
    words[at + 1] = end;
    words[at + 2] = serviceName.start;
    words[at + 3] = serviceName.end;
  }

  /** Notes the InstrumentationScope of the ScopeSpans that is being written; start = end for none. */
  scope(start: number, end: number): void {
    const at = this.scopes * SCOPE_WORDS;
    if (at === this.scopeWords.length) this.scopeWords = doubled(this.scopeWords);
    const words = this.scopeWords;
    words[at] = start;
    words[at + 1] = end;
  }

  /**
   * Notes the span just written in [start, end); the next one takes its place unless it is kept.
   * `out` shows what was written.
   */
  span(start: number, end: number, written?: WrittenSpan, out?: DataView): void {
    const at = this.spans * SPAN_WORDS;
    if (at === this.spanWords.length) this.spanWords = doubled(this.spanWords);
    const words = this.spanWords;
    words[at + SPAN_START] = start;
    words[at + SPAN_END] = end;
    words[at + IS_KNOWN] = 0;
    if (written === undefined || out === undefined) return;
    words[at + IS_KNOWN] = 1;
    const { traceId, id, parentId, nameAt, timesAt } = written;
    words[at + TRACE_ID] = traceId[0] ?? 0;
    words[at + TRACE_ID + 1] = traceId[1] ?? 0;
    words[at + TRACE_ID + 2] = traceId[2] ?? 0;
    words[at + TRACE_ID + 3] = traceId[3] ?? 0;
    words[at + SPAN_ID] = id[0] ?? 0;
    words[at + SPAN_ID + 1] = id[1] ?? 0;
    words[at + PARENT_ID] = parentId[0] ?? 0;
    words[at + PARENT_ID + 1] = parentId[1] ?? 0;
    words[at + START_TIME] = out.getUint32(timesAt + 1, true);
    words[at + START_TIME + 1] = out.getUint32(timesAt + 5, true);
    words[at + END_TIME] = out.getUint32(timesAt + TIME_STRIDE + 1, true);
    words[at + END_TIME + 1] = out.getUint32(timesAt + TIME_STRIDE + 5, true);
    words[at + NAME_START] = nameAt;
    words[at + NAME_END] = nameAt + written.nameBytes;
    words[at + KIND] = written.kind;
    words[at + STATUS] = written.statusCode;
  }

  /** The span noted last stays, in the groups that are being written. */
  keepSpan(): void {
    const at = this.spans * SPAN_WORDS;
    this.spanWords[at + RESOURCE] = this.resources;
    this.spanWords[at + SCOPE] = this.scopes;
    this.spans += 1;
  }

  /** The ScopeSpans is closed, and what is in it from `start` on was moved. */
  endScope(start: number, moved: number): void {
    if (moved !== 0) {
      this.moveSpans(start, moved);
      moveFrom(this.scopeWords, this.scopes * SCOPE_WORDS, SCOPE_WORDS, { start, moved });
    }
    this.scopes += 1;
  }

  /** The same for the ResourceSpans. */
  endResource(start: number, moved: number): void {
    if (moved !== 0) {
      this.moveSpans(start, moved);
      for (let scope = this.scopes - 1; scope >= 0; scope -= 1) {
        moveFrom(this.scopeWords, scope * SCOPE_WORDS, SCOPE_WORDS, { start, moved });
      }
      moveFrom(this.resourceWords, this.resources * RESOURCE_WORDS, RESOURCE_WORDS, {
        start,
        moved,
      });
    }
    this.resources += 1;
  }

  private moveSpans(start: number, moved: number): void {
    const words = this.spanWords;
    for (let at = (this.spans - 1) * SPAN_WORDS; at >= 0; at -= SPAN_WORDS) {
      if ((words[at + SPAN_START] ?? 0) < start) return;
      moveFrom(words, at + SPAN_START, NAME_END + 1 - SPAN_START, { start, moved });
    }
  }

  /** The scan of the message that was written. */
  finish(otlp: Uint8Array): SpanScan {
    const { spans, resources, scopes } = this;
    const rows = createScanRows({ spans, resources, scopes });
    this.fillGroups(rows.resources, rows.scopes);
    let scanner: SpanScanner | undefined;
    for (let row = 0; row < spans; row += 1) {
      this.fillSpan(rows, row);
      if (this.spanWords[row * SPAN_WORDS + IS_KNOWN] === 1) continue;
      scanner ??= new SpanScanner(new ProtobufReader(otlp), rows);
      scanner.rescan(row);
    }
    return rows;
  }

  private fillSpan(rows: ScanRows, row: number): void {
    const words = this.spanWords;
    const at = row * SPAN_WORDS;
    const word = (index: number): number => words[at + index] ?? 0;
    rows.spanStarts[row] = word(SPAN_START);
    rows.spanEnds[row] = word(SPAN_END);
    rows.resourceRows[row] = word(RESOURCE);
    rows.scopeRows[row] = word(SCOPE);
    if (word(IS_KNOWN) === 0) return;
    for (let index = 0; index < 4; index += 1)
      rows.traceIds[4 * row + index] = word(TRACE_ID + index);
    for (let index = 0; index < 2; index += 1) {
      rows.spanIds[2 * row + index] = word(SPAN_ID + index);
      rows.parentSpanIds[2 * row + index] = word(PARENT_ID + index);
      rows.startTimeWords[2 * row + index] = word(START_TIME + index);
    }
    rows.durationsNano[row] =
      (word(END_TIME + 1) - word(START_TIME + 1)) * TWO_32 + (word(END_TIME) - word(START_TIME));
    rows.nameStarts[row] = word(NAME_START);
    rows.nameEnds[row] = word(NAME_END);
    rows.kinds[row] = word(KIND);
    rows.statusCodes[row] = word(STATUS);
    rows.asciiTexts[row] = 1;
  }

  private fillGroups(resources: ResourceScan, scopes: ScopeScan): void {
    for (let row = 0; row < resources.count; row += 1) {
      const at = row * RESOURCE_WORDS;
      resources.starts[row] = this.resourceWords[at] ?? 0;
      resources.ends[row] = this.resourceWords[at + 1] ?? 0;
      resources.serviceNameStarts[row] = this.resourceWords[at + 2] ?? 0;
      resources.serviceNameEnds[row] = this.resourceWords[at + 3] ?? 0;
    }
    for (let row = 0; row < scopes.count; row += 1) {
      scopes.starts[row] = this.scopeWords[row * SCOPE_WORDS] ?? 0;
      scopes.ends[row] = this.scopeWords[row * SCOPE_WORDS + 1] ?? 0;
    }
  }
}

/** Moves those of `count` offsets from `at` on that are at `start` or behind. */
function moveFrom(
  words: Uint32Array,
  at: number,
  count: number,
  { start, moved }: { readonly start: number; readonly moved: number },
): void {
  for (let index = at; index < at + count; index += 1) {
    const offset = words[index] ?? 0;
    if (offset >= start) words[index] = offset + moved;
  }
}

function doubled(words: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  return grown(Uint32Array, words, 2 * words.length);
}
