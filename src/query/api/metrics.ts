import { SPAN_KINDS } from '../../model/span.ts';
import { MetricsError } from '../metrics/metrics-reader.ts';
import type { MetricSeries, MetricsQuestion } from '../metrics/metrics-reader.ts';
import { bounded } from './answer-body.ts';
import { ApiError } from './api-error.ts';
import type { ApiRequest, Endpoint } from './endpoint.ts';
import { readFloat } from './go-text.ts';
import type { MetricFamilyJson } from './jaeger-json.ts';
import { envelopeText, isPretty, jsonText, PRETTY_INDENT } from './json-text.ts';
import { parseFlag, parseInteger, parseTags, read, unableToParse } from './parse-parameters.ts';
import { parameter, pathPart, PRETTY, REQUIRED_SERVICE } from './endpoint-doc.ts';

const MILLIS: { type: 'integer' } = { type: 'integer' };
const METRICS_PARAMETERS = [
  pathPart('metric', 'Which.', { values: ['latencies', 'calls', 'errors', 'minstep'] }),
  { ...REQUIRED_SERVICE, isRepeated: true },
  parameter('quantile', 'From 0 to 1; latencies need it.', { type: 'number' }),
  parameter('groupByOperation', 'Whether to tell operations apart.', { type: 'boolean' }),
  parameter('spanKind', 'Kind of spans.', { isRepeated: true, values: SPAN_KINDS }),
  parameter('endTs', 'End of the time, milliseconds since 1970.', MILLIS),
  parameter('lookback', 'Length of the time in milliseconds.', MILLIS),
  parameter('step', 'Milliseconds between points.', MILLIS),
  parameter('ratePer', 'Milliseconds that a rate is taken over.', MILLIS),
  parameter('tag', 'Checked, and of no meaning yet.', { isRepeated: true }),
  parameter('tags', 'Checked, and of no meaning yet.', { isRepeated: true }),
  PRETTY,
];

const HOUR_MS = 3_600_000n;
const STEP_MS = 5000n;
const RATE_PER_MS = 600_000n;

const FAMILIES = {
  latencies: { name: 'latencies', help: 'th quantile latency' },
  calls: { name: 'call_rate', help: 'calls/sec' },
  errors: {
    name: 'error_rate',
    help: 'error rate, computed as a fraction of errors/sec over calls/sec',
  },
};

/** Latencies, rates of calls and of errors from a store of metrics; 501 in a deployment without one. */
export const metricsQuery: Endpoint = {
  operation: 'get_metrics',
  method: 'GET',
  path: /^\/api\/metrics\/(latencies|calls|errors|minstep)$/,
  family: 'jaeger',
  doc: {
    summary: 'Metrics of spans.',
    path: '/api/metrics/{metric}',
    answer: 'metrics',
    parameters: METRICS_PARAMETERS,
  },
  answer: async (request, { limits, metricsStore }) => {
    const { name, parameters, signal, token } = request;
    const question = name === 'minstep' ? undefined : parseQuestion(request);
    if (metricsStore === undefined) {
      throw new ApiError(501, 'metrics querying is currently disabled');
    }
    if (question === undefined) return envelopeText(metricsStore.minStepMs, parameters);
    try {
      const series = await metricsStore.read(question, token, signal);
      const indent = isPretty(parameters) ? PRETTY_INDENT : 0;
      return bounded(jsonText(familyJson(question, series), indent), limits);
    } catch (error) {
      if (!(error instanceof MetricsError)) throw error;
      const message = `failed executing metrics query: ${error.message}`;
      throw new ApiError(500, message, { cause: error });
    }
  },
};

/** In Jaeger's order: of several errors, clients see the one they would see there. @throws ApiError */
function parseQuestion({ name, nowMs, parameters }: ApiRequest): MetricsQuestion {
  const kind = name === 'latencies' || name === 'calls' ? name : 'errors';
  const quantile =
    kind === 'latencies'
      ? read(parameters.get('quantile') ?? '', readFloat, unableToParse('quantile'))
      : 0;
  const services = parameters.getAll('service');
  if (services.length === 0) {
    throw new ApiError(400, unableToParse('service')('please provide at least one service name'));
  }
  const groupByOperation = parseFlag(parameters, 'groupByOperation');
  const spanKinds = parameters.getAll('spanKind');
  for (const asked of spanKinds) {
    if (!SPAN_KINDS.some((known) => known === asked)) {
      throw new ApiError(400, unableToParse('spanKind')(`unsupported span kind: '${asked}'`));
    }
  }
  const time = (parameter: string, otherwise: bigint): number =>
    Number(parseInteger(parameters, parameter) ?? otherwise);
  const question: MetricsQuestion = {
    kind,
    ...{ quantile, services, groupByOperation },
    spanKinds: spanKinds.length === 0 ? ['server'] : spanKinds,
    endMs: time('endTs', BigInt(nowMs)),
    lookbackMs: time('lookback', HOUR_MS),
    stepMs: time('step', STEP_MS),
    ratePerMs: time('ratePer', RATE_PER_MS),
  };
  parseTags(parameters);
  return question;
}

/** `jaeger.api_v2.metrics.MetricFamily` in protobuf's JSON. */
function familyJson(
  { groupByOperation, kind, quantile }: MetricsQuestion,
  series: readonly MetricSeries[],
): MetricFamilyJson {
  const { help, name } = FAMILIES[kind];
  const what = kind === 'latencies' ? `${quantile.toFixed(2)}${help}` : help;
  const metrics = series.map(({ labels, points }) => ({
    labels,
    metricPoints: points.map(({ timeMs, value }) => ({
      gaugeValue: { doubleValue: Number.isFinite(value) ? value : String(value) },
      timestamp: new Date(timeMs).toISOString().replace('.000Z', 'Z'),
    })),
  }));
  return {
    name: groupByOperation ? `service_operation_${name}` : `service_${name}`,
    type: 'GAUGE',
    help: `${what}, grouped by service${groupByOperation ? ' & operation' : ''}`,
    ...(metrics.length === 0 ? {} : { metrics }),
  };
}
