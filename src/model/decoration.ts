/** What a value of an object is found by: `a.b[0]["c d"]` as its steps. */
export type ValuePath = readonly string[];

const STEP = /[^.[\]]+|\[(?:"([^"]*)"|'([^']*)'|([^\]]*))\]/g;

/** Reads a path as JavaScript writes it. */
export function parseValuePath(text: string): ValuePath {
  return [...text.matchAll(STEP)].map((match) => {
    const inBrackets: readonly (string | undefined)[] = match.slice(1);
    return inBrackets.find((part) => part !== undefined) ?? match[0];
  });
}

/** The value at a path; undefined where there is none. */
export function valueAt(value: unknown, path: ValuePath): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = new Map(Object.entries(at)).get(step);
  }
  return at;
}

export interface DecoratedName {
  readonly service: string;
  readonly operation: string;
}

/** `#{service}` and `#{operation}` replaced in an address, each as one part of it. */
export function decoratedUrl(template: string, name: DecoratedName): string {
  return fill(template, name, encodeURIComponent);
}

/** The same in each step of a path: a service with a dot in its name stays one step. */
export function decoratedPath(template: string, name: DecoratedName): ValuePath {
  return parseValuePath(template).map((step) => fill(step, name, (text) => text));
}

function fill(
  template: string,
  { operation, service }: DecoratedName,
  write: (text: string) => string,
): string {
  return template.replace(/#\{\s*(service|operation)\s*\}/g, (_, name: string) =>
    write(name === 'service' ? service : operation),
  );
}
