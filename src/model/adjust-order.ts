import type { Attribute, Resource, Scope, Span } from './span.ts';

/**
 * Makes what puts spans in order: attributes by key, those of resource, scope, events and links too,
 * and events by name; of a key that comes twice the last value stays. Spans that share a resource or
 * scope share the one in order.
 */
export function createCollectionSorter(): (span: Span) => Span {
  const resources = createShared<Resource>();
  const scopes = createShared<Scope>();
  return (span) => {
    const attributes = sortAttributes(span.attributes);
    const resource = resources(span.resource);
    const scope = scopes(span.scope);
    const isOrdered =
      attributes === span.attributes && resource === span.resource && scope === span.scope;
    // Traces have many spans: what is in order already is not copied.
    if (isOrdered && span.events.length === 0 && span.links.length === 0) return span;
    const events = span.events.map(inOrder).sort((a, b) => compare(a.name, b.name));
    return { ...span, attributes, events, links: span.links.map(inOrder), resource, scope };
  };
}

/** As `inOrder`, with the same result for the same part. */
function createShared<T extends WithAttributes & object>(): (part: T) => T {
  const known = new WeakMap<T, T>();
  return (part) => {
    const found = known.get(part) ?? inOrder(part);
    known.set(part, found);
    return found;
  };
}

interface WithAttributes {
  readonly attributes: readonly Attribute[];
}

/** With its own attributes in order. */
export function inOrder<T extends WithAttributes>(part: T): T {
  const attributes = sortAttributes(part.attributes);
  return attributes === part.attributes ? part : { ...part, attributes };
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
