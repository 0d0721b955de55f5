import type { QueryClient } from '@tanstack/react-query';
import { timelineTraceOfJaeger } from '../../api/trace-of-jaeger.ts';
import { rememberTrace } from '../../api/trace.ts';

const MS = 1_000;
const TRACE_ID = 'e8a3b1e7d0c4429f8a61c0ffee0ddba1';

type Tags = Readonly<Record<string, string | number | boolean>>;

interface ExampleSpan {
  readonly parent?: number;
  readonly service: string;
  readonly name: string;
  readonly kind: 'server' | 'client' | 'producer' | 'consumer' | 'internal';
  /** Milliseconds after the trace's start. */
  readonly at: number;
  /** Milliseconds. */
  readonly takes: number;
  readonly tags?: Tags;
  readonly event?: Tags & { readonly at: number };
}

/** An order in a shop: a payment that fails and is tried again, and a mail that nobody waits for. */
const SPANS: readonly ExampleSpan[] = [
  {
    ...{ service: 'frontend', name: 'POST /checkout', kind: 'server', at: 0, takes: 486 },
    tags: {
      'http.request.method': 'POST',
      'url.path': '/checkout',
      'http.response.status_code': 200,
    },
  },
  { parent: 0, service: 'frontend', name: 'cart GetCart', kind: 'client', at: 6, takes: 41 },
  {
    ...{ parent: 1, service: 'cart', name: 'GetCart', kind: 'server', at: 9, takes: 34 },
    tags: { 'rpc.system': 'grpc', 'user.id': 'u-4711' },
  },
  {
    ...{ parent: 2, service: 'cart', name: 'HGETALL', kind: 'client', at: 12, takes: 27 },
    tags: { 'db.system': 'redis', 'db.statement': 'HGETALL cart:u-4711' },
  },
  {
    ...{ parent: 0, service: 'frontend', name: 'stock Reserve', kind: 'client', at: 52, takes: 96 },
  },
  {
    ...{ parent: 4, service: 'stock', name: 'Reserve', kind: 'server', at: 55, takes: 90 },
    tags: { 'rpc.system': 'grpc', 'order.items': 3 },
  },
  {
    ...{ parent: 5, service: 'stock', name: 'UPDATE items', kind: 'client', at: 61, takes: 78 },
    tags: {
      'db.system': 'postgresql',
      'db.statement': 'UPDATE items SET reserved = reserved + 1 WHERE id = ANY($1)',
    },
    event: { at: 64, event: 'lock wait', 'db.table': 'items' },
  },
  {
    ...{
      parent: 0,
      service: 'frontend',
      name: 'payment Charge',
      kind: 'client',
      at: 152,
      takes: 104,
    },
    tags: { error: true },
  },
  {
    ...{ parent: 7, service: 'payment', name: 'Charge', kind: 'server', at: 155, takes: 100 },
    tags: { error: true, 'rpc.system': 'grpc', 'rpc.grpc.status_code': 14 },
    event: {
      ...{ at: 254, event: 'exception', 'exception.type': 'BankUnavailable' },
      'exception.message': 'the bank did not answer within 100 ms',
    },
  },
  {
    ...{
      parent: 0,
      service: 'frontend',
      name: 'payment Charge',
      kind: 'client',
      at: 266,
      takes: 188,
    },
    tags: { 'retry.attempt': 2 },
  },
  {
    ...{ parent: 9, service: 'payment', name: 'Charge', kind: 'server', at: 269, takes: 182 },
    tags: { 'rpc.system': 'grpc', 'rpc.grpc.status_code': 0 },
  },
  {
    ...{
      parent: 0,
      service: 'frontend',
      name: 'orders publish',
      kind: 'producer',
      at: 460,
      takes: 14,
    },
    tags: { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' },
  },
  {
    ...{
      parent: 11,
      service: 'mail',
      name: 'orders process',
      kind: 'consumer',
      at: 498,
      takes: 132,
    },
    tags: { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' },
  },
];

/** Makes the example the answer for its id, as if it had just happened, until a reload. Returns the id. */
export function openExample(client: QueryClient, nowMs: number): string {
  const services = [...new Set(SPANS.map(({ service }) => service))];
  const startUs = (nowMs - 1_000) * MS;
  rememberTrace(
    client,
    timelineTraceOfJaeger({
      traceID: TRACE_ID,
      spans: SPANS.map((span, index) => jaegerSpan(span, index, startUs)),
      processes: Object.fromEntries(
        services.map((serviceName) => [
          serviceName,
          { serviceName, tags: tagsOf({ 'telemetry.sdk.language': 'example' }) },
        ]),
      ),
    }),
  );
  return TRACE_ID;
}

function jaegerSpan(span: ExampleSpan, index: number, startUs: number): unknown {
  const { parent, service, name, kind, at, takes, tags = {}, event } = span;
  const references =
    parent === undefined
      ? []
      : [{ refType: 'CHILD_OF', traceID: TRACE_ID, spanID: spanId(parent) }];
  const { at: eventAt = 0, ...fields } = event ?? {};
  return {
    ...{ traceID: TRACE_ID, spanID: spanId(index), operationName: name, processID: service },
    references,
    startTime: startUs + at * MS,
    duration: takes * MS,
    tags: tagsOf({ 'span.kind': kind, ...tags }),
    logs:
      event === undefined ? [] : [{ timestamp: startUs + eventAt * MS, fields: tagsOf(fields) }],
  };
}

function spanId(index: number): string {
  return (index + 1).toString(16).padStart(16, '0');
}

function tagsOf(tags: Tags): readonly unknown[] {
  return Object.entries(tags).map(([key, value]) => {
    const type =
      typeof value === 'number' ? 'int64' : typeof value === 'boolean' ? 'bool' : 'string';
    return { key, value, type };
  });
}
