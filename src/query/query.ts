import { startHttpServer } from '../runtime/http-server.ts';
import { withHost } from '../runtime/listen.ts';
import { startInOrder } from '../runtime/running.ts';
import type { RoleDeps, Running } from '../runtime/running.ts';
import { createTenancy } from '../runtime/tenancy.ts';
import { openServerTls } from '../runtime/tls.ts';
import type { Storage } from '../storage/storage.ts';
import { createAdmission } from './admission.ts';
import { createApi } from './answer-api.ts';
import { ENDPOINTS } from './api/endpoints.ts';
import { openApiEndpoints } from './api/openapi.ts';
import { createHostCheck } from './check-host.ts';
import type { QueryConfig } from './config.ts';
import type { MetricsConfig } from './metrics/config.ts';
import type { MetricsReader } from './metrics/metrics-reader.ts';
import { grpcTenantOf } from './grpc/grpc-tenant.ts';
import { startQueryGrpc } from './grpc/start-query-grpc.ts';
import { createOtlpProxy } from './otlp-proxy.ts';
import { createQueryMetrics } from './query-metrics.ts';
import { parseBasePath, parseHeaders, routeRequest } from './route-request.ts';
import { SECURITY_HEADERS } from './security-headers.ts';
import { sendAnswer, TEXT } from './send-answer.ts';
import { sendFile } from './send-file.ts';
import { INDEX, loadUiFiles } from './ui-files.ts';
import { tempoEndpoints } from './tempo/tempo-endpoints.ts';
import { CONFIG_SCRIPT, createUiIndex } from './ui-index.ts';

export interface QueryDeps extends RoleDeps {
  /** Stays open when the query service stops. */
  readonly storage: Pick<Storage, 'reader' | 'dependencies' | 'archive'>;
}

const LIMITS = {
  headersTimeoutMs: 5000,
  requestTimeoutMs: 30_000,
  idleTimeoutMs: 60_000,
  connectionsMax: 10_000,
};
const NOT_FOUND = { status: 404, type: TEXT, body: '404 page not found\n' };
const FOREIGN_HOST =
  'This service listens on the loopback interface and is not called by this name; query.allowed-hosts can allow it.\n';

/** Its HTTP client is loaded for those who need it: it takes megabytes. */
async function openMetricsStore(config: MetricsConfig, deps: QueryDeps): Promise<MetricsReader> {
  const { openPrometheus } = await import('./metrics/open-prometheus.ts');
  return openPrometheus(config, deps);
}

/**
 * The HTTP and gRPC APIs and the UI over a storage.
 * @throws UsageError for a config that cannot be used, ListenError for an address in use
 */
export async function startQuery(config: QueryConfig, deps: QueryDeps): Promise<Running> {
  const tenancy = createTenancy(config.tenancy);
  const isMetered = config.metrics.type === 'prometheus';
  const metricsStore = isMetered ? await openMetricsStore(config.metrics, deps) : undefined;
  const shared = {
    ...deps,
    ...{ tenancy, metricsStore },
    admission: createAdmission(config.maxConcurrent),
    queryMetrics: createQueryMetrics(deps.metrics),
  };
  const tenantOf = grpcTenantOf(tenancy);
  return startInOrder([
    () => Promise.resolve({ addresses: [], stop: async () => metricsStore?.close() }),
    () => startQueryHttp(config, shared),
    () => startQueryGrpc(config.grpc, { ...shared, limits: config, tenantOf }),
  ]);
}

async function startQueryHttp(
  config: QueryConfig,
  deps: QueryDeps & Parameters<typeof createApi>[1],
): Promise<Running> {
  const basePath = parseBasePath(config.basePath);
  const described = [...ENDPOINTS, ...tempoEndpoints(config.tempo)];
  const endpoints = [...openApiEndpoints(described), ...described];
  const headers = { ...SECURITY_HEADERS, ...parseHeaders(config.additionalHeaders) };
  const hostPort = withHost(config.hostPort, deps.listenHost);
  const isHostAllowed = createHostCheck(hostPort.host, config.allowedHosts);
  const ui = await loadUiFiles(config.staticFiles);
  const index = await createUiIndex({
    html: (await ui.get(INDEX)?.read()) ?? new Uint8Array(),
    configFile: config.uiConfig,
    basePath,
    capabilities: () => ({
      archiveStorage: deps.storage.archive !== undefined,
      metricsStorage: deps.metricsStore !== undefined,
      searchWithoutServiceName: deps.storage.reader.capabilities.withoutService,
      searchFilters: deps.storage.reader.capabilities.filters,
    }),
    clock: deps.clock,
    logger: deps.logger,
  });
  const tls = await openServerTls(config.tls, { ...deps, flagPrefix: 'query.http' });
  if (ui.size === 0) deps.logger.warn('no UI is built in: serving the APIs only');
  const answerApi = createApi(config, deps);
  const proxyOtlp = createOtlpProxy(config, deps);
  const site = { basePath, ui, endpoints, hasOtlpProxy: proxyOtlp !== undefined };
  return startHttpServer({
    name: 'ui',
    hostPort,
    limits: LIMITS,
    tls,
    metrics: deps.metrics,
    onRequest: async (request, response, gone) => {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      if (!isHostAllowed(request.headers.host)) {
        sendAnswer(request, response, { status: 403, type: TEXT, body: FOREIGN_HOST });
        return;
      }
      const route = routeRequest(request.method ?? '', request.url ?? '/', site);
      switch (route.kind) {
        case 'api':
          await answerApi({ ...route, request, response, gone });
          return;
        case 'otlp':
          return proxyOtlp?.({ ...route, request, response, gone });
        case 'index':
          await sendFile(request, response, { path: INDEX, file: (await index()).index });
          return;
        case 'config-script': {
          const { script } = await index();
          if (script === undefined) sendAnswer(request, response, NOT_FOUND);
          else await sendFile(request, response, { path: CONFIG_SCRIPT, file: script });
          return;
        }
        case 'file':
          await sendFile(request, response, route);
          return;
        case 'redirect':
          response.setHeader('location', route.location);
          sendAnswer(request, response, { status: 307, type: TEXT, body: '' });
          return;
        case 'not-found':
          sendAnswer(request, response, NOT_FOUND);
      }
    },
  });
}
