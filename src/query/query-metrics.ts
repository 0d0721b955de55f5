import { Counter, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import { LimitError } from './api/limit-error.ts';

export interface QueryMetrics {
  observe(operation: string, result: 'ok' | 'err', seconds: number): void;
  /** Counts a failure that is the work of a limit; others are counted by `observe` alone. */
  failed(error: unknown): void;
}

const LABELS = ['operation', 'result'] as const;

/** Requests as Jaeger's query service counts them. */
export function createQueryMetrics(registry: Registry): QueryMetrics {
  const requests = new Counter({
    name: 'jaeger_query_requests_total',
    help: 'API requests by operation and result (ok, err).',
    labelNames: LABELS,
    registers: [registry],
  });
  const latency = new Histogram({
    name: 'jaeger_query_latency_seconds',
    help: 'Time of API requests until the answer is complete.',
    labelNames: LABELS,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  });
  const limited = new Counter({
    name: 'jaeger_query_limited_total',
    help: 'API requests that a limit ended, by the setting that says it.',
    labelNames: ['limit'],
    registers: [registry],
  });
  return {
    failed: (error) => {
      if (error instanceof LimitError) limited.inc({ limit: error.limit });
    },
    observe: (operation, result, seconds) => {
      requests.inc({ operation, result });
      latency.observe({ operation, result }, seconds);
    },
  };
}
