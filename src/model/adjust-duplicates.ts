import type { Span } from './span.ts';

/** Keeps one of each group of spans that are equal in everything, resource and scope included. */
export function removeDuplicateSpans(spans: readonly Span[]): readonly Span[] {
  const ids = new Map<string, number>();
  for (const { spanId } of spans) ids.set(spanId, (ids.get(spanId) ?? 0) + 1);
  const seen = new Set<string>();
  return spans.filter((span) => {
    // Equal spans have equal ids, so whole spans are compared only where an id comes twice.
    if (ids.get(span.spanId) === 1) return true;
    const text = JSON.stringify(span, exactText);
    if (seen.has(text)) return false;
    seen.add(text);
    return true;
  });
}

/** Text for the values that JSON has none for, or the same one for several. */
function exactText(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) {
    return Object.is(value, -0) ? '-0' : String(value);
  }
  return value;
}
