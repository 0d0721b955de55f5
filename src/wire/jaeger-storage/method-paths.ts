/**
 * The methods of a remote storage: jaeger.storage.v2 to read, OTLP to write, and services of our own
 * for what neither has. Those of the archive take and give what GetTraces and Export do.
 */
export const STORAGE_METHODS = {
  getTraces: '/jaeger.storage.v2.TraceReader/GetTraces',
  getServices: '/jaeger.storage.v2.TraceReader/GetServices',
  getOperations: '/jaeger.storage.v2.TraceReader/GetOperations',
  findTraces: '/jaeger.storage.v2.TraceReader/FindTraces',
  findTraceIds: '/jaeger.storage.v2.TraceReader/FindTraceIDs',
  findTraceSummaries: '/jaeger.storage.v2.TraceReader/FindTraceSummaries',
  getDependencies: '/jaeger.storage.v2.DependencyReader/GetDependencies',
  getCapabilities: '/jaeger.storage.v2.Capabilities/GetCapabilities',
  getAttributeKeys: '/jaeger_instance.storage.v1.AttributeReader/GetKeys',
  getAttributeValues: '/jaeger_instance.storage.v1.AttributeReader/GetValues',
  getArchivedTraces: '/jaeger_instance.storage.v1.Archive/GetTraces',
  archiveTraces: '/jaeger_instance.storage.v1.Archive/Export',
  export: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
} as const;

/** Metadata that names the tenant of a call, as Jaeger's multi-tenancy has it. */
export const TENANT_HEADER = 'x-tenant';

/** Metadata with the token of whoever asks, as Jaeger's query service passes it on. */
export const TOKEN_HEADER = 'bearer.token';
