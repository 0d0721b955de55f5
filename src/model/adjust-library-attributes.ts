import { sortAttributes } from './adjust-order.ts';
import type { Attribute, AttributeValue, Resource, Span } from './span.ts';

/** Keys that describe the SDK, which is a matter of the resource. */
export const LIBRARY_KEYS: ReadonlySet<string> = new Set([
  'telemetry.sdk.language',
  'telemetry.sdk.name',
  'telemetry.sdk.version',
  'telemetry.distro.name',
  'telemetry.distro.version',
]);

/** What a resource gets from its spans: by key, the value of the first one that has it. */
type Decided = Map<string, FirstSaid>;

interface FirstSaid {
  readonly value: AttributeValue;
  /** Of the span that said it. */
  readonly row: number;
}

/**
 * Moves what describes the SDK from spans to the resource they share, which is told by its content.
 * The first span that says something decides; one that contradicts keeps its value and is warned.
 */
export class LibraryMover {
  private readonly decided = new Map<string, Decided>();
  private readonly keys = new WeakMap<Resource, string>();
  private readonly joined = new Map<string, Resource>();

  /** Whether nothing is to be moved. */
  get isIdle(): boolean {
    return this.decided.size === 0;
  }

  /** To be called in order, with every span that has such a key, before the first `move`. */
  see(span: Span, row: number): void {
    const found = sortAttributes(span.attributes.filter(isOfLibrary));
    if (found.length === 0) return;
    const key = this.keyOf(span.resource);
    const decided = this.decided.get(key) ?? new Map<string, FirstSaid>();
    this.decided.set(key, decided);
    for (const attribute of found) {
      const isTold = span.resource.attributes.some((one) => one.key === attribute.key);
      if (isTold || decided.has(attribute.key)) continue;
      decided.set(attribute.key, { value: attribute.value, row });
    }
  }

  move(span: Span, row: number): Span {
    if (this.decided.size === 0) return span;
    const key = this.keyOf(span.resource);
    const decided = this.decided.get(key);
    if (decided === undefined) return span;
    const resource = this.joinedOf(key, span.resource, decided);
    const conflicts = span.attributes.filter((attribute) => {
      if (!isOfLibrary(attribute)) return false;
      const there = decided.get(attribute.key);
      if (there?.row === row) return false;
      const told = resource.attributes.find((one) => one.key === attribute.key)?.value;
      return told !== undefined && !isSameText(told, attribute.value);
    });
    const attributes = span.attributes.filter(
      (one) => !isOfLibrary(one) || conflicts.includes(one),
    );
    const warnings = conflicts.map(
      (one) => `conflicting values between Span and Resource for attribute ${one.key}`,
    );
    return { ...span, resource, attributes, warnings: [...span.warnings, ...warnings] };
  }

  private keyOf(resource: Resource): string {
    const known = this.keys.get(resource);
    if (known !== undefined) return known;
    // Spans are put in order between what is seen of them and what is moved.
    const attributes = sortAttributes(resource.attributes);
    const key = JSON.stringify({ ...resource, attributes }, (_name, value: unknown) =>
      typeof value === 'bigint' ? `${value}n` : value,
    );
    this.keys.set(resource, key);
    return key;
  }

  private joinedOf(key: string, resource: Resource, decided: Decided): Resource {
    const known = this.joined.get(key);
    if (known !== undefined) return known;
    const more = [...decided].map(([name, { value }]): Attribute => ({ key: name, value }));
    const joined = { ...resource, attributes: [...resource.attributes, ...more] };
    this.joined.set(key, joined);
    return joined;
  }
}

function isOfLibrary({ key }: Attribute): boolean {
  return LIBRARY_KEYS.has(key);
}

/** The semantic conventions allow texts only: anything else is a contradiction. */
function isSameText(a: AttributeValue, b: AttributeValue): boolean {
  return a.type === 'string' && b.type === 'string' && a.value === b.value;
}
