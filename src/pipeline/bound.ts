import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import { SinkOverloadedError } from './sink.ts';
import type { Sink } from './sink.ts';

/** How long an overloaded collector asks senders to wait. */
const RETRY_AFTER_MS = 1000;

/** A stage that lets at most `batchesMax` batches be under way behind it. */
export function bounding(next: Sink, batchesMax: number, metrics: Registry): Sink {
  let underWay = 0;
  const registers = [metrics];
  new Gauge({
    name: 'jaeger_collector_queue_capacity',
    help: 'Batches that may be under way at once.',
    registers,
  }).set(batchesMax);
  new Gauge({
    name: 'jaeger_collector_queue_length',
    help: 'Batches under way.',
    registers,
    collect() {
      this.set(underWay);
    },
  });
  return async (batch, signal) => {
    if (underWay >= batchesMax) {
      throw new SinkOverloadedError(`${batchesMax} batches are under way`, RETRY_AFTER_MS);
    }
    underWay += 1;
    try {
      return await next(batch, signal);
    } finally {
      underWay -= 1;
    }
  };
}
