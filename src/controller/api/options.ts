import { isJsonObject } from '../../runtime/json-object.ts';

/**
 * The settings of a free-form options map: nested names joined with dots. A list becomes one
 * comma-separated text, which is what a list setting takes.
 * @returns texts by flag name, sorted by name so that the same options give the same arguments
 */
export function flattenOptions(
  options: Readonly<Record<string, unknown>> | undefined,
): ReadonlyMap<string, string> {
  const flat: [string, string][] = [];
  const visit = (value: unknown, name: string): void => {
    if (isJsonObject(value)) {
      for (const [key, child] of Object.entries(value)) {
        visit(child, name === '' ? key : `${name}.${key}`);
      }
    } else if (value !== null && value !== undefined) {
      flat.push([name, Array.isArray(value) ? value.map(String).join(',') : scalarText(value)]);
    }
  };
  visit(options ?? {}, '');
  return new Map(flat.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function scalarText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Command line arguments, in a stable order. */
export function optionArguments(options: ReadonlyMap<string, string>): readonly string[] {
  return [...options]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([flag, value]) => `--${flag}=${value}`);
}
