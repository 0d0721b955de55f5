import { Counter, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';

/** Named as client-go names them, so that existing dashboards and alerts work. */
export interface KubeMetrics {
  /** `code` is the HTTP status, or `<error>` when no answer came. */
  request(method: string, code: string, seconds: number): void;
  limited(seconds: number): void;
}

export function createKubeMetrics(registry: Registry): KubeMetrics {
  const registers = [registry];
  const requests = new Counter({
    name: 'rest_client_requests_total',
    help: 'Requests to the API server by status code and method.',
    labelNames: ['code', 'method'],
    registers,
  });
  const durations = new Histogram({
    name: 'rest_client_request_duration_seconds',
    help: 'Time until the API server began to answer, without the wait for the rate limit.',
    labelNames: ['method'],
    buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60],
    registers,
  });
  const waits = new Histogram({
    name: 'rest_client_rate_limiter_duration_seconds',
    help: 'Time requests waited for the client-side rate limit or a pause the server asked for.',
    buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60],
    registers,
  });
  return {
    request: (method, code, seconds) => {
      requests.inc({ code, method });
      durations.observe({ method }, seconds);
    },
    limited: (seconds) => {
      waits.observe(seconds);
    },
  };
}
