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

/** Spans that are adjusted without a pause in between. */
const SPANS_A_STEP = 1024;

/** Makes a stored trace fit to show, in the order of Jaeger v2's query service. Changes no input. */
export function adjustSpans(spans: readonly Span[], options: AdjustOptions): readonly Span[] {
  const steps = adjustSteps(spans, options);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}

/** The same as `adjustSpans`, in steps: a server can do other work in between. */
export function* adjustSteps(
  spans: readonly Span[],
  { maxClockSkewMs }: AdjustOptions,
): Generator<undefined, readonly Span[]> {
  const separate = separateSharedSpanIds(spans);
  const sorted = yield* mapInSteps(separate, sortCollections);
  const distinct = removeDuplicateSpans(sorted);
  yield;
  const timed = adjustClockSkew(distinct, maxClockSkewMs);
  yield;
  const readable = yield* mapInSteps(timed, adjustIpAttributes);
  const moved = moveLibraryAttributes(readable);
  return yield* mapInSteps(moved, removeEmptyLinks);
}

function* mapInSteps(
  spans: readonly Span[],
  adjust: (span: Span) => Span,
): Generator<undefined, readonly Span[]> {
  const adjusted: Span[] = [];
  for (const span of spans) {
    adjusted.push(adjust(span));
    if (adjusted.length % SPANS_A_STEP === 0) yield;
  }
  return adjusted;
}
