import { Buffer } from 'node:buffer';
import { sortAttributes } from '../../model/adjust-order.ts';
import type { RowSkew } from '../../model/adjust-clock-skew.ts';
import type { TracePlan } from '../../model/adjust-trace.ts';
import type { Attribute, Resource, Scope, Span } from '../../model/span.ts';
import {
  decodeResourceMessage,
  decodeScopeMessage,
  decodeSpanMessage,
  decodeSpans,
} from '../../wire/otlp/decode-trace.ts';
import type { SpanScan } from '../../wire/span-scan.ts';

/** Some spans of one trace on their way from storage to an answer. */
export interface SpanPiece {
  /** As they are shown. */
  readonly spans: () => readonly Span[];
  /** The same spans as they are stored, for those who can do without decoding them. */
  readonly stored?: StoredPiece;
}

/** A piece that is not made of spans yet. */
export interface StoredSpanPiece extends SpanPiece {
  readonly stored: StoredPiece;
  /** Whether none of its spans is shown. */
  readonly isEmpty: boolean;
}

export interface StoredPiece {
  readonly otlp: Uint8Array;
  readonly scan: SpanScan;
  /** Whether attributes are to be in order. */
  readonly sorted: boolean;
  /** Whether spans are shown with the resource and scope that they are stored with. */
  readonly hasOwnGroups: boolean;
  readonly count: number;
  /**
   * How a span comes to be shown: not at all, from its bytes and its skew, or from what `span` makes
   * of it.
   */
  wayOf(index: number): 'none' | 'bytes' | 'span';
  skewOf(index: number): RowSkew | undefined;
  /** As it is shown; undefined for one that is not. */
  span(index: number): Span | undefined;
  /** What it is shown with, where that is its own. */
  resource(index: number): Resource;
  scope(index: number): Scope;
}

const NO_ROW = -1;

interface PieceOptions {
  readonly scan: SpanScan;
  /** Spans from here on are for the next piece. */
  readonly count: number;
  /** undefined when nothing is to be adjusted. */
  readonly plan: TracePlan | undefined;
  /** Of the first span in the plan, where that does not know its spans by their ids. */
  readonly firstRow: number;
  /** For the first span that is shown. */
  readonly warnings: readonly string[];
}

export function createSpanPiece(otlp: Uint8Array, options: PieceOptions): StoredSpanPiece {
  const { count, firstRow, plan, scan, warnings } = options;
  const rows = plan?.rowsOf(scan.spanIds, count, firstRow);
  const rowOf = (index: number): number => rows?.[index] ?? NO_ROW;
  const isLeftOut = (index: number): boolean => plan?.isLeftOut(rowOf(index)) === true;
  const shownFirst = firstShown(count, isLeftOut);
  const first = warnings.length === 0 ? NO_ROW : shownFirst;
  const shown = (span: Span, index: number): Span | undefined => {
    const adjusted = plan === undefined ? span : plan.adjust(span, rowOf(index));
    if (adjusted === undefined || index !== first) return adjusted;
    return { ...adjusted, warnings: [...adjusted.warnings, ...warnings] };
  };
  const sorted = plan !== undefined;
  const decoder = createDecoder(otlp, scan, sorted ? sortAttributes : (own) => own);
  return {
    isEmpty: shownFirst === count,
    spans: () =>
      decodeSpans(otlp)
        .slice(0, count)
        .flatMap((span, index) => shown(span, index) ?? []),
    stored: {
      ...{ otlp, scan, count, sorted },
      hasOwnGroups: plan === undefined || plan.isOfTimeOnly,
      wayOf: (index) => {
        if (isLeftOut(index)) return 'none';
        return index === first || plan?.isOfTimeOnly === false ? 'span' : 'bytes';
      },
      skewOf: (index) => plan?.skewOf(rowOf(index)),
      span: (index) => shown(decoder.span(index), index),
      resource: decoder.resource,
      scope: decoder.scope,
    },
  };
}

/** `count` when none is shown. */
function firstShown(count: number, isLeftOut: (index: number) => boolean): number {
  let index = 0;
  while (index < count && isLeftOut(index)) index += 1;
  return index;
}

interface SpanDecoder {
  readonly span: (index: number) => Span;
  readonly resource: (index: number) => Resource;
  readonly scope: (index: number) => Scope;
}

/** Decodes single spans; neighbours share their resource and scope. */
export function createSpanDecoder(otlp: Uint8Array, scan: SpanScan): (index: number) => Span {
  return createDecoder(otlp, scan, (attributes) => attributes).span;
}

/** Makes what `arrange` says of the attributes of resources and scopes. */
function createDecoder(
  otlp: Uint8Array,
  scan: SpanScan,
  arrange: (attributes: readonly Attribute[]) => readonly Attribute[],
): SpanDecoder {
  let resource: { readonly row: number; readonly value: Resource } | undefined;
  let scope: { readonly row: number; readonly value: Scope } | undefined;
  const part = (starts: Uint32Array, ends: Uint32Array, row: number): Uint8Array =>
    otlp.subarray(starts[row], ends[row]);
  const readResource = (row: number): Resource => {
    const { ends, schemaUrlEnds, schemaUrlStarts, starts } = scan.resources;
    const schemaUrl = textOf(part(schemaUrlStarts, schemaUrlEnds, row));
    const own = decodeResourceMessage(part(starts, ends, row));
    return { ...own, attributes: arrange(own.attributes), schemaUrl };
  };
  const readScope = (row: number): Scope => {
    const { ends, schemaUrlEnds, schemaUrlStarts, starts } = scan.scopes;
    const schemaUrl = textOf(part(schemaUrlStarts, schemaUrlEnds, row));
    const own = decodeScopeMessage(part(starts, ends, row));
    return { ...own, attributes: arrange(own.attributes), schemaUrl };
  };
  const resourceOf = (index: number): Resource => {
    const row = scan.resourceRows[index] ?? 0;
    if (resource?.row !== row) resource = { row, value: readResource(row) };
    return resource.value;
  };
  const scopeOf = (index: number): Scope => {
    const row = scan.scopeRows[index] ?? 0;
    if (scope?.row !== row) scope = { row, value: readScope(row) };
    return scope.value;
  };
  return {
    span: (index) => {
      const bytes = part(scan.spanStarts, scan.spanEnds, index);
      return decodeSpanMessage(bytes, resourceOf(index), scopeOf(index));
    },
    resource: resourceOf,
    scope: scopeOf,
  };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}
