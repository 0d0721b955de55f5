import type { RequestRefusal } from '../pipeline/account.ts';
import type { ByteBudget } from '../pipeline/byte-budget.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { Clock } from '../runtime/clock.ts';
import { freeBytes } from '../runtime/free-bytes.ts';
import type { PartialSuccess } from '../wire/otlp/export-response.ts';
import { scanReceived } from '../wire/otlp/scan-spans.ts';
import { freeingOnError } from './freeing.ts';
import { lendTo } from './lend-to.ts';
import type { Accepted, SpanBatch, Transport } from '../wire/span-batch.ts';

/** What the OTLP receivers of one transport have in common. */
export interface OtlpIntake {
  readonly budget: ByteBudget;
  /** @throws WireError when the bytes, which are given back then, are not an ExportTraceServiceRequest */
  scan(otlp: Uint8Array, tenant: string): SpanBatch;
  /** Hands on a batch whose bytes nobody else has; resolves to what the sender is told of spans that were not kept. */
  take(batch: SpanBatch, signal: AbortSignal): Promise<PartialSuccess | undefined>;
  requestRefused(reason: RequestRefusal): void;
}

export function createOtlpIntake(
  pipeline: Pipeline,
  transport: Transport,
  clock: Clock,
): OtlpIntake {
  const sink = pipeline.sinkFor(transport);
  return {
    budget: pipeline.budget,
    scan: (bytes, tenant) => {
      const { otlp, scan } = freeingOnError(bytes, () => scanReceived(bytes));
      if (otlp !== bytes) freeBytes(bytes);
      return { tenant, otlp, scan, receivedAtMs: clock.now(), format: 'otlp' };
    },
    take: async (batch, signal) => partialSuccess(await lendTo(sink, batch, signal)),
    requestRefused: (reason) => {
      pipeline.requestRefused(transport, reason);
    },
  };
}

function partialSuccess({ refused, dropped }: Accepted): PartialSuccess | undefined {
  // What a rule of this deployment drops is no news to its sender.
  const losses = [...refused, ...dropped.filter(({ reason }) => reason !== 'filtered')];
  if (losses.length === 0) return undefined;
  return {
    rejectedSpans: losses.reduce((sum, { count }) => sum + count, 0),
    errorMessage: losses.map(({ message }) => message).join('; '),
  };
}
