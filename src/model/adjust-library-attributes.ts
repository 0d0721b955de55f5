import type { Attribute, AttributeValue, Resource, Span } from './span.ts';

const LIBRARY_KEYS: ReadonlySet<string> = new Set([
  'telemetry.sdk.language',
  'telemetry.sdk.name',
  'telemetry.sdk.version',
  'telemetry.distro.name',
  'telemetry.distro.version',
]);

/** What resources get from their spans, by key. */
type Moved = Map<Resource, Map<string, AttributeValue>>;

/**
 * Moves what describes the SDK from spans to the resource they share. The first span that says
 * something decides; one that contradicts keeps its value and is warned.
 */
export function moveLibraryAttributes(spans: readonly Span[]): readonly Span[] {
  if (!spans.some((span) => span.attributes.some(isOfLibrary))) return spans;
  const moved: Moved = new Map();
  const kept = spans.map((span) => moveFrom(span, moved));
  const resources = new Map(
    [...moved].map(([resource, added]) => [resource, joined(resource, added)]),
  );
  return kept.map((span) => {
    const resource = resources.get(span.resource);
    return resource === undefined ? span : { ...span, resource };
  });
}

function isOfLibrary({ key }: Attribute): boolean {
  return LIBRARY_KEYS.has(key);
}

function moveFrom(span: Span, moved: Moved): Span {
  const found = span.attributes.filter(isOfLibrary);
  if (found.length === 0) return span;
  const added = moved.get(span.resource) ?? new Map<string, AttributeValue>();
  moved.set(span.resource, added);
  const conflicts = found.filter(({ key, value }) => {
    const there = added.get(key) ?? span.resource.attributes.find((one) => one.key === key)?.value;
    if (there === undefined) added.set(key, value);
    return there !== undefined && !isSameText(there, value);
  });
  const warnings = conflicts.map(
    ({ key }) => `conflicting values between Span and Resource for attribute ${key}`,
  );
  return {
    ...span,
    attributes: span.attributes.filter((one) => !isOfLibrary(one) || conflicts.includes(one)),
    warnings: [...span.warnings, ...warnings],
  };
}

/** The semantic conventions allow texts only: anything else is a contradiction. */
function isSameText(a: AttributeValue, b: AttributeValue): boolean {
  return a.type === 'string' && b.type === 'string' && a.value === b.value;
}

function joined(resource: Resource, added: ReadonlyMap<string, AttributeValue>): Resource {
  const more = [...added].map(([key, value]): Attribute => ({ key, value }));
  return { ...resource, attributes: [...resource.attributes, ...more] };
}
