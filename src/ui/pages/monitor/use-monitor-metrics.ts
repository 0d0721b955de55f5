import {
  type MetricsAnswers,
  type MetricsAsked,
  type MetricsScope,
  useServiceMetrics,
} from '../../api/service-metrics.ts';

const OF_SERVICE: readonly MetricsAsked[] = [
  { metric: 'latencies', quantile: 0.95 },
  { metric: 'latencies', quantile: 0.75 },
  { metric: 'latencies', quantile: 0.5 },
  { metric: 'errors' },
  { metric: 'calls' },
];
const OF_OPERATIONS: readonly MetricsAsked[] = [
  { metric: 'latencies', quantile: 0.95, byOperation: true },
  { metric: 'calls', byOperation: true },
  { metric: 'errors', byOperation: true },
];

interface MonitorMetrics extends Pick<MetricsAnswers, 'error' | 'retry'> {
  /** Latencies p95, p75 and p50, errors, calls. */
  readonly ofService: MetricsAnswers['families'];
  /** Latencies p95, calls, errors. */
  readonly ofOperations: MetricsAnswers['families'];
}

/** All that the page shows: a part may come before the other, but the store fails once for both. */
export function useMonitorMetrics(scope: MetricsScope): MonitorMetrics {
  const service = useServiceMetrics(scope, OF_SERVICE);
  const operations = useServiceMetrics(scope, OF_OPERATIONS);
  return {
    ofService: service.families,
    ofOperations: operations.families,
    error: service.error ?? operations.error,
    retry: () => {
      service.retry();
      operations.retry();
    },
  };
}
