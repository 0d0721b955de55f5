import {
  booleanSetting,
  bytesSetting,
  durationSetting,
  hostPortSetting,
  integerSetting,
  listSetting,
} from '../runtime/setting.ts';
import type { ConfigOf } from '../runtime/setting.ts';
import { storageSettings } from '../storage/config.ts';

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
  }),
  maxServiceNames: integerSetting({
    flag: 'collector.max-service-metrics',
    description: 'Services with metric series of their own; the others count as other-services.',
    default: 4000,
    min: 1,
  }),
  tags: listSetting({
    flag: 'collector.tags',
    description: 'Tags (key=value) for the process of every span that does not have the key.',
    default: [],
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
        description: 'Largest message, before and after inflating it.',
        default: 64 * 2 ** 20,
      }),
    },
    http: {
      hostPort: hostPortSetting({
        flag: 'collector.otlp.http.host-port',
        description: 'Address of OTLP over HTTP.',
        default: ':4318',
      }),
      maxBodySize: bytesSetting({
        flag: 'collector.otlp.http.max-body-size',
        description: 'Largest body, before and after inflating it.',
        default: 64 * 2 ** 20,
      }),
      readTimeoutMs: durationSetting({
        flag: 'collector.otlp.http.read-timeout',
        description: 'How long a whole request may take to arrive.',
        default: 30_000,
      }),
      readHeaderTimeoutMs: durationSetting({
        flag: 'collector.otlp.http.read-header-timeout',
        description: 'How long the headers of a request may take to arrive.',
        default: 5000,
      }),
      idleTimeoutMs: durationSetting({
        flag: 'collector.otlp.http.idle-timeout',
        description: 'How long a connection may wait for its next request.',
        default: 60_000,
      }),
      maxConnections: integerSetting({
        flag: 'collector.otlp.http.max-connections',
        description: 'Connections open at once; more are closed at once.',
        default: 10_000,
        min: 1,
      }),
      corsAllowedOrigins: listSetting({
        flag: 'collector.otlp.http.cors.allowed-origins',
        description: 'Origins whose pages may send spans, or * for any; none turns CORS off.',
        default: [],
      }),
      corsAllowedHeaders: listSetting({
        flag: 'collector.otlp.http.cors.allowed-headers',
        description: 'Request headers such pages may set.',
        default: [],
      }),
    },
  },
};

/** The collector as a process of its own. */
export const collectorRoleSettings = {
  admin: hostPortSetting({
    flag: 'admin.http.host-port',
    description: 'Address of health and metrics, where Jaeger v1 has them.',
    default: ':14269',
  }),
  collector: collectorSettings,
  storage: storageSettings,
};

export type CollectorConfig = ConfigOf<typeof collectorSettings>;
