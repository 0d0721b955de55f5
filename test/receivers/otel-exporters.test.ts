import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtoExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import type { SpanExporter } from '@opentelemetry/sdk-trace-node';
import { describe, expect, it } from 'vitest';
import type { Span } from '../../src/model/span.ts';
import { startGrpcReceiver, startHttpReceiver } from './otlp-receiver.ts';
import type { StartedReceiver } from './otlp-receiver.ts';

async function exportOneSpan(exporter: SpanExporter): Promise<void> {
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'shop' }),
    spanProcessors: [new SimpleSpanProcessor(exporter)],
  });
  const span = provider.getTracer('lib', '1.2').startSpan('checkout', {
    kind: SpanKind.SERVER,
    attributes: { 'http.route': '/checkout', items: 3, ratio: 0.5, ok: true, list: ['a', 'b'] },
  });
  span.addEvent('paid', { amount: 12 });
  span.setStatus({ code: SpanStatusCode.ERROR, message: 'declined' });
  span.end();
  await provider.forceFlush();
  await provider.shutdown();
}

const EXPORTERS: readonly (readonly [
  string,
  () => Promise<StartedReceiver>,
  (port: number) => SpanExporter,
])[] = [
  [
    'JSON over HTTP',
    () => startHttpReceiver(),
    (port) => new JsonExporter({ url: `http://127.0.0.1:${port}/v1/traces` }),
  ],
  [
    'protobuf over HTTP',
    () => startHttpReceiver(),
    (port) => new ProtoExporter({ url: `http://127.0.0.1:${port}/v1/traces` }),
  ],
  [
    'gRPC',
    () => startGrpcReceiver(),
    (port) => new GrpcExporter({ url: `http://127.0.0.1:${port}` }),
  ],
];

describe('the OpenTelemetry exporters', () => {
  it.each(EXPORTERS)('send spans as %s that arrive whole', async (_name, start, exporterFor) => {
    await using receiver = await start();
    await exportOneSpan(exporterFor(receiver.port));
    expect(receiver.spans).toHaveLength(1);
    const span: Span | undefined = receiver.spans[0];
    expect(span).toMatchObject({
      name: 'checkout',
      kind: 'server',
      status: { code: 'error', message: 'declined' },
      scope: { name: 'lib', version: '1.2' },
      resource: { serviceName: 'shop' },
      events: [
        { name: 'paid', attributes: [{ key: 'amount', value: { type: 'int', value: 12n } }] },
      ],
    });
    expect(span?.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(span?.attributes).toEqual([
      { key: 'http.route', value: { type: 'string', value: '/checkout' } },
      { key: 'items', value: { type: 'int', value: 3n } },
      { key: 'ratio', value: { type: 'double', value: 0.5 } },
      { key: 'ok', value: { type: 'bool', value: true } },
      {
        key: 'list',
        value: {
          type: 'array',
          values: [
            { type: 'string', value: 'a' },
            { type: 'string', value: 'b' },
          ],
        },
      },
    ]);
  });
});
