import { Buffer } from 'node:buffer';
import type { Span, Trace } from '../../model/span.ts';
import { decodeSpans } from '../../wire/otlp/decode-trace.ts';
import { jsonToOtlp } from '../../wire/otlp/json-to-otlp.ts';
import { WireError } from '../../wire/wire-error.ts';
import { ApiError } from './api-error.ts';
import type { Endpoint } from './endpoint.ts';
import { createPace } from './pace.ts';
import type { Pace } from './pace.ts';
import type { TraceStream } from './read-traces.ts';
import { writeJaegerTraces } from './write-jaeger-traces.ts';
import { PRETTY } from './endpoint-doc.ts';

/** OTLP JSON in, the same traces as Jaeger's JSON out, unadjusted: for files people open. */
export const transformOtlp: Endpoint = {
  operation: 'transform',
  method: 'POST',
  path: /^\/api\/transform$/,
  family: 'jaeger',
  doc: {
    summary: "OTLP JSON as Jaeger's JSON.",
    path: '/api/transform',
    answer: 'traces',
    parameters: [PRETTY],
    body: 'TracesData in OTLP JSON.',
  },
  answer: (request, { limits, spanFields }) => {
    const pace = createPace(request.signal);
    const traces = tracesIn(request.body(), pace);
    return writeJaegerTraces(traces, { request, fields: spanFields(), limits, pace });
  },
};

async function* tracesIn(body: Promise<string>, pace: Pace): AsyncGenerator<TraceStream> {
  const spans = readOtlp(await body);
  await pace();
  for (const { spans: own, traceId } of tracesOf(spans)) {
    yield { traceId, pieces: oneByOne([{ spans: () => own }]), warnings: () => [] };
  }
}

// eslint-disable-next-line @typescript-eslint/require-await -- there is nothing to wait for
async function* oneByOne<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

/** @throws ApiError */
function readOtlp(text: string): readonly Span[] {
  try {
    return decodeSpans(jsonToOtlp(Buffer.from(text)));
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new ApiError(400, `cannot unmarshal OTLP : ${error.message}`, { cause: error });
  }
}

/** In the order of their first spans. Ids that are absent or short are filled up with zeros. */
function tracesOf(spans: readonly Span[]): readonly Trace[] {
  const traces = new Map<string, Span[]>();
  for (const span of spans) {
    const traceId = span.traceId.padStart(32, '0');
    const own = traces.get(traceId) ?? [];
    traces.set(traceId, own);
    own.push({ ...span, traceId, spanId: span.spanId.padStart(16, '0') });
  }
  return [...traces].map(([traceId, own]) => ({ traceId, spans: own, warnings: [] }));
}
