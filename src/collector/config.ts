import { acknowledgeSettings } from '../pipeline/acknowledge-config.ts';
import { rulesSettings } from '../pipeline/rules-config.ts';
import { grpcLimitSettings } from '../runtime/grpc/grpc-limits.ts';
import {
  booleanSetting,
  bytesSetting,
  durationSetting,
  hostPortSetting,
  integerSetting,
  listSetting,
} from '../runtime/setting.ts';
import type { ConfigOf } from '../runtime/setting.ts';
import { tenancySettings } from '../runtime/tenancy.ts';
import { serverTlsSettings } from '../runtime/tls-settings.ts';
import { samplingSettings } from '../sampling/config.ts';
import { storageSettings } from '../storage/config.ts';
import { corsSettings } from './cors-config.ts';
import { jaegerGrpcSettings } from './jaeger-grpc-config.ts';
import { zipkinSettings } from './zipkin-config.ts';

/** What a client of one HTTP server may take before it is cut off. */
function httpLimitSettings(prefix: string, readHeaderTimeoutMs: number) {
  return {
    readTimeoutMs: durationSetting({
      flag: `${prefix}.read-timeout`,
      description: 'How long a whole request may take to arrive.',
      default: 30_000,
    }),
    readHeaderTimeoutMs: durationSetting({
      flag: `${prefix}.read-header-timeout`,
      description: 'How long the headers of a request may take to arrive.',
      default: readHeaderTimeoutMs,
    }),
    idleTimeoutMs: durationSetting({
      flag: `${prefix}.idle-timeout`,
      description: 'How long a connection may wait for its next request.',
      default: 60_000,
    }),
    maxConnections: integerSetting({
      flag: `${prefix}.max-connections`,
      description: 'Connections open at once; more are closed at once.',
      default: 10_000,
      min: 1,
    }),
  };
}

/** How spans come in. Names are Jaeger v1's where it has the setting. */
export const collectorSettings = {
  queueSize: integerSetting({
    flag: 'collector.queue-size',
    description: 'Batches that may be on their way to storage at once; more are refused.',
    default: 2000,
    min: 1,
  }),
  maxBytesInFlight: bytesSetting({
    flag: 'collector.max-bytes-in-flight',
    description: 'Memory for requests being read or stored; more are refused, to be sent again.',
    default: 256 * 2 ** 20,
    min: 1,
  }),
  maxServiceNames: integerSetting({
    flag: 'collector.max-service-metrics',
    description: 'Services with metric series of their own; the others count as other-services.',
    default: 4000,
    min: 1,
  }),
  tags: listSetting({
    flag: 'collector.tags',
    description:
      'Tags (key=value, key=${ENVIRONMENT_NAME:default}) for the process of every span that does not have the key.',
    default: [],
  }),
  acknowledge: acknowledgeSettings,
  rules: rulesSettings,
  /** Jaeger thrift over HTTP, and sampling for clients without an agent. */
  thriftHttp: {
    hostPort: hostPortSetting({
      flag: 'collector.http-server.host-port',
      description: 'Address of Jaeger thrift over HTTP, /api/traces, and of /api/sampling.',
      default: ':14268',
    }),
    maxBodySize: bytesSetting({
      flag: 'collector.http-server.max-body-size',
      description:
        'Largest body, before and after inflating it (beyond 4 MiB to 250 times its size at most).',
      default: 64 * 2 ** 20,
      min: 1,
    }),
    ...httpLimitSettings('collector.http-server', 2000),
    tls: serverTlsSettings('collector.http-server'),
  },
  jaegerGrpc: jaegerGrpcSettings,
  zipkin: zipkinSettings({
    ...httpLimitSettings('collector.zipkin', 5000),
    tls: serverTlsSettings('collector.zipkin'),
  }),
  otlp: {
    enabled: booleanSetting({
      flag: 'collector.otlp.enabled',
      description: 'Whether to take OTLP.',
      default: true,
    }),
    grpc: {
      hostPort: hostPortSetting({
        flag: 'collector.otlp.grpc.host-port',
        description: 'Address of OTLP over gRPC.',
        default: ':4317',
      }),
      maxMessageSize: bytesSetting({
        flag: 'collector.otlp.grpc.max-message-size',
        description:
          'Largest message, before and after inflating it (beyond 4 MiB to 250 times its size at most).',
        default: 64 * 2 ** 20,
        min: 1,
      }),
      limits: grpcLimitSettings('collector.otlp.grpc'),
      tls: serverTlsSettings('collector.otlp.grpc'),
    },
    http: {
      hostPort: hostPortSetting({
        flag: 'collector.otlp.http.host-port',
        description: 'Address of OTLP over HTTP.',
        default: ':4318',
      }),
      maxBodySize: bytesSetting({
        flag: 'collector.otlp.http.max-body-size',
        description:
          'Largest body, before and after inflating it (beyond 4 MiB to 250 times its size at most).',
        default: 64 * 2 ** 20,
        min: 1,
      }),
      ...httpLimitSettings('collector.otlp.http', 5000),
      tls: serverTlsSettings('collector.otlp.http'),
      ...corsSettings('collector.otlp.http'),
    },
  },
};

/** What a process with a collector in it takes. */
export const collectorProcessSettings = {
  admin: hostPortSetting({
    flag: 'admin.http.host-port',
    description: 'Address of health and metrics, where Jaeger v1 has them.',
    default: ':14269',
  }),
  collector: collectorSettings,
  sampling: samplingSettings,
  storage: storageSettings,
};

/** The collector as a process of its own. */
export const collectorRoleSettings = { ...collectorProcessSettings, tenancy: tenancySettings };

export type CollectorConfig = ConfigOf<typeof collectorSettings>;
