import type { Accepted } from '../wire/span-batch.ts';

/**
 * Why the spans of a batch were refused one and all; undefined when any was taken, or dropped by a
 * rule, which is no fault of its sender. For protocols whose answer has no room for a partial success.
 */
export function nothingKept({ accepted, refused, dropped }: Accepted): string | undefined {
  if (accepted > 0 || refused.length === 0 || dropped.length > 0) return undefined;
  return refused.map(({ message }) => message).join('; ');
}
