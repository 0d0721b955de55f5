import {
  booleanSetting,
  bytesSetting,
  durationSetting,
  hostPortSetting,
  integerSetting,
  listSetting,
  stringSetting,
} from '../runtime/setting.ts';
import type { ConfigOf } from '../runtime/setting.ts';
import { tenancySettings } from '../runtime/tenancy.ts';
import { serverTlsSettings } from '../runtime/tls-settings.ts';
import { storageSettings } from '../storage/config.ts';
import { queryGrpcSettings } from './grpc/config.ts';
import { metricsSettings } from './metrics/config.ts';
import { tempoSettings } from './tempo/config.ts';

/** How traces are shown. Names are Jaeger v1's where it has the setting. */
export const querySettings = {
  hostPort: hostPortSetting({
    flag: 'query.http-server.host-port',
    description: 'Address of the HTTP APIs and the UI.',
    default: ':16686',
  }),
  tls: serverTlsSettings('query.http'),
  grpc: queryGrpcSettings,
  tenancy: tenancySettings,
  metrics: metricsSettings,
  tempo: tempoSettings,
  basePath: stringSetting({
    flag: 'query.base-path',
    description: 'Path below which everything is served, such as /jaeger.',
    default: '/',
  }),
  staticFiles: stringSetting({
    flag: 'query.static-files',
    description: 'Folder of the UI. Empty: the one that comes with this program.',
    default: '',
  }),
  uiConfig: stringSetting({
    flag: 'query.ui-config',
    description:
      'File with the configuration of the UI: JSON, or a .js file with a function UIConfig() that returns it. It is read again when it changes.',
    default: '',
  }),
  additionalHeaders: listSetting({
    flag: 'query.additional-headers',
    description: 'Headers (Name: value) added to every answer.',
    default: [],
  }),
  allowedHosts: listSetting({
    flag: 'query.allowed-hosts',
    description:
      'Names besides localhost that a browser may call this service by while it listens on the loopback interface alone, such as that of a proxy on this machine. *: any.',
    default: [],
  }),
  bearerTokenPropagation: booleanSetting({
    flag: 'query.bearer-token-propagation',
    description:
      "Whether a client's bearer token, or its X-Forwarded-Access-Token, is passed on to the metrics store and to a storage behind gRPC.",
    default: false,
  }),
  otlpProxyTarget: stringSetting({
    flag: 'query.otlp-proxy.target',
    description:
      'OTLP/HTTP server that gets what is posted to /api/otlp/v1/traces, metrics and logs, such as http://127.0.0.1:4318, so that the UI can be traced. Empty: none.',
    default: '',
  }),
  maxClockSkewMs: durationSetting({
    flag: 'query.max-clock-skew-adjustment',
    description: 'Largest difference between clocks that is corrected. 0: none.',
    default: 0,
  }),
  maxTraceSize: integerSetting({
    flag: 'query.max-trace-size',
    description: 'Spans of a trace that are shown; a warning says when there are more.',
    default: 100_000,
    min: 1,
  }),
  maxTraces: integerSetting({
    flag: 'query.max-traces',
    description: 'Traces one request may ask for; a higher limit is refused.',
    default: 1500,
    min: 1,
  }),
  maxSpans: integerSetting({
    flag: 'query.max-spans',
    description: 'Spans one request may read; a request for more is refused.',
    default: 1_000_000,
    min: 1,
  }),
  maxResponseSize: bytesSetting({
    flag: 'query.max-response-size',
    description: 'Largest answer; a request for more is refused.',
    default: 256 * 2 ** 20,
  }),
  maxRequestSize: bytesSetting({
    flag: 'query.max-request-size',
    description: 'Largest body of a request; a larger one is refused.',
    default: 64 * 2 ** 20,
  }),
  analysisMaxTraces: integerSetting({
    flag: 'query.analysis-max-traces',
    description: 'Newest traces that deep dependencies and trace quality are computed from.',
    default: 200,
    min: 1,
  }),
  analysisMaxSpans: integerSetting({
    flag: 'query.analysis-max-spans',
    description: 'Spans of these traces that are looked at.',
    default: 20_000,
    min: 1,
  }),
  analysisMaxPaths: integerSetting({
    flag: 'query.analysis-max-paths',
    description: 'Different paths through a service that deep dependencies answer.',
    default: 1000,
    min: 1,
  }),
  maxConcurrent: integerSetting({
    flag: 'query.max-concurrent-requests',
    description: 'API requests worked on at once; more are refused, to be tried again.',
    default: 100,
    min: 1,
  }),
  timeoutMs: durationSetting({
    flag: 'query.timeout',
    description: 'How long one request may take.',
    default: 30_000,
  }),
};

/** The query service as a process of its own. */
export const queryRoleSettings = {
  admin: hostPortSetting({
    flag: 'admin.http.host-port',
    description: 'Address of health and metrics, where Jaeger v1 has them.',
    default: ':16687',
  }),
  query: querySettings,
  storage: storageSettings,
};

export type QueryConfig = ConfigOf<typeof querySettings>;
