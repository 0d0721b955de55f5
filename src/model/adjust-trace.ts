import { adjustClockSkew } from './adjust-clock-skew.ts';
import { removeDuplicateSpans } from './adjust-duplicates.ts';
import { adjustIpAttributes } from './adjust-ip-attributes.ts';
import { removeEmptyLinks } from './adjust-links.ts';
import { moveLibraryAttributes } from './adjust-library-attributes.ts';
import { sortCollections } from './adjust-order.ts';
import { separateSharedSpanIds } from './adjust-shared-ids.ts';
import type { Span } from './span.ts';

export interface AdjustOptions {
  /** Larger differences between clocks are only named in a warning; 0 adjusts none. */
  readonly maxClockSkewMs: number;
}

/** Makes a stored trace fit to show, in the order of Jaeger v2's query service. Changes no input. */
export function adjustSpans(spans: readonly Span[], options: AdjustOptions): readonly Span[] {
  const separate = separateSharedSpanIds(spans);
  const distinct = removeDuplicateSpans(separate.map(sortCollections));
  const timed = adjustClockSkew(distinct, options.maxClockSkewMs);
  return moveLibraryAttributes(timed.map(adjustIpAttributes)).map(removeEmptyLinks);
}
