import { ProtobufWriter } from '../../../wire/protobuf/writer.ts';
import type { Group } from './group-table.ts';

const NO_GROUP = -1;

/** Writes TracesData; its grammar is in `trace-fields.ts`. Neighbours of one group share it. */
export class TraceWriter {
  size = 0;
  private readonly writer = new ProtobufWriter(16 * 1024);
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

  span(message: Uint8Array): void {
    this.writer.bytes(2, message);
    this.size += message.length + 1;
  }

  finish(): Uint8Array {
    this.leaveScope();
    this.leaveResource();
    return this.writer.finish();
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
