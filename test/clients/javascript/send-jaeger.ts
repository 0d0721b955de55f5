// Sends the story with Jaeger's own client, over UDP or HTTP.
import jaeger from 'jaeger-client';
import type { Reference, Span, Tracer } from 'jaeger-client';
import type { Story, StorySpan } from '../story.ts';
import { printSent, readTask, valuesOf } from './client-task.ts';

const { opentracing } = jaeger;
const FLUSH_MS = 10;

function reporterOf(protocol: string, endpoint: string): Record<string, unknown> {
  if (protocol === 'http') {
    return { collectorEndpoint: endpoint, flushIntervalMs: FLUSH_MS };
  }
  const at = endpoint.lastIndexOf(':');
  return { agentHost: endpoint.slice(0, at), agentPort: Number(endpoint.slice(at + 1)) };
}

function openTracer({ resource, service }: Story, reporter: Record<string, unknown>): Tracer {
  return jaeger.initTracer(
    { serviceName: service, sampler: { type: 'const', param: 1 }, reporter, traceId128bit: true },
    { tags: valuesOf(resource) },
  );
}

function startSpan(tracer: Tracer, told: StorySpan, parent: Span | undefined): Span {
  const references: Reference[] =
    parent === undefined ? [] : [opentracing.childOf(parent.context())];
  for (const { spanId, traceId } of told.links) {
    const carrier = { 'uber-trace-id': `${traceId}:${spanId}:0:1` };
    references.push(opentracing.followsFrom(tracer.extract(opentracing.FORMAT_TEXT_MAP, carrier)));
  }
  const span = tracer.startSpan(told.name, {
    references,
    startTime: told.startMicros / 1000,
    tags: { 'span.kind': told.kind, ...valuesOf(told.attributes) },
  });
  for (const { attributes, micros, name } of told.events) {
    span.log({ event: name, ...valuesOf(attributes) }, micros / 1000);
  }
  if (told.status === 'error') span.setTag('error', true);
  return span;
}

const { endpoint, protocol, story } = await readTask();
const tracer = openTracer(story, reporterOf(protocol, endpoint));
const started = new Map<string, Span>();
for (const told of story.spans) {
  started.set(told.name, startSpan(tracer, told, started.get(told.parent)));
}
for (const { durationMicros, name, startMicros } of story.spans) {
  started.get(name)?.finish((startMicros + durationMicros) / 1000);
}
await new Promise<void>((resolve) => {
  tracer.close(resolve);
});
const contexts = [...started].map(([name, span]) => [name, span.context()] as const);
printSent({
  traceId: contexts[0]?.[1].traceIdStr.padStart(32, '0') ?? '',
  spanIds: Object.fromEntries(
    contexts.map(([name, { spanIdStr }]) => [name, spanIdStr.padStart(16, '0')]),
  ),
});
