import type { MetricsConfig } from './config.ts';
import type { MetricsQuestion } from './metrics-reader.ts';

type Names = Pick<
  MetricsConfig,
  'durationUnit' | 'namespace' | 'normalizeCalls' | 'normalizeDuration' | 'supportConnector'
>;

const UNIT_NAMES = { ms: 'milliseconds', s: 'seconds' };
const RATE_UNITS = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** The label of the operation's name in the store. */
export function operationLabel({ supportConnector }: Names): string {
  return supportConnector ? 'span_name' : 'operation';
}

/** What Jaeger asks Prometheus; names of services mean themselves, whatever characters they have. */
export function promql(question: MetricsQuestion, names: Names): string {
  const by = question.groupByOperation ? `service_name,${operationLabel(names)}` : 'service_name';
  const services = `service_name =~ "${anyOf(question.services)}"`;
  const kinds = question.spanKinds.map((kind) => `SPAN_KIND_${kind.toUpperCase()}`);
  const kindFilter = kinds.length === 0 ? '' : `span_kind =~ "${anyOf(kinds)}"`;
  const rate = rateText(question.ratePerMs);
  const calls = callsMetric(names);
  const sum = (metric: string, more: string, group: string): string =>
    `sum(rate(${metric}{${services}, ${more}${kindFilter}}[${rate}])) by (${group})`;
  switch (question.kind) {
    case 'latencies': {
      const buckets = sum(`${latencyMetric(names)}_bucket`, '', `${by},le`);
      return `histogram_quantile(${question.quantile.toFixed(2)}, ${buckets})`;
    }
    case 'calls':
      return sum(calls, '', by);
    case 'errors': {
      const failed = sum(calls, 'status_code = "STATUS_CODE_ERROR", ', by);
      return `${failed} / ${sum(calls, '', by)}`;
    }
  }
}

function callsMetric({ namespace, normalizeCalls, supportConnector }: Names): string {
  if (!supportConnector) return 'calls_total';
  return prefixed(namespace, normalizeCalls ? 'calls_total' : 'calls');
}

function latencyMetric(names: Names): string {
  const { durationUnit, namespace, normalizeDuration, supportConnector } = names;
  if (!supportConnector) return 'latency';
  const unit = normalizeDuration ? `_${UNIT_NAMES[durationUnit]}` : '';
  return prefixed(namespace, `duration${unit}`);
}

function prefixed(namespace: string, name: string): string {
  return namespace === '' ? name : `${namespace}_${name}`;
}

/** A regular expression for these texts, as it stands in a string of PromQL. */
function anyOf(texts: readonly string[]): string {
  const patterns = texts.map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return patterns.join('|').replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n');
}

/** In the largest unit that tells it exactly. */
function rateText(ms: number): string {
  const unit = RATE_UNITS.find(([, size]) => ms % size === 0);
  return unit === undefined ? `${ms}ms` : `${ms / unit[1]}${unit[0]}`;
}
