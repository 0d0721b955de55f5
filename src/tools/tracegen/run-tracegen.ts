import { errorText } from '../../runtime/errors.ts';
import type { Span } from '../../model/span.ts';
import { encodeSpans } from '../../wire/otlp/encode-trace.ts';
import type { Clock } from '../../runtime/clock.ts';
import { generateTrace, generatedResource } from './generate-trace.ts';
import type { TraceShape, TraceSource } from './generate-trace.ts';
import type { OtlpSender } from './otlp-sender.ts';

export interface TracegenOptions extends TraceShape {
  readonly workers: number;
  /** Traces each worker makes; not looked at when durationMs > 0. */
  readonly traces: number;
  readonly durationMs: number;
  /** Between two traces of a worker. */
  readonly pauseMs: number;
  readonly service: string;
  /** More than one adds a two-digit suffix to the service name. */
  readonly services: number;
}

export interface TracegenResult {
  readonly traces: number;
  readonly sentSpans: number;
  readonly failedSpans: number;
  /** The last failure; '' when there was none. */
  readonly lastError: string;
}

/** Spans of several traces travel in one request up to about this many. */
const BATCH_SPANS = 512;

/**
 * Makes traces until every worker has made its share, the time is over, or the signal aborts; what
 * was made before is still sent.
 */
export async function runTracegen(
  options: TracegenOptions,
  deps: { sender: OtlpSender; clock: Clock; source: TraceSource; signal: AbortSignal },
): Promise<TracegenResult> {
  const total = { traces: 0, sentSpans: 0, failedSpans: 0, lastError: '' };
  const resources = Array.from({ length: options.services }, (_, index) =>
    generatedResource(
      options.services === 1
        ? options.service
        : `${options.service}-${String(index).padStart(2, '0')}`,
    ),
  );
  const flush = async (spans: Span[]): Promise<void> => {
    if (spans.length === 0) return;
    const batch = spans.splice(0);
    try {
      await deps.sender.send(encodeSpans(batch));
      total.sentSpans += batch.length;
    } catch (error) {
      total.failedSpans += batch.length;
      total.lastError = errorText(error);
    }
  };
  const endsAt = deps.clock.monotonic() + options.durationMs;
  const goesOn = (made: number): boolean =>
    !deps.signal.aborted &&
    (options.durationMs > 0 ? deps.clock.monotonic() < endsAt : made < options.traces);
  const work = async (worker: number): Promise<void> => {
    const waiting: Span[] = [];
    for (let made = 0; goesOn(made); made += 1) {
      const resource = resources[(worker + made) % resources.length];
      if (resource === undefined) break;
      waiting.push(...generateTrace(options, resource, deps.source));
      total.traces += 1;
      // Timers have a resolution of a millisecond; a shorter pause is no pause.
      const pauses = options.pauseMs >= 1;
      if (pauses || waiting.length >= BATCH_SPANS) await flush(waiting);
      if (pauses && goesOn(made + 1)) await deps.clock.sleep(options.pauseMs);
    }
    await flush(waiting);
  };
  await Promise.all(Array.from({ length: options.workers }, (_, worker) => work(worker)));
  return total;
}
