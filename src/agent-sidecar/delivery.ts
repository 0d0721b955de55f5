import type { Clock } from '../runtime/clock.ts';
import { errorText } from '../runtime/errors.ts';
import type { Logger } from '../runtime/logger.ts';
import type { ReporterConfig } from './config.ts';
import type { ExportLoss, ExportMetrics } from './export-metrics.ts';
import { ExportError } from './otlp-exporter.ts';
import type { OtlpExporter } from './otlp-exporter.ts';

/** What goes out as one request. */
export interface Parcel {
  readonly otlp: Uint8Array;
  readonly batches: number;
  readonly spans: number;
  /** Monotonic milliseconds; when the oldest of its batches came. */
  readonly since: number;
}

interface Lost {
  readonly reason: ExportLoss;
  /** What the last attempt failed with. */
  readonly problem?: string;
}

export interface DeliveryDeps {
  readonly exporter: OtlpExporter;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: ExportMetrics;
  /** Hears after each attempt whether a collector answered, be it that it will never take the parcel. */
  readonly onAttempt: (isAnswered: boolean) => void;
}

const BACKOFF_FIRST_MS = 250;
const BACKOFF_MAX_MS = 10_000;
/** A collector that asks for more time than this is asked again after this. */
const RETRY_INFO_MAX_MS = 60_000;

/**
 * Sends parcels, each until a collector has it, it is refused for good, or its time is over; books
 * every span of it. An aborted signal gives up at once.
 */
export function createDelivery(
  config: ReporterConfig,
  deps: DeliveryDeps,
  signal: AbortSignal,
): (parcel: Parcel) => Promise<void> {
  const { clock, metrics } = deps;

  /** How many spans the collector rejected; throws what the attempt failed with. */
  const attempt = async (parcel: Parcel): Promise<number> => {
    try {
      const rejected = await deps.exporter.export(parcel.otlp, signal);
      metrics.attempted(true);
      deps.onAttempt(true);
      return Math.min(rejected, parcel.spans);
    } catch (error) {
      if (!signal.aborted) metrics.attempted(false);
      deps.onAttempt(error instanceof ExportError && !error.retriable);
      throw error;
    }
  };
  const sendUntilDone = async (parcel: Parcel): Promise<number | Lost> => {
    for (let attempts = 1; ; attempts++) {
      if (isAborted(signal)) return { reason: 'shutdown' };
      try {
        return await attempt(parcel);
      } catch (error) {
        if (isAborted(signal)) return { reason: 'shutdown' };
        const problem = errorText(error);
        if (!(error instanceof ExportError) || !error.retriable) {
          return { reason: 'export_failed', problem };
        }
        const leftMs = parcel.since + config.retryMaxElapsedMs - clock.monotonic();
        const isLast = config.retryMax > 0 && attempts > config.retryMax;
        if (isLast || leftMs <= 0) return { reason: 'expired', problem };
        // The last attempt is when the time is over, not some seconds before.
        await pause(clock, Math.min(retryDelay(error, attempts), leftMs), signal);
      }
    }
  };
  return async (parcel) => {
    const outcome = await sendUntilDone(parcel);
    if (typeof outcome === 'number') {
      metrics.submitted(parcel.spans - outcome);
      if (outcome > 0) metrics.dropped('rejected', outcome);
    } else {
      metrics.dropped(outcome.reason, parcel.spans);
      deps.logger.warn({ ...outcome, spans: parcel.spans }, 'spans are dropped');
    }
  };
}

/** A call, since the compiler takes the property for constant. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Ends early, without an error, when the signal aborts. */
async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(ms, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** As the collector asks, else doubling, with up to half of it by chance so that agents spread. */
function retryDelay({ retryAfterMs }: ExportError, attempts: number): number {
  if (retryAfterMs !== undefined) return Math.min(retryAfterMs, RETRY_INFO_MAX_MS);
  const delayMs = Math.min(BACKOFF_FIRST_MS * 2 ** (attempts - 1), BACKOFF_MAX_MS);
  return delayMs * (0.5 + Math.random() / 2);
}
