import { MINIMUM_SDK_VERSION } from '../../model/quality-checks.ts';
import { shortTraceId } from '../../model/trace-id.ts';
import { TraceQuality } from '../../model/trace-quality.ts';
import type { QualityExample, QualityMetric } from '../../model/trace-quality.ts';
import { bounded } from './answer-body.ts';
import { ApiError } from './api-error.ts';
import type { Endpoint } from './endpoint.ts';
import type { QualityExampleJson, QualityJson, QualityScoreJson } from './jaeger-json.ts';
import { isPretty, jsonText, PRETTY_INDENT } from './json-text.ts';
import { parseInteger, required, unableToParse } from './parse-parameters.ts';
import { sampleTraces } from './sample-traces.ts';
import { parameter, PRETTY, REQUIRED_SERVICE } from './endpoint-doc.ts';

const DEFAULT_HOURS = 1n;
const HOURS_MAX = 24n * 366n;
const HOUR_NANO = 3_600_000_000_000n;
const SCORE_MAX = 100;

/** How well recent traces of a service can be understood. */
export const qualityMetrics: Endpoint = {
  operation: 'get_quality_metrics',
  method: 'GET',
  path: /^\/api\/quality-metrics$/,
  family: 'jaeger',
  doc: {
    summary: 'How well recent traces of a service can be understood.',
    path: '/api/quality-metrics',
    answer: 'quality',
    parameters: [
      REQUIRED_SERVICE,
      parameter('hours', 'How far to look back.', { type: 'integer' }),
      PRETTY,
    ],
  },
  answer: async (request, deps) => {
    const { nowMs, parameters } = request;
    const service = required(parameters, 'service');
    const hours = parseInteger(parameters, 'hours') ?? DEFAULT_HOURS;
    if (hours < 1n || hours > HOURS_MAX) {
      throw new ApiError(400, unableToParse('hours')(`not from 1 to ${HOURS_MAX}: ${hours}`));
    }
    const quality = new TraceQuality(service);
    let traces = 0;
    const endNano = BigInt(nowMs) * 1_000_000n;
    const window = { startNano: endNano - hours * HOUR_NANO, endNano };
    for await (const { spans, traceId } of sampleTraces(request, deps, { service, ...window })) {
      quality.add(traceId, spans);
      traces += 1;
    }
    const body = qualityJson(quality, traces);
    return bounded(jsonText(body, isPretty(parameters) ? PRETTY_INDENT : 0), deps.limits);
  },
};

function qualityJson({ clients, metrics }: TraceQuality, traces: number): QualityJson {
  return {
    traceQualityDocumentationLink: '',
    bannerText: traces === 0 ? 'No traces of this service were found in this time.' : '',
    scores: [
      score('QUALITY', 'Trace Quality', metrics),
      score('COMPLETENESS', 'Completeness', metrics.filter(isOfCompleteness)),
    ],
    metrics: metrics.map(({ check, exempt, failed, passed }) => ({
      name: check.name,
      category: check.category,
      description: check.description,
      metricDocumentationLink: '',
      metricWeight: check.weight,
      passCount: passed.count,
      passExamples: passed.examples.map(example),
      failureCount: failed.count,
      failureExamples: failed.examples.map(example),
      exemptionCount: exempt.count,
      exemptionExamples: exempt.examples.map(example),
      details: [],
    })),
    clients: clients.map(({ seen, version }) => ({
      version,
      minVersion: MINIMUM_SDK_VERSION,
      count: seen.count,
      examples: seen.examples.map(example),
    })),
  };
}

function isOfCompleteness({ check }: QualityMetric): boolean {
  return check.category === 'Completeness';
}

/** The share of spans that pass, by weight, of those that are judged; full when none is. */
function score(key: string, label: string, metrics: readonly QualityMetric[]): QualityScoreJson {
  const judged = metrics.filter(({ failed, passed }) => passed.count + failed.count > 0);
  const weights = judged.reduce((sum, { check }) => sum + check.weight, 0);
  const reached = judged.reduce(
    (sum, { check, failed, passed }) =>
      sum + (check.weight * passed.count) / (passed.count + failed.count),
    0,
  );
  const value = weights === 0 ? SCORE_MAX : Math.round((SCORE_MAX * reached) / weights);
  return { key, label, max: SCORE_MAX, value };
}

function example({ spanIds, traceId }: QualityExample): QualityExampleJson {
  return { spanIDs: spanIds, traceID: shortTraceId(traceId) };
}
