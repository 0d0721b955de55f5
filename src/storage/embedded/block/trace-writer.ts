import { ProtobufWriter } from '../../../wire/protobuf/writer.ts';
import type { Group } from './group-table.ts';

const NO_GROUP = -1;
/** About. */
const SPAN_BYTES = 512;

/** Writes TracesData; its grammar is in `trace-fields.ts`. Neighbours of one group share it. */
export class TraceWriter {
  private readonly writer = new ProtobufWriter(16 * 1024);
  private spanCount = 0;
  private resource = NO_GROUP;
  private scope = NO_GROUP;
  private resourceUrl: Uint8Array | undefined;
  private scopeUrl: Uint8Array | undefined;
  private resourceStart = 0;
  private scopeStart = 0;

  /** Opens the group that the next spans are in; `read` is asked for what is not open yet. */
  enter(resource: number, scope: number, read: GroupReader): void {
    const { writer } = this;
    if (resource === this.resource && scope === this.scope) return;
    this.leaveScope();
    if (resource !== this.resource) {
      this.leaveResource();
      const { message, schemaUrl } = read.resource(resource);
      this.resourceStart = writer.beginMessage(1);
      if (message.length > 0) writer.bytes(1, message);
      this.resourceUrl = schemaUrl;
      this.resource = resource;
    }
    const { message, schemaUrl } = read.scope(scope);
    this.scopeStart = writer.beginMessage(2);
    if (message.length > 0) writer.bytes(1, message);
    this.scopeUrl = schemaUrl;
    this.scope = scope;
  }

  /** Bytes so far; 0 when there is no span. */
  get size(): number {
    return this.spanCount === 0 ? 0 : this.writer.position;
  }

  /** Writes the span whose fields `write` writes, unless that throws. */
  span(write: (writer: ProtobufWriter) => void): void {
    const { writer } = this;
    const { position } = writer;
    try {
      const message = writer.beginMessage(2, SPAN_BYTES);
      write(writer);
      writer.endMessage(message, SPAN_BYTES);
      this.spanCount += 1;
    } catch (error) {
      writer.position = position;
      throw error;
    }
  }

  finish(): Uint8Array {
    this.leaveScope();
    this.leaveResource();
    return this.writer.take();
  }

  private leaveScope(): void {
    if (this.scope === NO_GROUP) return;
    if (this.scopeUrl !== undefined && this.scopeUrl.length > 0) {
      this.writer.bytes(3, this.scopeUrl);
    }
    this.writer.endMessage(this.scopeStart);
    this.scope = NO_GROUP;
  }

  private leaveResource(): void {
    if (this.resource === NO_GROUP) return;
    if (this.resourceUrl !== undefined && this.resourceUrl.length > 0) {
      this.writer.bytes(3, this.resourceUrl);
    }
    this.writer.endMessage(this.resourceStart);
    this.resource = NO_GROUP;
  }
}

export interface GroupReader {
  resource(number: number): Group;
  scope(number: number): Group;
}
