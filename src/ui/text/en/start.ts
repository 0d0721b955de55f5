import { plural, wholeUnits } from './counting.ts';

/** What the start page says. */
export const wording = {
  title: 'Find a trace',
  hint: (seconds: number | undefined) =>
    seconds === undefined
      ? 'A service leads to its traces of the custom range.'
      : `A service leads to its traces of the last ${wholeUnits(seconds)}.`,
  boxLabel: 'Trace id, service or conditions',
  boxPlaceholder: 'Trace id, service, or service:cart error=true dur>200ms',
  sampled: (count: number, seconds: number) =>
    `Numbers are from the newest ${plural(count, 'trace')}, of the last ${wholeUnits(seconds)}.`,
  noneRecent: 'No traces in the last hour.',
  tableCaption: 'Services',
  columns: {
    service: 'Service',
    rate: 'Traces/s',
    rateHint: 'Traces a second in which the service has spans',
    errors: 'Errors',
    errorsHint: 'Share of these traces in which the service has failed spans',
    p50: 'p50',
    p95: 'p95',
    durationHint: 'Duration of these traces: no more than this for 50 % and for 95 % of them',
    seen: 'Last seen',
  },
  trendLabel: (share: string, shortest: string, longest: string) =>
    `${share} over time, from ${shortest} to ${longest}`,
  firstTitle: 'No traces yet',
  firstHint: 'This page notices by itself when the first span arrives.',
  firstSdk: 'Any OpenTelemetry SDK or agent: set this and start your application',
  firstCurl: 'Or send one span from a shell',
  example: 'Open an example trace',
  exampleHint: 'It is made in your browser: an order with a payment that is tried twice.',
  firstPorts:
    'The collector listens on 4317 (OTLP gRPC), 4318 (OTLP HTTP) and 14268 (Jaeger Thrift) unless configured otherwise.',
  firstCluster: 'In a cluster, use the collector service of your instance as the host.',
} as const;
