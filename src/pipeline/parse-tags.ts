import type { Environment } from '../runtime/env.ts';
import { UsageError } from '../runtime/errors.ts';

const REFERENCE = /^\$\{([^:}]*)(?::(.*))?\}$/;

/**
 * Tags by key, from the `key=value` texts of the setting `flag`. A value `${NAME:default}` is taken from
 * the environment; one that is not set there and has no default is left out.
 * @throws UsageError
 */
export function parseTags(
  flag: string,
  tags: readonly string[],
  environment: Environment,
): ReadonlyMap<string, string> {
  const parsed = new Map<string, string>();
  for (const tag of tags) {
    const at = tag.indexOf('=');
    if (at < 1) {
      throw new UsageError(`${flag}: ${JSON.stringify(tag)} is not allowed; give key=value`);
    }
    const value = resolveValue(tag.slice(at + 1).trim(), environment);
    if (value !== undefined) parsed.set(tag.slice(0, at).trim(), value);
  }
  return parsed;
}

function resolveValue(text: string, environment: Environment): string | undefined {
  const reference = REFERENCE.exec(text);
  if (reference === null) return text;
  const [, name = '', fallback] = reference;
  const value = environment[name] ?? '';
  return value === '' ? fallback : value;
}
