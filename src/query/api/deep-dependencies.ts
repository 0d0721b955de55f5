import { shortTraceId } from '../../model/trace-id.ts';
import { type PathFocus, TracePaths } from '../../model/trace-paths.ts';
import { bounded } from './answer-body.ts';
import type { ApiDeps, ApiRequest, Endpoint } from './endpoint.ts';
import type { EndpointDoc } from './endpoint-doc.ts';
import type { DeepDependenciesJson } from './jaeger-json.ts';
import { isPretty, jsonText, PRETTY_INDENT } from './json-text.ts';
import { distinctIds, parseInteger, parseTraceIds, required } from './parse-parameters.ts';
import { namedTraces, type SampledTrace, sampleTraces } from './sample-traces.ts';
import { END, parameter, PRETTY, REQUIRED_SERVICE, START } from './endpoint-doc.ts';

const LOOKBACK_MICROS = 48n * 3_600_000_000n;

const DOC: EndpointDoc = {
  summary: 'Ways of recent requests through a service.',
  path: '/api/deep-dependencies',
  answer: 'deepDependencies',
  parameters: [
    REQUIRED_SERVICE,
    parameter('operation', 'Name of a span.'),
    START,
    END,
    parameter('traceID', 'Traces to look at instead of recent ones.', { isRepeated: true }),
    PRETTY,
  ],
};

/** The ways that recent requests, or with `traceID` those of these traces, took through a service. */
export const deepDependencies: Endpoint = {
  operation: 'get_deep_dependencies',
  method: 'GET',
  path: /^\/api\/deep-dependencies$/,
  family: 'jaeger',
  doc: DOC,
  answer: answerPaths,
};

/** The same where Jaeger's UI asks for it. */
export const analyticsDependencies: Endpoint = {
  ...deepDependencies,
  path: /^\/analytics\/v1\/dependencies$/,
  doc: { ...DOC, path: '/analytics/v1/dependencies' },
};

async function answerPaths(request: ApiRequest, deps: ApiDeps): Promise<string> {
  const { parameters } = request;
  const service = required(parameters, 'service');
  const named = parameters.get('operation') ?? '';
  const focus: PathFocus = { service, ...(named === '' ? {} : { operation: named }) };
  const paths = new TracePaths(focus, deps.limits.analysisMaxPaths);
  const ids = distinctIds(parseTraceIds(parameters), deps.limits);
  const traces =
    ids.length > 0 ? namedTraces(request, deps, ids) : recentTraces(request, deps, focus);
  for await (const { spans, traceId } of traces) {
    paths.add(traceId, spans);
    if (paths.isFull) break;
  }
  const body: DeepDependenciesJson = {
    dependencies: paths.paths.map(({ stops, traceId }) => ({
      path: stops,
      attributes: [{ key: 'exemplar_trace_id', value: shortTraceId(traceId) }],
    })),
  };
  return bounded(jsonText(body, isPretty(parameters) ? PRETTY_INDENT : 0), deps.limits);
}

function recentTraces(
  request: ApiRequest,
  deps: ApiDeps,
  focus: PathFocus,
): AsyncGenerator<SampledTrace> {
  const { nowMs, parameters } = request;
  // The UI writes zeros for times it does not mean.
  const start = parseInteger(parameters, 'start') ?? 0n;
  const until = parseInteger(parameters, 'end') ?? 0n;
  const end = until <= 0n ? BigInt(nowMs) * 1000n : until;
  const startNano = (start <= 0n ? end - LOOKBACK_MICROS : start) * 1000n;
  return sampleTraces(request, deps, { ...focus, startNano, endNano: end * 1000n });
}
