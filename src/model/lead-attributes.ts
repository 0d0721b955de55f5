import type { TextAttribute } from './timeline-span.ts';

/** Attributes whose keys start with a prefix first, in the order of the prefixes; others as they came. */
export function leadAttributes(
  attributes: readonly TextAttribute[],
  prefixes: readonly string[],
): readonly TextAttribute[] {
  if (prefixes.length === 0) return attributes;
  const lower = prefixes.map((prefix) => prefix.toLowerCase());
  const rank = ({ key }: TextAttribute): number => {
    const found = lower.findIndex((prefix) => key.toLowerCase().startsWith(prefix));
    return found === -1 ? lower.length : found;
  };
  return attributes.toSorted((a, b) => rank(a) - rank(b));
}
