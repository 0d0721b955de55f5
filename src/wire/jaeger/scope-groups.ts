import type { Buffer } from 'node:buffer';
import type { ScanLog } from '../otlp/scan-log.ts';
import type { ProtobufWriter } from '../protobuf/writer.ts';
import type { SpecialTags } from './special-tags.ts';

/**
 * One ScopeSpans{1 scope, 2 spans} for each run of spans that name the same scope. Which one a span
 * names is known once it is written, so it is written first where the span before it went: call
 * `begin`, write the span as field 2, call `takes`, and when that is false write it once more.
 */
export class ScopeGroups {
  private readonly writer: ProtobufWriter;
  private readonly source: Buffer;
  private readonly log: ScanLog | undefined;
  /** Of the open group: where it starts, what beginMessage gave, and what its size was guessed. */
  private from = 0;
  private message = -1;
  private sizeGuess = 0;
  private nameStart = 0;
  private nameEnd = 0;
  private versionStart = 0;
  private versionEnd = 0;
  private isEmpty = true;
  private spanFrom = 0;

  /** A log has the groups noted, and those spans kept that were noted when they were taken. */
  constructor(writer: ProtobufWriter, source: Buffer, log?: ScanLog) {
    this.writer = writer;
    this.source = source;
    this.log = log;
  }

  /** Before each span; `sizeLeft` is about what it and those after it will take. */
  begin(sizeLeft: number): void {
    this.sizeGuess = this.message < 0 ? sizeLeft : this.sizeGuess;
    if (this.message < 0) this.open();
    this.spanFrom = this.writer.position;
  }

  /**
   * Whether the span just written has the scope of the group. When not, it is undone, and a group
   * for it is begun.
   */
  takes(special: SpecialTags, sizeLeft: number): boolean {
    if (this.isOf(special)) {
      this.isEmpty = false;
      this.log?.keepSpan();
      return true;
    }
    this.writer.position = this.isEmpty ? this.from : this.spanFrom;
    if (!this.isEmpty) this.close();
    this.nameStart = special.scopeNameStart;
    this.nameEnd = special.scopeNameEnd;
    this.versionStart = special.scopeVersionStart;
    this.versionEnd = special.scopeVersionEnd;
    this.sizeGuess = sizeLeft;
    this.open();
    return false;
  }

  /** Forgets the span just written. */
  undo(): void {
    this.writer.position = this.spanFrom;
  }

  /** Ends the open group, if any. */
  close(): void {
    if (this.message < 0) return;
    if (this.isEmpty) this.writer.position = this.from;
    else {
      const moved = this.writer.endMessage(this.message, this.sizeGuess);
      this.log?.endScope(this.message, moved);
    }
    this.message = -1;
    this.nameStart = this.nameEnd = this.versionStart = this.versionEnd = 0;
  }

  private open(): void {
    const { writer, source } = this;
    this.from = writer.position;
    this.isEmpty = true;
    this.message = writer.beginMessage(2, this.sizeGuess);
    this.spanFrom = writer.position;
    this.log?.scope(0, 0);
    if (this.nameStart === this.nameEnd && this.versionStart === this.versionEnd) return;
    // InstrumentationScope{1 name, 2 version}
    const scope = writer.beginMessage(1);
    if (this.nameStart < this.nameEnd) writer.range(1, source, this.nameStart, this.nameEnd);
    if (this.versionStart < this.versionEnd) {
      writer.range(2, source, this.versionStart, this.versionEnd);
    }
    const moved = writer.endMessage(scope);
    this.log?.scope(scope + moved, writer.position);
    this.spanFrom = writer.position;
  }

  private isOf(special: SpecialTags): boolean {
    return (
      this.isSame(this.nameStart, this.nameEnd, special.scopeNameStart, special.scopeNameEnd) &&
      this.isSame(
        this.versionStart,
        this.versionEnd,
        special.scopeVersionStart,
        special.scopeVersionEnd,
      )
    );
  }

  private isSame(start: number, end: number, otherStart: number, otherEnd: number): boolean {
    if (end - start !== otherEnd - otherStart) return false;
    if (start === otherStart || start === end) return true;
    return this.source.compare(this.source, start, end, otherStart, otherEnd) === 0;
  }
}
