import { ProtobufWriter } from '../protobuf/writer.ts';
import type { SpanScan } from '../span-scan.ts';

/** What to change about a message while it is copied. Rows are those of its scan. */
export interface SpanEdits {
  keepSpan?(row: number): boolean;
  /** A Span message to have in place of the row's own. */
  span?(row: number): Uint8Array | undefined;
  /** Whole fields to append to the Span message; of a singular field the last one counts. */
  spanSuffix?(row: number): Uint8Array | undefined;
  /** A Resource message to have in place of the row's own. */
  resource?(row: number): Uint8Array | undefined;
  /** Whole fields to append to the Resource message. */
  resourceSuffix?(row: number): Uint8Array | undefined;
  /** An InstrumentationScope message to have in place of the row's own. */
  scope?(row: number): Uint8Array | undefined;
  /** Whether to keep a schema URL, of a resource or a scope. */
  keepSchemaUrl?(url: Uint8Array): boolean;
}

/**
 * A TracesData message with the edits applied; what they do not touch is copied byte by byte.
 * `bytesExpected` is about how large it becomes.
 */
export function rewriteSpans(
  otlp: Uint8Array,
  scan: SpanScan,
  edits: SpanEdits,
  bytesExpected = otlp.length,
): Uint8Array {
  const writer = new ProtobufWriter(bytesExpected + EXTRA_CAPACITY);
  const range = (starts: Uint32Array, ends: Uint32Array, row: number): Uint8Array =>
    otlp.subarray(starts[row], ends[row]);
  let resource = -1;
  let scope = -1;
  let resourceAt = 0;
  let scopeAt = 0;
  /** Field 3 of both groups. */
  const schemaUrl = (url: Uint8Array): void => {
    if (url.length > 0 && edits.keepSchemaUrl?.(url) !== false) writer.bytes(3, url);
  };
  const closeScope = (): void => {
    if (scope < 0) return;
    schemaUrl(range(scan.scopes.schemaUrlStarts, scan.scopes.schemaUrlEnds, scope));
    writer.endMessage(scopeAt);
    scope = -1;
  };
  const closeResource = (): void => {
    if (resource < 0) return;
    closeScope();
    const { schemaUrlStarts, schemaUrlEnds } = scan.resources;
    schemaUrl(range(schemaUrlStarts, schemaUrlEnds, resource));
    writer.endMessage(resourceAt);
  };
  for (let row = 0; row < scan.count; row += 1) {
    if (edits.keepSpan?.(row) === false) continue;
    const ownResource = scan.resourceRows[row] ?? 0;
    const ownScope = scan.scopeRows[row] ?? 0;
    if (ownResource !== resource) {
      closeResource();
      resource = ownResource;
      resourceAt = writer.beginMessage(1);
      const { starts, ends } = scan.resources;
      const own = edits.resource?.(resource) ?? range(starts, ends, resource);
      writeWithSuffix(writer, 1, own, edits.resourceSuffix?.(resource));
    }
    if (ownScope !== scope) {
      closeScope();
      scope = ownScope;
      scopeAt = writer.beginMessage(2);
      const { starts, ends } = scan.scopes;
      writer.bytes(1, edits.scope?.(scope) ?? range(starts, ends, scope));
    }
    writeSpan(writer, edits, row, range(scan.spanStarts, scan.spanEnds, row));
  }
  closeResource();
  return writer.finish();
}

const EXTRA_CAPACITY = 4096;

function writeSpan(writer: ProtobufWriter, edits: SpanEdits, row: number, own: Uint8Array): void {
  writeWithSuffix(writer, 2, edits.span?.(row) ?? own, edits.spanSuffix?.(row));
}

/** A message of which the suffix is whole fields. */
function writeWithSuffix(
  writer: ProtobufWriter,
  field: number,
  message: Uint8Array,
  suffix: Uint8Array | undefined,
): void {
  if (suffix === undefined) {
    writer.bytes(field, message);
    return;
  }
  const start = writer.beginMessage(field, message.length + suffix.length);
  writer.raw(message);
  writer.raw(suffix);
  writer.endMessage(start, message.length + suffix.length);
}
