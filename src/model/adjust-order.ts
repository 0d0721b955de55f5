import type { Attribute, Span } from './span.ts';

/** Attributes by key, events by name; of a key that comes twice the last value stays. */
export function sortCollections(span: Span): Span {
  const attributes = sortAttributes(span.attributes);
  // Traces have many spans: what is in order already is not copied.
  if (attributes === span.attributes && span.events.length === 0) return span;
  const events = span.events.map((event) => ({
    ...event,
    attributes: sortAttributes(event.attributes),
  }));
  return { ...span, attributes, events: events.sort((a, b) => compare(a.name, b.name)) };
}

export function sortAttributes(attributes: readonly Attribute[]): readonly Attribute[] {
  if (isStrictlySorted(attributes)) return attributes;
  // Sorting is stable: of equal keys the last one stays last.
  const sorted = attributes.toSorted((a, b) => compare(a.key, b.key));
  if (isStrictlySorted(sorted)) return sorted;
  return sorted.filter(({ key }, index) => key !== sorted[index + 1]?.key);
}

function isStrictlySorted(attributes: readonly Attribute[]): boolean {
  let last: string | undefined;
  for (const { key } of attributes) {
    if (last !== undefined && key <= last) return false;
    last = key;
  }
  return true;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
