import { ApiError } from './endpoint.ts';
import type { Endpoint } from './endpoint.ts';
import { requireTraceId } from './parse-parameters.ts';

/** Jaeger's answer of a deployment without a second storage for kept traces. */
export const archiveTrace: Endpoint = {
  operation: 'archive_trace',
  method: 'POST',
  path: /^\/api\/archive\/([^/]*)$/s,
  family: 'jaeger',
  answer: ({ name }) => {
    requireTraceId(name);
    throw new ApiError(500, 'archive span storage was not configured');
  },
};

/** Jaeger's answer of a deployment without a storage for metrics. */
export const metricsQuery: Endpoint = {
  operation: 'get_metrics',
  method: 'GET',
  path: /^\/api\/metrics\/(latencies|calls|errors|minstep)$/,
  family: 'jaeger',
  answer: () => {
    throw new ApiError(501, 'metrics querying is currently disabled');
  },
};
