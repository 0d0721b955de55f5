import { startJaeger } from '../../testbed/jaeger-process.ts';
import type { JaegerProcess } from '../../testbed/jaeger-process.ts';

/** Storage backends of Jaeger v2, as its configuration has them. */
interface JaegerBackends {
  readonly traces: object;
  readonly archive: object;
}

const LISTENERS = ['ui', 'query grpc', 'otlp http'] as const;

/** Jaeger v2, receiving and asked, over the given storages. */
export function startJaegerOn({ traces, archive }: JaegerBackends): Promise<JaegerProcess> {
  return startJaeger(LISTENERS, (addressOf) => ({
    service: {
      extensions: ['jaeger_storage', 'jaeger_query'],
      pipelines: { traces: { receivers: ['otlp'], exporters: ['jaeger_storage_exporter'] } },
      telemetry: { metrics: { level: 'none' } },
    },
    extensions: {
      jaeger_query: {
        storage: { traces: 'kept', traces_archive: 'archived' },
        enable_tracing: false,
        http: { endpoint: addressOf('ui') },
        grpc: { endpoint: addressOf('query grpc') },
      },
      jaeger_storage: { backends: { kept: traces, archived: archive } },
    },
    receivers: { otlp: { protocols: { http: { endpoint: addressOf('otlp http') } } } },
    exporters: { jaeger_storage_exporter: { trace_storage: 'kept' } },
  }));
}
