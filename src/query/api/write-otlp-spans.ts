import type { Resource, Scope } from '../../model/span.ts';
import {
  groupSpans,
  groupTail,
  resourceHead,
  scopeHead,
  shownSpanText,
} from '../../wire/otlp/otlp-json.ts';
import type { JsonBytes } from './json-bytes.ts';
import { jsonText } from './json-text.ts';
import type { SpanPiece, StoredPiece } from './span-piece.ts';
import { OtlpSpanWriter } from './write-otlp-span.ts';

const COMMA = 0x2c;

/** Writes spans as `resourceSpansText` does, whose text says what is right. */
export class OtlpListWriter {
  private readonly json: JsonBytes;
  private readonly pieceBytes: number;
  private readonly stored: OtlpSpanWriter;
  private isFirst = true;
  private resource: Resource | undefined;
  private scope: Scope | undefined;

  constructor(json: JsonBytes, pieceBytes: number) {
    this.json = json;
    this.pieceBytes = pieceBytes;
    this.stored = new OtlpSpanWriter(json);
  }

  /** Bytes of bounded size, but for that of a single span; together whole groups of their own. */
  *write(piece: SpanPiece): Generator<Uint8Array> {
    const { json, pieceBytes } = this;
    const { stored } = piece;
    const spans = stored?.hasOwnGroups === true ? this.writeStored(stored) : this.writeShown(piece);
    while (spans.next().done !== true) {
      if (json.length >= pieceBytes) yield json.take();
    }
    this.leave();
    if (json.length > 0) yield json.take();
  }

  /** Ends the groups of a piece that nobody wants the rest of. */
  cut(): Uint8Array {
    this.json.take();
    this.leave();
    return this.json.take();
  }

  private *writeStored(piece: StoredPiece): Generator<undefined> {
    for (let index = 0; index < piece.count; index++) {
      if (piece.wayOf(index) === 'none') continue;
      this.enter(piece.resource(index), piece.scope(index));
      this.stored.write(piece, index);
      yield;
    }
  }

  private *writeShown(piece: SpanPiece): Generator<undefined> {
    for (const [resource, scopes] of groupSpans(piece.spans())) {
      for (const [scope, spans] of scopes) {
        for (const span of spans) {
          this.enter(resource, scope);
          this.json.addText(shownSpanText(span, jsonText));
          yield;
        }
      }
    }
  }

  /** Opens the group that the next span is in. */
  private enter(resource: Resource, scope: Scope): void {
    const { json } = this;
    if (resource === this.resource && scope === this.scope) {
      json.addByte(COMMA);
      return;
    }
    if (resource === this.resource) {
      if (this.scope !== undefined) json.addText(`${groupTail(this.scope, jsonText)},`);
    } else {
      this.leave();
      json.addText((this.isFirst ? '' : ',') + resourceHead(resource, jsonText));
      this.isFirst = false;
    }
    json.addText(scopeHead(scope, jsonText));
    this.resource = resource;
    this.scope = scope;
  }

  private leave(): void {
    const { json, resource, scope } = this;
    if (scope !== undefined) json.addText(groupTail(scope, jsonText));
    if (resource !== undefined) json.addText(groupTail(resource, jsonText));
    this.resource = this.scope = undefined;
  }
}
