import { archiveTrace } from './archive.ts';
import { attributeKeys, attributeValues } from './attributes.ts';
import { v3Capabilities } from './capabilities.ts';
import { analyticsDependencies, deepDependencies } from './deep-dependencies.ts';
import { dependencies, v3Dependencies } from './dependencies.ts';
import type { Endpoint } from './endpoint.ts';
import { metricsQuery } from './metrics.ts';
import { operations, serviceOperations, v3Operations } from './operations.ts';
import { qualityMetrics } from './quality-metrics.ts';
import { services, v3Services } from './services.ts';
import { oneTrace, searchTraces } from './traces.ts';
import { transformOtlp } from './transform.ts';
import { uiTrace } from './ui-trace.ts';
import { v3PostedSearch, v3PostedSummaries } from './v3-posted.ts';
import { v3SearchTraces, v3Trace, v3TraceSummaries } from './v3-traces.ts';

/** Everything that can be asked of Jaeger's APIs. */
export const ENDPOINTS: readonly Endpoint[] = [
  services,
  operations,
  serviceOperations,
  searchTraces,
  oneTrace,
  transformOtlp,
  dependencies,
  deepDependencies,
  analyticsDependencies,
  qualityMetrics,
  archiveTrace,
  metricsQuery,
  attributeKeys,
  attributeValues,
  v3Services,
  v3Operations,
  v3SearchTraces,
  v3Trace,
  v3TraceSummaries,
  v3PostedSearch,
  v3PostedSummaries,
  v3Dependencies,
  v3Capabilities,
  uiTrace,
];
