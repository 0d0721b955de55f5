import type { Buffer } from 'node:buffer';
import type { ProtobufWriter } from '../protobuf/writer.ts';
import type { SpecialTags } from './special-tags.ts';

/** One ScopeSpans{1 scope, 2 spans} for each run of spans that name the same scope. */
export class ScopeGroups {
  private readonly writer: ProtobufWriter;
  private readonly source: Buffer;
  private open = -1;
  private name = '';
  private version = '';

  constructor(writer: ProtobufWriter, source: Buffer) {
    this.writer = writer;
    this.source = source;
  }

  /** To be called before each span is written as field 2. */
  enter(special: SpecialTags): void {
    const name = this.text(special.scopeNameStart, special.scopeNameEnd);
    const version = this.text(special.scopeVersionStart, special.scopeVersionEnd);
    if (this.open >= 0 && name === this.name && version === this.version) return;
    this.close();
    this.name = name;
    this.version = version;
    this.open = this.writer.beginMessage(2);
    this.writeScope();
  }

  close(): void {
    if (this.open >= 0) this.writer.endMessage(this.open);
    this.open = -1;
  }

  /** InstrumentationScope{1 name, 2 version}. */
  private writeScope(): void {
    const { writer, name, version } = this;
    if (name === '' && version === '') return;
    const scope = writer.beginMessage(1);
    if (name !== '') writer.string(1, name);
    if (version !== '') writer.string(2, version);
    writer.endMessage(scope);
  }

  private text(start: number, end: number): string {
    return start === end ? '' : this.source.toString('utf8', start, end);
  }
}
