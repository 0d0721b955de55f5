import type { Span } from './span.ts';

/**
 * Gives the server side of a call an id of its own where both sides share one (Zipkin): the lowest
 * unused one. The client side becomes its parent; children of the shared id go below the server.
 */
export function separateSharedSpanIds(spans: readonly Span[]): readonly Span[] {
  const clientIds = new Set(spans.filter(isClient).map((span) => span.spanId));
  const used = new Set(spans.map((span) => span.spanId));
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
  for (const span of spans) {
    if (isServer(span) && clientIds.has(span.spanId) && !newIds.has(span.spanId)) {
      newIds.set(span.spanId, unusedId());
    }
  }
  if (newIds.size === 0) return spans;
  return spans.map((span) => {
    const own = isServer(span) ? newIds.get(span.spanId) : undefined;
    if (own !== undefined) return { ...span, spanId: own, parentSpanId: span.spanId };
    const parent = newIds.get(span.parentSpanId);
    return parent === undefined ? span : { ...span, parentSpanId: parent };
  });
}

function isClient(span: Span): boolean {
  return span.kind === 'client';
}

function isServer(span: Span): boolean {
  return span.kind === 'server';
}
