import type { InTurns } from './in-turns.ts';
import type { Span, SpanKind } from './span.ts';

/** Columns of the spans of a trace. */
export interface SharedIdRows {
  readonly spanIds: readonly string[];
  readonly kinds: readonly SpanKind[];
}

/** A millisecond or two of work. */
const ROWS_A_STEP = 4096;

/**
 * New ids for the server sides of calls where both sides share an id (Zipkin), by that id: the
 * lowest ones that are not used.
 */
export function* findSharedIds({
  kinds,
  spanIds,
}: SharedIdRows): InTurns<ReadonlyMap<string, string>> {
  const clientIds = new Set<string>();
  const used = new Set<string>();
  for (const [row, id] of spanIds.entries()) {
    if (row % ROWS_A_STEP === 0) yield;
    used.add(id);
    if (kinds[row] === 'client') clientIds.add(id);
  }
  const newIds = new Map<string, string>();
  let last = 0n;
  const unusedId = (): string => {
    let id: string;
    do {
      last += 1n;
      id = last.toString(16).padStart(16, '0');
    } while (used.has(id));
    return id;
  };
  for (const [row, id] of spanIds.entries()) {
    if (row % ROWS_A_STEP === 0) yield;
    const isShared = kinds[row] === 'server' && clientIds.has(id);
    if (isShared && !newIds.has(id)) newIds.set(id, unusedId());
  }
  return newIds;
}

/** The ids of a span, of whichever shape. */
export type SpanIds = Pick<Span, 'kind' | 'parentSpanId' | 'spanId'>;

/**
 * The server side of a shared id gets its new one and the client side as its parent; children of
 * the shared id go below the server.
 */
export function separateSharedId<T extends SpanIds>(
  span: T,
  newIds: ReadonlyMap<string, string>,
): T {
  if (newIds.size === 0) return span;
  const own = span.kind === 'server' ? newIds.get(span.spanId) : undefined;
  if (own !== undefined) return { ...span, spanId: own, parentSpanId: span.spanId };
  const parent = newIds.get(span.parentSpanId);
  return parent === undefined ? span : { ...span, parentSpanId: parent };
}
