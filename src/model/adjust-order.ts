import type { Attribute, Span } from './span.ts';

/** Attributes by key, events by name; of a key that comes twice the last value stays. */
export function sortCollections(span: Span): Span {
  const events = span.events.map((event) => ({
    ...event,
    attributes: sortAttributes(event.attributes),
  }));
  return {
    ...span,
    attributes: sortAttributes(span.attributes),
    events: events.sort((a, b) => compare(a.name, b.name)),
  };
}

export function sortAttributes(attributes: readonly Attribute[]): readonly Attribute[] {
  const byKey = new Map(attributes.map((attribute) => [attribute.key, attribute]));
  return [...byKey.values()].sort((a, b) => compare(a.key, b.key));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
