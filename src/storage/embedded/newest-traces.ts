import { byNewest } from './block/find-traces.ts';
import type { FoundTrace } from './block/find-traces.ts';

/** The newest of what several places found: each trace once, by its newest span. */
export function newestTraces(found: readonly FoundTrace[], limit: number): readonly FoundTrace[] {
  const seen = new Set<string>();
  const kept: FoundTrace[] = [];
  for (const trace of found.toSorted(byNewest)) {
    if (kept.length === limit) break;
    if (seen.has(trace.traceId)) continue;
    seen.add(trace.traceId);
    kept.push(trace);
  }
  return kept;
}
