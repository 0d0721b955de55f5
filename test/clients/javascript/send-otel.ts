// Sends the story with the OpenTelemetry SDK and the exporter the task names.
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { HrTime, Span } from '@opentelemetry/api';
import { OTLPTraceExporter as OtlpGrpc } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as OtlpJson } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as OtlpProto } from '@opentelemetry/exporter-trace-otlp-proto';
import { ZipkinExporter } from '@opentelemetry/exporter-zipkin';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { SpanExporter } from '@opentelemetry/sdk-trace-node';
import type { Story } from '../story.ts';
import { printSent, readTask, valuesOf } from './client-task.ts';

const KINDS = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  consumer: SpanKind.CONSUMER,
} as const;
const STATUS = {
  unset: SpanStatusCode.UNSET,
  ok: SpanStatusCode.OK,
  error: SpanStatusCode.ERROR,
} as const;
function exporterOf(protocol: string, url: string): SpanExporter {
  switch (protocol) {
    case 'otlp-proto':
      return new OtlpProto({ url });
    case 'otlp-proto-gzip':
      // Its value in code is of an enum in a package that is not ours to import.
      process.env['OTEL_EXPORTER_OTLP_COMPRESSION'] = 'gzip';
      return new OtlpProto({ url });
    case 'otlp-json':
      return new OtlpJson({ url });
    case 'otlp-grpc':
      return new OtlpGrpc({ url });
    case 'zipkin-json':
      return new ZipkinExporter({ url });
    default:
      throw new Error(`no such protocol: ${protocol}`);
  }
}

function timeOf(micros: number): HrTime {
  return [Math.floor(micros / 1e6), (micros % 1e6) * 1000];
}

function startSpans({ resource, scope, service, spans }: Story, exporter: SpanExporter) {
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, ...valuesOf(resource) }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer(scope.name, scope.version);
  const started = new Map<string, Span>();
  for (const told of spans) {
    const parent = started.get(told.parent);
    const span = tracer.startSpan(
      told.name,
      {
        kind: KINDS[told.kind],
        startTime: timeOf(told.startMicros),
        attributes: valuesOf(told.attributes),
        links: told.links.map(({ attributes, spanId, traceId }) => ({
          context: { traceId, spanId, traceFlags: 1, isRemote: true },
          attributes: valuesOf(attributes),
        })),
      },
      parent === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, parent),
    );
    for (const { attributes, micros, name } of told.events) {
      span.addEvent(name, valuesOf(attributes), timeOf(micros));
    }
    if (told.status !== 'unset') {
      span.setStatus({ code: STATUS[told.status], message: told.message });
    }
    started.set(told.name, span);
  }
  return { provider, started };
}

const { endpoint, protocol, story } = await readTask();
const { provider, started } = startSpans(story, exporterOf(protocol, endpoint));
for (const { durationMicros, name, startMicros } of story.spans) {
  started.get(name)?.end(timeOf(startMicros + durationMicros));
}
await provider.shutdown();
const contexts = [...started].map(([name, span]) => [name, span.spanContext()] as const);
printSent({
  traceId: contexts[0]?.[1].traceId ?? '',
  spanIds: Object.fromEntries(contexts.map(([name, { spanId }]) => [name, spanId])),
});
