import { ProtobufWriter } from '../../wire/protobuf/writer.ts';
import type { TraceChunk } from '../storage.ts';
import type { RangeColumns, Segment } from './segment.ts';
import type { TraceRows } from './trace-rows.ts';

/** A chunk ends with the span that takes it beyond this: to make and write it takes a few milliseconds. */
const CHUNK_BYTES = 256 * 2 ** 10;

/** A trace as OTLP: the stored bytes of resources, scopes and spans, copied into new groups. */
export function* traceChunks(
  traceId: string,
  { segments, rows }: TraceRows,
): Generator<TraceChunk> {
  let chunk = new ChunkWriter();
  for (let index = 0; index < rows.length; index++) {
    const segment = segments[index];
    if (segment === undefined) continue;
    chunk.span(segment, rows[index] ?? 0);
    if (chunk.size < CHUNK_BYTES) continue;
    yield { traceId, otlp: chunk.finish() };
    chunk = new ChunkWriter();
  }
  if (chunk.size > 0) yield { traceId, otlp: chunk.finish() };
}

const NO_GROUP = -1;

/** Writes TracesData; its grammar is in `scan-spans.ts`. Neighbours of one group share it. */
class ChunkWriter {
  size = 0;
  private readonly writer = new ProtobufWriter();
  private segment: Segment | undefined;
  private resource = NO_GROUP;
  private scope = NO_GROUP;
  private resourceStart = 0;
  private scopeStart = 0;

  span(segment: Segment, row: number): void {
    this.enterGroup(segment, segment.resourceRows[row] ?? 0, segment.scopeRows[row] ?? 0);
    const start = segment.spanStarts[row] ?? 0;
    const end = segment.spanEnds[row] ?? 0;
    this.writer.range(2, segment.bytes, start, end);
    this.size += end - start + 1;
  }

  finish(): Uint8Array {
    this.leaveScope();
    this.leaveResource();
    return this.writer.take();
  }

  private enterGroup(segment: Segment, resource: number, scope: number): void {
    const isNewResource = segment !== this.segment || resource !== this.resource;
    if (!isNewResource && scope === this.scope) return;
    this.leaveScope();
    if (isNewResource) {
      this.leaveResource();
      this.segment = segment;
      this.resource = resource;
      this.resourceStart = this.writer.beginMessage(1);
      this.message(segment, segment.resources, resource);
    }
    this.scope = scope;
    this.scopeStart = this.writer.beginMessage(2);
    this.message(segment, segment.scopes, scope);
  }

  private leaveScope(): void {
    if (this.segment === undefined || this.scope === NO_GROUP) return;
    this.schemaUrl(this.segment, this.segment.scopeSchemas, this.scope);
    this.writer.endMessage(this.scopeStart);
    this.scope = NO_GROUP;
  }

  private leaveResource(): void {
    if (this.segment === undefined || this.resource === NO_GROUP) return;
    this.schemaUrl(this.segment, this.segment.resourceSchemas, this.resource);
    this.writer.endMessage(this.resourceStart);
    this.resource = NO_GROUP;
  }

  /** Resource or scope, field 1 of its group. */
  private message(segment: Segment, { starts, ends }: RangeColumns, row: number): void {
    const start = starts[row] ?? 0;
    const end = ends[row] ?? 0;
    if (end > start) this.writer.range(1, segment.bytes, start, end);
    this.size += end - start;
  }

  private schemaUrl(segment: Segment, { starts, ends }: RangeColumns, row: number): void {
    const start = starts[row] ?? 0;
    const end = ends[row] ?? 0;
    if (end > start) this.writer.range(3, segment.bytes, start, end);
  }
}
