import { forEachCall, serviceCalls } from '../../model/service-calls.ts';
import type { ServiceCall, TraceColumns } from '../../model/service-calls.ts';
import type { BlockSpan } from './block/block.ts';
import type { TraceSource } from './trace-source.ts';
import { spansOfWholeTrace } from './whole-trace.ts';

/** Takes a call, and how often it counts. */
export type VisitCall = (call: ServiceCall, count: number) => void;

/** The calls between all spans of a trace, of whatever sources. */
export function callsOfWholeTrace(
  sources: readonly TraceSource[],
  id: string,
): readonly ServiceCall[] {
  const parts = sources.flatMap((source) => source.traceColumns(id) ?? []);
  const [first] = parts;
  if (first === undefined) return [];
  return serviceCalls(parts.length === 1 ? first : wholeColumns(sources, id, parts));
}

/** What the calls of a whole trace are, less those within each of the sources. */
export function eachCallAcross(
  sources: readonly TraceSource[],
  id: string,
  visit: VisitCall,
): void {
  if (sources.length < 2) return;
  const parts = sources.flatMap((source) => source.traceColumns(id) ?? []);
  if (parts.length < 2) return;
  const joined = joinDistinct(parts);
  if (joined === undefined) {
    for (const call of serviceCalls(wholeColumns(sources, id, parts))) visit(call, 1);
    for (const part of parts) for (const call of serviceCalls(part)) visit(call, -1);
    return;
  }
  const partOf = parts.flatMap(({ count }, part) => new Array<number>(count).fill(part));
  const { services, startsMs } = joined;
  // Where no two spans have one id, what other parts have changes nothing within one.
  forEachCall(joined, (from, to) => {
    if (partOf[from] === partOf[to]) return;
    const parent = services[from] ?? '';
    visit({ parent, child: services[to] ?? '', startMs: startsMs[to] ?? 0 }, 1);
  });
}

/** Where no two spans have one id, neither their order matters, nor can one have come twice. */
function wholeColumns(
  sources: readonly TraceSource[],
  id: string,
  parts: readonly TraceColumns[],
): TraceColumns {
  return joinDistinct(parts) ?? columnsOf(spansOfWholeTrace(sources, id));
}

/** undefined when two spans have, or may have, the same id. */
function joinDistinct(parts: readonly TraceColumns[]): TraceColumns | undefined {
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const spanIds = new Uint32Array(2 * count);
  const parentSpanIds = new Uint32Array(2 * count);
  const kinds = new Uint8Array(count);
  const startsMs = new Float64Array(count);
  let at = 0;
  for (const part of parts) {
    spanIds.set(part.spanIds, 2 * at);
    parentSpanIds.set(part.parentSpanIds, 2 * at);
    kinds.set(part.kinds, at);
    startsMs.set(part.startsMs, at);
    at += part.count;
  }
  const lowWords = new Set<number>();
  for (let row = 0; row < count; row++) lowWords.add(spanIds[2 * row + 1] ?? 0);
  if (lowWords.size < count) return undefined;
  const services = parts.flatMap((part) => part.services);
  return { count, spanIds, parentSpanIds, kinds, services, startsMs };
}

function columnsOf(spans: readonly BlockSpan[]): TraceColumns {
  const count = spans.length;
  const spanIds = new Uint32Array(2 * count);
  const parentSpanIds = new Uint32Array(2 * count);
  spans.forEach(({ spanId, parentSpanId }, row) => {
    spanIds.set(idWords(spanId), 2 * row);
    parentSpanIds.set(idWords(parentSpanId), 2 * row);
  });
  return {
    count,
    spanIds,
    parentSpanIds,
    kinds: Uint8Array.from(spans, ({ kind }) => kind),
    services: spans.map(({ resource }) => resource.serviceName),
    startsMs: Float64Array.from(spans, (span) => Number(span.startTimeUnixNano) / 1e6),
  };
}

/** '' is an id of zeros. */
function idWords(text: string): readonly [number, number] {
  if (text === '') return [0, 0];
  return [parseInt(text.slice(0, 8), 16), parseInt(text.slice(8), 16)];
}
