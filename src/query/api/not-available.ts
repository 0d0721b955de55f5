import { SPAN_KINDS } from '../../model/span.ts';
import { ApiError } from './endpoint.ts';
import type { ApiRequest, Endpoint } from './endpoint.ts';
import { readFloat } from './go-text.ts';
import { parseFlag, parseInteger, parseTags, read, unableToParse } from './parse-parameters.ts';

/** Jaeger's answer of a deployment without a storage for metrics, to a question that is right. */
export const metricsQuery: Endpoint = {
  operation: 'get_metrics',
  method: 'GET',
  path: /^\/api\/metrics\/(latencies|calls|errors|minstep)$/,
  family: 'jaeger',
  answer: (request) => {
    if (request.name !== 'minstep') checkMetricsParameters(request);
    throw new ApiError(501, 'metrics querying is currently disabled');
  },
};

function checkMetricsParameters({ name, parameters }: ApiRequest): void {
  if (name === 'latencies') {
    read(parameters.get('quantile') ?? '', readFloat, unableToParse('quantile'));
  }
  if (!parameters.has('service')) {
    throw new ApiError(400, unableToParse('service')('please provide at least one service name'));
  }
  parseFlag(parameters, 'groupByOperation');
  for (const kind of parameters.getAll('spanKind')) {
    if (!SPAN_KINDS.some((known) => known === kind)) {
      throw new ApiError(400, unableToParse('spanKind')(`unsupported span kind: '${kind}'`));
    }
  }
  for (const time of ['endTs', 'lookback', 'step', 'ratePer']) parseInteger(parameters, time);
  parseTags(parameters);
}
