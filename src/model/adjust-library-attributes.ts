import { attributeText } from './attribute-text.ts';
import type { Attribute, Resource, Span } from './span.ts';

const LIBRARY_KEYS: ReadonlySet<string> = new Set([
  'telemetry.sdk.language',
  'telemetry.sdk.name',
  'telemetry.sdk.version',
  'telemetry.distro.name',
  'telemetry.distro.version',
]);

/** Moves what describes the SDK from spans to their resource, where they do not contradict it. */
export function moveLibraryAttributes(spans: readonly Span[]): readonly Span[] {
  if (!spans.some((span) => span.attributes.some(isOfLibrary))) return spans;
  const moved = new Map<Resource, Map<string, Resource>>();
  return spans.map((span) => moveFrom(span, moved));
}

function isOfLibrary({ key }: Attribute): boolean {
  return LIBRARY_KEYS.has(key);
}

/** Spans that move the same values keep sharing one resource by reference. */
function moveFrom(span: Span, moved: Map<Resource, Map<string, Resource>>): Span {
  const found = span.attributes.filter(isOfLibrary);
  if (found.length === 0) return span;
  const added: Attribute[] = [];
  const conflicts: Attribute[] = [];
  const warnings: string[] = [];
  for (const attribute of found) {
    const there = span.resource.attributes.find(({ key }) => key === attribute.key);
    if (there === undefined) {
      added.push(attribute);
    } else if (attributeText(there.value) !== attributeText(attribute.value)) {
      conflicts.push(attribute);
      warnings.push(`conflicting values between Span and Resource for attribute ${attribute.key}`);
    }
  }
  const kept = span.attributes.filter((one) => !isOfLibrary(one) || conflicts.includes(one));
  return {
    ...span,
    attributes: kept,
    warnings: [...span.warnings, ...warnings],
    resource: withAttributes(span.resource, added, moved),
  };
}

function withAttributes(
  resource: Resource,
  added: readonly Attribute[],
  moved: Map<Resource, Map<string, Resource>>,
): Resource {
  if (added.length === 0) return resource;
  const variants = moved.get(resource) ?? new Map<string, Resource>();
  moved.set(resource, variants);
  const name = added.map(({ key, value }) => `${key}=${attributeText(value)}`).join('\n');
  const variant = variants.get(name) ?? {
    ...resource,
    attributes: [...resource.attributes, ...added],
  };
  variants.set(name, variant);
  return variant;
}
