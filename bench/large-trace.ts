import type { Attribute, Resource, Scope, Span } from '../src/model/span.ts';

export const LARGE_TRACE_ID = 'ab'.repeat(16);
const SPANS_A_REQUEST = 500;
const SERVICES = 20;
const START_NANO = 1_750_000_000_000_000_000n;

interface LargeTrace {
  /** 32 hex digits. */
  readonly traceId: string;
  readonly startNano: bigint;
}

const LARGE_TRACE: LargeTrace = { traceId: LARGE_TRACE_ID, startNano: START_NANO };

/** One trace in requests: a tree with four children a span, ten attributes, two events on a tenth. */
export function* largeTrace(
  spanCount: number,
  trace: LargeTrace = LARGE_TRACE,
): Generator<readonly Span[]> {
  for (let first = 0; first < spanCount; first += SPANS_A_REQUEST) {
    const resource = resourceOf((first / SPANS_A_REQUEST) % SERVICES);
    const count = Math.min(SPANS_A_REQUEST, spanCount - first);
    yield Array.from({ length: count }, (_, index) => spanOf(first + index, resource, trace));
  }
}

const SCOPE: Scope = {
  ...{ name: 'bench', version: '1.0', attributes: [] },
  ...{ droppedAttributesCount: 0, schemaUrl: '' },
};

function resourceOf(service: number): Resource {
  const serviceName = `service-${service}`;
  const attributes = [
    text('service.name', serviceName),
    text('host.name', `host-${service}`),
    text('deployment.environment', 'production'),
    text('k8s.pod.name', `${serviceName}-7d9f8b6c5-x2x4z`),
    text('telemetry.sdk.name', 'opentelemetry'),
  ];
  return { serviceName, attributes, droppedAttributesCount: 0, schemaUrl: '' };
}

function spanOf(number: number, resource: Resource, { traceId, startNano }: LargeTrace): Span {
  const startTimeUnixNano = startNano + BigInt(number) * 1000n;
  const event = { attributes: [int('attempt', 2)], droppedAttributesCount: 0 };
  return {
    traceId,
    spanId: idOf(number + 1),
    parentSpanId: number === 0 ? '' : idOf(1 + Math.floor((number - 1) / 4)),
    ...{ traceState: '', flags: 1, name: `GET /api/v1/orders/{id} ${number % 15}` },
    kind: number % 2 === 0 ? 'client' : 'server',
    startTimeUnixNano,
    // Inside of its parent.
    endTimeUnixNano: startNano + 1_000_000_000n - BigInt(number) * 1000n,
    attributes: [
      text('http.request.method', 'GET'),
      text('url.path', `/api/v1/orders/${number}`),
      int('http.response.status_code', 200 + (number % 5)),
      text('http.route', '/api/v1/orders/{id}'),
      text('server.address', 'orders.internal'),
      int('server.port', 8443),
      text('user.tier', 'gold'),
      text('customer.id', `cust-${number % 5000}`),
      text('network.protocol.name', 'http'),
      { key: 'cache.hit', value: { type: 'bool', value: number % 3 === 0 } },
    ],
    droppedAttributesCount: 0,
    events:
      number % 10 === 0
        ? ['retry', 'done'].map((name) => ({ ...event, name, timeUnixNano: startTimeUnixNano }))
        : [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: { code: 'unset', message: '' },
    resource,
    scope: SCOPE,
    warnings: [],
  };
}

function idOf(number: number): string {
  return number.toString(16).padStart(16, '0');
}

function text(key: string, value: string): Attribute {
  return { key, value: { type: 'string', value } };
}

function int(key: string, value: number): Attribute {
  return { key, value: { type: 'int', value: BigInt(value) } };
}
