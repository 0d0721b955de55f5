import type { SpanScan } from '../span-scan.ts';
import { ProtobufReader } from '../protobuf/reader.ts';
import {
  FIELD_3,
  GROUP_FIELDS,
  MESSAGE_1,
  MESSAGE_2,
  RESOURCE_FIELDS,
  SCOPE_FIELDS,
} from './trace-fields.ts';
import { mergeGroups } from './merge-groups.ts';
import { SpanScanner } from './scan-span.ts';
import { skipAttributes, skipField } from './skip-field.ts';
import { createScanRows, firstRows, scanBytes } from './span-scan-buffer.ts';
import type { ScanRows, ScanSize } from './span-scan-buffer.ts';
import { WireError } from '../wire-error.ts';
import { SERVICE_NAME, findStringValue } from './string-attribute.ts';
import { validateKeyValue } from './validate-value.ts';

/** Memory a scan may take: a span of two bytes must not cost eighty. Real spans need 0.2 a byte. */
const SCAN_BYTES_FREE = 64 * 1024;
const SCAN_BYTES_PER_BYTE = 4;

/**
 * Finds the spans of an OTLP TracesData message and walks every field of it, so that no later stage
 * meets bytes it cannot decode. Fields not known here are kept and skipped; of a singular field that
 * comes twice the last one counts. See `scanReceived` for a resource or a scope that does.
 *
 * An id of a wrong length is left zero in its row, and a parent id of a wrong length leaves the
 * span id zero: the sanitizer refuses such a span and lets the others of the batch pass.
 * @throws WireError
 */
export function scanSpans(otlp: Uint8Array): SpanScan {
  return scanMessage(otlp).scan;
}

/** A message and what was found in it. */
export interface ScannedSpans {
  readonly otlp: Uint8Array;
  readonly scan: SpanScan;
}

/**
 * The same for a message that somebody else has made. Those who write protobuf may split a resource or
 * a scope: such a message is put together anew, as a parser would, so that all that read its bytes
 * later find one.
 * @throws WireError
 */
export function scanReceived(otlp: Uint8Array): ScannedSpans {
  const { scan, isSplit } = scanMessage(otlp);
  if (!isSplit) return { otlp, scan };
  const merged = mergeGroups(otlp);
  return { otlp: merged, scan: scanSpans(merged) };
}

function scanMessage(otlp: Uint8Array): { readonly scan: SpanScan; readonly isSplit: boolean } {
  const sampled = measure(otlp, SAMPLE_SPANS);
  const size = isWorthItsMemory(sampled, otlp) ? sampled : measure(otlp, Number.POSITIVE_INFINITY);
  const rows = createScanRows(worthItsMemory(size, otlp));
  const { spanCount, isSplit } = scanInto(rows, otlp);
  if (spanCount <= size.spans) return { scan: firstRows(rows, size, spanCount), isSplit };
  const exact = createScanRows(worthItsMemory({ ...size, spans: spanCount }, otlp));
  scanInto(exact, otlp);
  return { scan: exact, isSplit };
}

/** So many spans of a group tell about how many it has: counting all would be another pass. */
const SAMPLE_SPANS = 8;
/** Room made for those that were not looked at. */
const SAMPLE_MARGIN = 1.25;

function isWorthItsMemory(size: ScanSize, otlp: Uint8Array): boolean {
  return scanBytes(size) <= SCAN_BYTES_FREE + SCAN_BYTES_PER_BYTE * otlp.length;
}

function worthItsMemory(size: ScanSize, otlp: Uint8Array): ScanSize {
  if (isWorthItsMemory(size, otlp)) return size;
  throw new WireError(`protobuf: ${size.spans} spans, nearly all empty, in ${otlp.length} bytes`);
}

/** Spans beyond the room are walked and counted too: nothing is written behind an array's end. */
function scanInto(
  rows: ScanRows,
  otlp: Uint8Array,
): { readonly spanCount: number; readonly isSplit: boolean } {
  const scanner = new TracesScanner(new ProtobufReader(otlp), rows);
  scanner.tracesData();
  return scanner;
}

/**
 * Counts rows by the lengths of messages alone, so that the scan allocates once; of the spans of a
 * group it looks at `sampleMax`.
 */
function measure(otlp: Uint8Array, sampleMax: number): ScanSize {
  const reader = new ProtobufReader(otlp);
  let spans = 0;
  let resources = 0;
  let scopes = 0;
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag !== MESSAGE_1) {
      skipField(reader, tag, GROUP_FIELDS);
      continue;
    }
    resources += 1;
    const outer = reader.enter();
    while (reader.hasMore()) {
      const inner = reader.tag();
      if (inner === MESSAGE_2) {
        scopes += 1;
        spans += countSpans(reader, sampleMax);
      } else {
        skipField(reader, inner, GROUP_FIELDS);
      }
    }
    reader.leave(outer);
  }
  return { spans, resources, scopes };
}

/** Exact when there are no more than `sampleMax`, else about right. */
function countSpans(reader: ProtobufReader, sampleMax: number): number {
  let spans = 0;
  let spanBytes = 0;
  const outer = reader.enter();
  while (reader.hasMore() && spans < sampleMax) {
    const start = reader.position;
    const tag = reader.tag();
    skipField(reader, tag, GROUP_FIELDS);
    if (tag !== MESSAGE_2) continue;
    spans += 1;
    spanBytes += reader.position - start;
  }
  const bytesLeft = reader.limit - reader.position;
  reader.leave(outer);
  return spans + Math.ceil((bytesLeft * SAMPLE_MARGIN * spans) / Math.max(spanBytes, 1));
}

/** One pass over one message, filling rows in message order. */
class TracesScanner {
  /** Whether a resource or a scope came in several parts. */
  isSplit = false;
  private readonly reader: ProtobufReader;
  private readonly rows: ScanRows;
  private readonly spans: SpanScanner;
  private resource = 0;
  private scope = 0;

  constructor(reader: ProtobufReader, rows: ScanRows) {
    this.reader = reader;
    this.rows = rows;
    this.spans = new SpanScanner(reader, rows);
  }

  get spanCount(): number {
    return this.spans.count;
  }

  tracesData(): void {
    const { reader } = this;
    while (reader.hasMore()) {
      const tag = reader.tag();
      if (tag === MESSAGE_1) this.resourceSpans();
      else skipField(reader, tag, GROUP_FIELDS);
    }
  }

  private resourceSpans(): void {
    const { reader } = this;
    const { resources } = this.rows;
    const outer = reader.enter();
    let hasResource = false;
    while (reader.hasMore()) {
      const tag = reader.tag();
      if (tag === MESSAGE_1) {
        this.isSplit ||= hasResource;
        hasResource = true;
        this.resourceMessage();
      } else if (tag === MESSAGE_2) {
        this.scopeSpans();
      } else if (tag === FIELD_3) {
        resources.schemaUrlEnds[this.resource] = reader.payloadEnd();
        resources.schemaUrlStarts[this.resource] = reader.position;
        reader.position = resources.schemaUrlEnds[this.resource] ?? 0;
      } else {
        skipField(reader, tag, GROUP_FIELDS);
      }
    }
    reader.leave(outer);
    this.resource += 1;
  }

  private resourceMessage(): void {
    const { reader, resource } = this;
    const { resources } = this.rows;
    const outer = reader.enter();
    resources.starts[resource] = reader.position;
    resources.ends[resource] = reader.limit;
    resources.serviceNameStarts[resource] = 0;
    resources.serviceNameEnds[resource] = 0;
    let named = false;
    while (reader.hasMore()) {
      const tag = reader.tag();
      if (tag === MESSAGE_1) {
        const start = reader.position;
        validateKeyValue(reader);
        named ||= this.takeServiceName(start);
      } else {
        skipField(reader, tag, RESOURCE_FIELDS);
      }
    }
    reader.leave(outer);
  }

  /** Whether the valid KeyValue field whose length is at `start` is service.name. */
  private takeServiceName(start: number): boolean {
    const { resources } = this.rows;
    const reader = new ProtobufReader(this.reader.buffer, start, this.reader.position);
    const attribute = findStringValue(reader);
    if (attribute.key !== SERVICE_NAME) return false;
    resources.serviceNameStarts[this.resource] = attribute.start;
    resources.serviceNameEnds[this.resource] = attribute.end;
    return true;
  }

  private scopeSpans(): void {
    const { reader, scope } = this;
    const { scopes } = this.rows;
    const outer = reader.enter();
    let hasScope = false;
    while (reader.hasMore()) {
      const tag = reader.tag();
      if (tag === MESSAGE_2) {
        this.spans.next(this.resource, scope);
      } else if (tag === MESSAGE_1) {
        this.isSplit ||= hasScope;
        hasScope = true;
        const scopeOuter = reader.enter();
        scopes.starts[scope] = reader.position;
        scopes.ends[scope] = reader.limit;
        skipAttributes(reader, FIELD_3, SCOPE_FIELDS);
        reader.leave(scopeOuter);
      } else if (tag === FIELD_3) {
        scopes.schemaUrlEnds[scope] = reader.payloadEnd();
        scopes.schemaUrlStarts[scope] = reader.position;
        reader.position = scopes.schemaUrlEnds[scope] ?? 0;
      } else {
        skipField(reader, tag, GROUP_FIELDS);
      }
    }
    reader.leave(outer);
    this.scope += 1;
  }
}
