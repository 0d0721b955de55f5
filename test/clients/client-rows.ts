import {
  asJaegerForJavaScript,
  asJavaScript,
  asJavaScriptText,
  asStoryText,
  asTold,
  withBareError,
  withEndpoints,
  withErrorMessage,
  withErrorTag,
  withEventMessages,
  withEventsAsJson,
  withLinksThatFollow,
  withListAs,
  withLowerCaseName,
  withResourceOnSpan,
  withTimesInSeconds,
  withWireReceive,
  withoutEventAttributes,
  withoutInternal,
  withoutLinks,
  withoutResource,
  withoutScope,
} from './expected-spans.ts';
import type { CarriesValue, ShowsSpan } from './expected-spans.ts';

/** Where a client sends to. */
export type Door =
  | 'otlp-http'
  | 'otlp-grpc'
  | 'jaeger-http'
  | 'jaeger-grpc'
  | 'udp-compact'
  | 'udp-binary'
  | 'zipkin-v1'
  | 'zipkin-v2'
  | 'zipkin-base';

export interface ClientRow {
  readonly client: string;
  readonly runs: 'javascript' | 'python' | 'python-old' | 'go';
  /** The file of a program, or the argument of the one that is all Go clients. */
  readonly program: string;
  readonly protocol: string;
  readonly door: Door;
  readonly carries: CarriesValue;
  readonly shows: readonly ShowsSpan[];
}

type Way = Pick<ClientRow, 'carries' | 'shows'>;

const OTLP: Way = { carries: asTold, shows: [] };

/** What OpenTracing and thrift leave of a story. */
const OPEN_TRACING: readonly ShowsSpan[] = [withoutScope, withBareError, withLinksThatFollow];

/** What Zipkin's own clients leave of a story. */
const ZIPKIN: readonly ShowsSpan[] = [
  withoutScope,
  withoutResource,
  withoutLinks,
  withoutInternal,
  withErrorTag,
  withBareError,
  withoutEventAttributes,
  withEndpoints,
];

const JAVASCRIPT: readonly ClientRow[] = [
  ...(
    [
      ['exporter-trace-otlp-proto', 'otlp-proto', 'otlp-http'],
      ['exporter-trace-otlp-proto', 'otlp-proto-gzip', 'otlp-http'],
      ['exporter-trace-otlp-http', 'otlp-json', 'otlp-http'],
      ['exporter-trace-otlp-grpc', 'otlp-grpc', 'otlp-grpc'],
    ] as const
  ).map(([client, protocol, door]): ClientRow => ({
    client: `@opentelemetry/${client}`,
    runs: 'javascript',
    program: 'send-otel.ts',
    protocol,
    door,
    carries: asJavaScript,
    shows: [],
  })),
  {
    client: '@opentelemetry/exporter-zipkin',
    runs: 'javascript',
    program: 'send-otel.ts',
    protocol: 'zipkin-json',
    door: 'zipkin-v2',
    carries: asJavaScriptText,
    shows: [
      withoutScope,
      withoutLinks,
      withoutInternal,
      withoutEventAttributes,
      withResourceOnSpan,
      withoutResource,
      withErrorTag,
    ],
  },
  ...(
    [
      ['udp', 'udp-binary'],
      ['http', 'jaeger-http'],
    ] as const
  ).map(([protocol, door]): ClientRow => ({
    client: 'jaeger-client (npm)',
    runs: 'javascript',
    program: 'send-jaeger.ts',
    protocol,
    door,
    carries: asJaegerForJavaScript,
    shows: OPEN_TRACING,
  })),
  ...(
    [
      ['v1-json', 'zipkin-v1', [withErrorMessage, withWireReceive]],
      ['v2-json', 'zipkin-v2', []],
    ] as const
  ).map(([protocol, door, others]): ClientRow => ({
    client: 'zipkin (npm)',
    runs: 'javascript',
    program: 'send-zipkin.ts',
    protocol,
    door,
    carries: asStoryText,
    shows: [...ZIPKIN, withLowerCaseName, ...others],
  })),
];

const PYTHON: readonly ClientRow[] = [
  ...(
    [
      ['otlp-http', 'otlp-http'],
      ['otlp-http-gzip', 'otlp-http'],
      ['otlp-http-deflate', 'otlp-http'],
      ['otlp-grpc', 'otlp-grpc'],
      ['otlp-grpc-gzip', 'otlp-grpc'],
    ] as const
  ).map(([protocol, door]): ClientRow => ({
    client: 'opentelemetry-exporter-otlp (PyPI)',
    runs: 'python',
    program: 'send_otel.py',
    protocol,
    door,
    ...OTLP,
  })),
  ...(
    [
      ['zipkin-json', 'python'],
      ['zipkin-proto', 'python-old'],
    ] as const
  ).map(([protocol, runs]): ClientRow => ({
    client: 'opentelemetry-exporter-zipkin (PyPI)',
    runs,
    program: 'send_otel.py',
    protocol,
    door: 'zipkin-v2',
    carries: asStoryText,
    shows: [
      withoutLinks,
      withoutInternal,
      withEventsAsJson,
      withResourceOnSpan,
      withoutResource,
      withErrorTag,
    ],
  })),
  ...(
    [
      ['jaeger-udp', 'udp-compact', [withoutResource]],
      ['jaeger-http', 'jaeger-http', [withoutResource]],
      ['jaeger-grpc', 'jaeger-grpc', [withTimesInSeconds]],
    ] as const
  ).map(([protocol, door, others]): ClientRow => ({
    client: 'opentelemetry-exporter-jaeger (PyPI)',
    runs: 'python-old',
    program: 'send_otel.py',
    protocol,
    door,
    carries: withListAs("('a', 'b')"),
    shows: [withLinksThatFollow, withEventMessages, withResourceOnSpan, ...others],
  })),
  {
    client: 'jaeger-client (PyPI)',
    runs: 'python-old',
    program: 'send_jaeger.py',
    protocol: 'udp',
    door: 'udp-compact',
    carries: withListAs("['a', 'b']"),
    shows: OPEN_TRACING,
  },
  ...(
    [
      ['v1-thrift', 'python-old', [withErrorMessage]],
      ['v1-json', 'python', [withErrorMessage]],
      ['v2-json', 'python', []],
      ['v2-proto', 'python', []],
    ] as const
  ).map(([protocol, runs, others]): ClientRow => ({
    client: 'py_zipkin (PyPI)',
    runs,
    program: 'send_zipkin.py',
    protocol,
    door: 'zipkin-base',
    carries: asStoryText,
    shows: [...ZIPKIN, ...others],
  })),
];

const GO: readonly ClientRow[] = [
  ...(
    [
      ['otlp-grpc', 'otlp-grpc'],
      ['otlp-grpc-gzip', 'otlp-grpc'],
      ['otlp-http', 'otlp-http'],
      ['otlp-http-gzip', 'otlp-http'],
    ] as const
  ).map(([protocol, door]): ClientRow => ({
    client: 'otel/exporters/otlp (Go)',
    runs: 'go',
    program: 'otel',
    protocol,
    door,
    ...OTLP,
  })),
  ...(
    [
      ['jaeger-udp', 'udp-compact'],
      ['jaeger-http', 'jaeger-http'],
    ] as const
  ).map(([protocol, door]): ClientRow => ({
    client: 'otel/exporters/jaeger (Go)',
    runs: 'go',
    program: 'otel',
    protocol,
    door,
    carries: withListAs('["a","b"]'),
    shows: [withoutInternal, withLinksThatFollow],
  })),
  ...(
    [
      ['udp', 'udp-compact'],
      ['http', 'jaeger-http'],
    ] as const
  ).map(([protocol, door]): ClientRow => ({
    client: 'jaeger-client-go (Go)',
    runs: 'go',
    program: 'jaeger',
    protocol,
    door,
    carries: withListAs('[a b]'),
    shows: OPEN_TRACING,
  })),
  ...(
    [
      ['v2-json', [withLowerCaseName]],
      ['v2-proto', []],
    ] as const
  ).map(([protocol, others]): ClientRow => ({
    client: 'zipkin-go (Go)',
    runs: 'go',
    program: 'zipkin',
    protocol,
    door: 'zipkin-v2',
    carries: asStoryText,
    shows: [...ZIPKIN, ...others],
  })),
];

export const CLIENT_ROWS: readonly ClientRow[] = [...JAVASCRIPT, ...PYTHON, ...GO];
