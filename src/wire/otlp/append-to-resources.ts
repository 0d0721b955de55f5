import { Buffer } from 'node:buffer';
import type { ScopeScan, SpanScan } from '../span-scan.ts';
import { ProtobufReader } from '../protobuf/reader.ts';
import { varintSize } from '../protobuf/writer.ts';
import { rewriteSpans } from './rewrite-spans.ts';
import { scanSpans } from './scan-spans.ts';
import type { ScannedSpans } from './scan-spans.ts';
import { MESSAGE_1 } from './trace-fields.ts';

/** What the fields around a resource may take more when it grows. */
const HEADERS_GROWTH_BYTES = 10;

/**
 * The message with whole fields behind those of its resources, and the scan of it. All else is copied
 * in long pieces and the scan is moved with it, which takes a fraction of a scan.
 * @param suffixOf the fields for a row of the scan's resources, if any
 */
export function appendToResources(
  otlp: Uint8Array,
  scan: SpanScan,
  suffixOf: (row: number) => Uint8Array | undefined,
): ScannedSpans {
  const suffixes = Array.from({ length: scan.resources.count }, (_, row) => suffixOf(row));
  const moved = grow(otlp, scan, suffixes);
  if (moved !== undefined) return { otlp: moved.otlp, scan: moveScan(scan, moved) };
  const rewritten = rewriteSpans(otlp, scan, { resourceSuffix: (row) => suffixes[row] });
  return { otlp: rewritten, scan: scanSpans(rewritten) };
}

/** What was copied by how much further, by row of the resources. */
interface Moved {
  readonly otlp: Uint8Array;
  /** From the start of the Resource to what is appended to it. */
  readonly resources: Int32Array;
  /** Behind that, until `ends`. */
  readonly others: Int32Array;
  /** Of the ResourceSpans, before. */
  readonly ends: Uint32Array;
}

/** undefined when a resource that grows is not the first field around, or may change its service. */
function grow(
  otlp: Uint8Array,
  { resources: { count, starts, serviceNameStarts, serviceNameEnds } }: SpanScan,
  suffixes: readonly (Uint8Array | undefined)[],
): Moved | undefined {
  const reader = new ProtobufReader(otlp);
  const output = createOutput(otlp, suffixes);
  const resources = new Int32Array(count);
  const others = new Int32Array(count);
  const ends = new Uint32Array(count);
  for (let row = 0; reader.hasMore();) {
    const at = reader.position;
    const tag = reader.tag();
    if (tag !== MESSAGE_1) {
      reader.skip(tag);
      continue;
    }
    const end = reader.payloadEnd();
    const suffix = suffixes[row];
    if (suffix === undefined) {
      resources[row] = others[row] = output.shift();
    } else {
      if (serviceNameStarts[row] === serviceNameEnds[row] || reader.tag() !== MESSAGE_1) return;
      const resourceEnd = reader.payloadEnd();
      if (reader.position !== starts[row]) return;
      const size = resourceEnd - reader.position + suffix.length;
      output.copyTo(at);
      output.header(1 + varintSize(size) + size + end - resourceEnd);
      output.header(size);
      output.skipTo(reader.position);
      resources[row] = output.shift();
      output.copyTo(resourceEnd);
      output.add(suffix);
      others[row] = output.shift();
    }
    ends[row] = reader.position = end;
    row += 1;
  }
  output.copyTo(otlp.length);
  return { otlp: output.written(), resources, others, ends };
}

interface Output {
  /** Copies the message from where it was left. */
  copyTo(end: number): void;
  /** Goes on with the message from there. */
  skipTo(start: number): void;
  /** Tag and length of a message in field 1. */
  header(size: number): void;
  add(bytes: Uint8Array): void;
  /** By how much further what is copied next comes to be. */
  shift(): number;
  written(): Uint8Array;
}

function createOutput(otlp: Uint8Array, suffixes: readonly (Uint8Array | undefined)[]): Output {
  const growth = suffixes.reduce(
    (sum, suffix) => sum + (suffix === undefined ? 0 : suffix.length + HEADERS_GROWTH_BYTES),
    0,
  );
  const bytes = Buffer.allocUnsafeSlow(otlp.length + growth);
  let position = 0;
  let copied = 0;
  const add = (more: Uint8Array): void => {
    bytes.set(more, position);
    position += more.length;
  };
  return {
    add,
    copyTo: (end) => {
      add(otlp.subarray(copied, end));
      copied = end;
    },
    skipTo: (start) => {
      copied = start;
    },
    header: (size) => {
      bytes[position++] = MESSAGE_1;
      let rest = size;
      for (; rest > 0x7f; rest >>>= 7) bytes[position++] = (rest & 0x7f) | 0x80;
      bytes[position++] = rest;
    },
    shift: () => position - copied,
    written: () => bytes.subarray(0, position),
  };
}

function moveScan(scan: SpanScan, moved: Moved): SpanScan {
  const { resources, resourceRows } = scan;
  const ofSpans = (offsets: Uint32Array): Uint32Array => {
    const shifted = new Uint32Array(offsets.length);
    for (let row = 0; row < offsets.length; row += 1) {
      shifted[row] = shift(offsets[row] ?? 0, moved.others[resourceRows[row] ?? 0]);
    }
    return shifted;
  };
  const ofResources = (offsets: Uint32Array, shifts: Int32Array): Uint32Array =>
    offsets.map((at, row) => shift(at, shifts[row]));
  return {
    ...scan,
    spanStarts: ofSpans(scan.spanStarts),
    spanEnds: ofSpans(scan.spanEnds),
    nameStarts: ofSpans(scan.nameStarts),
    nameEnds: ofSpans(scan.nameEnds),
    resources: {
      count: resources.count,
      starts: ofResources(resources.starts, moved.resources),
      ends: ofResources(resources.ends, moved.others),
      serviceNameStarts: ofResources(resources.serviceNameStarts, moved.resources),
      serviceNameEnds: ofResources(resources.serviceNameEnds, moved.resources),
      schemaUrlStarts: ofResources(resources.schemaUrlStarts, moved.others),
      schemaUrlEnds: ofResources(resources.schemaUrlEnds, moved.others),
    },
    scopes: moveScopes(scan.scopes, moved),
  };
}

/** What is not there is at 0, where no field's payload can be. */
function shift(at: number, by = 0): number {
  return at === 0 ? 0 : at + by;
}

/** Scopes come in the order of the resources they are in, with or without spans. */
function moveScopes(scopes: ScopeScan, { others, ends }: Moved): ScopeScan {
  let resource = 0;
  const shifts = scopes.starts.map((start, row) => {
    const at = Math.max(start, scopes.schemaUrlStarts[row] ?? 0);
    while (at >= (ends[resource] ?? Infinity)) resource += 1;
    return others[resource] ?? 0;
  });
  const ofScopes = (offsets: Uint32Array): Uint32Array =>
    offsets.map((at, row) => shift(at, shifts[row]));
  return {
    count: scopes.count,
    starts: ofScopes(scopes.starts),
    ends: ofScopes(scopes.ends),
    schemaUrlStarts: ofScopes(scopes.schemaUrlStarts),
    schemaUrlEnds: ofScopes(scopes.schemaUrlEnds),
  };
}
