import { context, propagation, trace } from '@opentelemetry/api';
import type { Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ConsoleSpanExporter,
  NodeTracerProvider,
} from '@opentelemetry/sdk-trace-node';
import type { SpanExporter } from '@opentelemetry/sdk-trace-node';

export const SERVICES = [
  'frontend',
  'customer',
  'mysql',
  'driver',
  'redis-manual',
  'route',
] as const;
export type ServiceName = (typeof SERVICES)[number];

export interface Telemetry {
  readonly tracers: Readonly<Record<ServiceName, Tracer>>;
  /** Sends what is left, then gives the global OpenTelemetry state back. */
  shutdown(): Promise<void>;
}

export type ExporterName = 'otlp' | 'stdout';

/** One tracer provider a service, as if each were a process of its own. */
export function startTelemetry(exporter: ExporterName, endpoint: string): Telemetry {
  const providers = new Map<ServiceName, NodeTracerProvider>();
  const provide = (service: ServiceName): Tracer => {
    const provider = new NodeTracerProvider({
      resource: resourceFromAttributes({
        'service.name': service,
        'deployment.environment': 'demo',
      }),
      spanProcessors: [
        new BatchSpanProcessor(createExporter(exporter, endpoint), { scheduledDelayMillis: 500 }),
      ],
    });
    providers.set(service, provider);
    return provider.getTracer('hotrod');
  };
  const tracers: Record<ServiceName, Tracer> = {
    frontend: provide('frontend'),
    customer: provide('customer'),
    mysql: provide('mysql'),
    driver: provide('driver'),
    'redis-manual': provide('redis-manual'),
    route: provide('route'),
  };
  providers.get('frontend')?.register();
  return {
    tracers,
    shutdown: async () => {
      await Promise.allSettled([...providers.values()].map((provider) => provider.shutdown()));
      trace.disable();
      context.disable();
      propagation.disable();
    },
  };
}

function createExporter(exporter: ExporterName, endpoint: string): SpanExporter {
  if (exporter === 'stdout') return new ConsoleSpanExporter();
  return new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` });
}
