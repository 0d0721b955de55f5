import { adjustSpans } from '../../model/adjust-trace.ts';
import type { Span } from '../../model/span.ts';
import type { TraceChunk } from '../../storage/storage.ts';
import { decodeSpans } from '../../wire/otlp/decode-trace.ts';
import { ApiError } from './endpoint.ts';
import type { ApiRequest, QueryLimits } from './endpoint.ts';

export interface FoundTrace {
  readonly traceId: string;
  readonly spans: readonly Span[];
  readonly warnings: readonly string[];
}

/** Decodes chunks into whole traces, cut to the size limit and, unless raw, adjusted. */
export async function readTraces(
  chunks: AsyncIterable<TraceChunk>,
  options: { readonly raw: boolean; readonly limits: QueryLimits; readonly signal: AbortSignal },
): Promise<readonly FoundTrace[]> {
  const { limits, raw, signal } = options;
  const found = new Map<string, Span[]>();
  let bytes = 0;
  for await (const { traceId, otlp } of chunks) {
    signal.throwIfAborted();
    bytes += otlp.length;
    if (bytes > limits.maxResponseSize) throw tooLarge(limits);
    const spans = found.get(traceId) ?? [];
    found.set(traceId, spans);
    // One more than shown, so that the cut is known.
    const room = limits.maxTraceSize + 1 - spans.length;
    if (room > 0) for (const span of decodeSpans(otlp).slice(0, room)) spans.push(span);
  }
  return [...found].map(([traceId, spans]) => {
    const cut = spans.length > limits.maxTraceSize;
    const kept = cut ? spans.slice(0, limits.maxTraceSize) : spans;
    const size = limits.maxTraceSize;
    return {
      traceId,
      spans: raw ? kept : adjustSpans(kept, limits),
      warnings: cut ? [`trace has more than ${size} spans, showing first ${size} spans only`] : [],
    };
  });
}

/** Refuses an answer above the limit. @throws ApiError */
export function bounded(body: string, { limits }: { readonly limits: QueryLimits }): string {
  if (body.length > limits.maxResponseSize) throw tooLarge(limits);
  return body;
}

function tooLarge({ maxResponseSize }: QueryLimits): ApiError {
  return new ApiError(
    413,
    `the answer would be larger than query.max-response-size (${maxResponseSize} bytes); narrow the time range or lower the limit`,
  );
}

/** True for the texts that Go reads as true; a wrong text is an error. @throws ApiError */
export function parseFlag({ parameters }: ApiRequest, names: readonly string[]): boolean {
  for (const name of names) {
    const text = parameters.get(name) ?? '';
    if (text === '') continue;
    if (/^(?:1|t|T|true|TRUE|True)$/.test(text)) return true;
    if (/^(?:0|f|F|false|FALSE|False)$/.test(text)) return false;
    throw new ApiError(
      400,
      `unable to parse param '${name}': strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  }
  return false;
}
