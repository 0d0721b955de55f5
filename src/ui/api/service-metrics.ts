import { useQueries } from '@tanstack/react-query';
import type { MetricPoint, MetricSeries } from '../../model/service-metrics.ts';
import { fetchJson } from './fetch-json.ts';
import { jsonObject, type JsonObject, objectField, objectsField, textField } from './json-shape.ts';

/** Jaeger's. */
export const METRIC_STEP_MS = 60_000;
const RATE_PER_MS = 600_000;

export interface MetricsScope {
  readonly service: string;
  readonly spanKind: string;
  readonly endMs: number;
  readonly lookbackMs: number;
}

export interface MetricsAsked {
  readonly metric: 'latencies' | 'calls' | 'errors';
  /** Of latencies, 0 to 1. */
  readonly quantile?: number;
  readonly byOperation?: boolean;
}

/** Answers that are shown together: each in its order, once all are there. */
export interface MetricsAnswers {
  /** Undefined until all have been answered for the first time. */
  readonly families: readonly (readonly MetricSeries[])[] | undefined;
  /** Why one of them was not. */
  readonly error: Error | undefined;
  readonly isFetching: boolean;
  readonly retry: () => void;
}

/** While newer metrics of the same service are asked for, the ones before stay. */
export function useServiceMetrics(
  scope: MetricsScope,
  asked: readonly MetricsAsked[],
): MetricsAnswers {
  const { service, spanKind, lookbackMs } = scope;
  const subject = JSON.stringify([service, spanKind, lookbackMs]);
  return useQueries({
    queries: asked.map((one) => {
      const path = `api/metrics/${one.metric}?${parametersOf(scope, one)}`;
      return {
        queryKey: ['metrics', subject, path],
        staleTime: Infinity,
        placeholderData: (
          before: readonly MetricSeries[] | undefined,
          query: { readonly queryKey: readonly string[] } | undefined,
        ) => (query?.queryKey[1] === subject ? before : undefined),
        queryFn: async ({ signal }: { signal: AbortSignal }): Promise<readonly MetricSeries[]> =>
          readFamily(jsonObject(await fetchJson(path, signal))),
      };
    }),
    combine: (results) => {
      const families = results.flatMap(({ data }) => (data === undefined ? [] : [data]));
      return {
        families: families.length === results.length ? families : undefined,
        error: results.find(({ error }) => error !== null)?.error ?? undefined,
        isFetching: results.some(({ isFetching }) => isFetching),
        retry: () => {
          for (const result of results) void result.refetch();
        },
      };
    },
  });
}

function parametersOf(
  { service, spanKind, endMs, lookbackMs }: MetricsScope,
  { quantile, byOperation }: MetricsAsked,
): URLSearchParams {
  return new URLSearchParams({
    service,
    spanKind,
    endTs: String(endMs),
    lookback: String(lookbackMs),
    step: String(METRIC_STEP_MS),
    ratePer: String(RATE_PER_MS),
    ...(quantile !== undefined && { quantile: String(quantile) }),
    ...(byOperation === true && { groupByOperation: 'true' }),
  });
}

/** A `MetricFamily` in protobuf's JSON; without metrics it has no series. */
function readFamily(family: JsonObject): readonly MetricSeries[] {
  return objectsField(family, 'metrics').map((metric) => ({
    labels: new Map(
      objectsField(metric, 'labels').map((label) => [
        textField(label, 'name'),
        textField(label, 'value'),
      ]),
    ),
    points: objectsField(metric, 'metricPoints').map(readPoint),
  }));
}

/** Numbers that JSON does not have come as text: "NaN" where nothing was called. */
function readPoint(point: JsonObject): MetricPoint {
  const value = Number(objectField(point, 'gaugeValue')['doubleValue'] ?? 0);
  return {
    timeMs: Date.parse(textField(point, 'timestamp')),
    value: Number.isFinite(value) ? value : undefined,
  };
}
