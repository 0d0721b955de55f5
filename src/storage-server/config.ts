import { bytesSetting, hostPortSetting, integerSetting } from '../runtime/setting.ts';
import type { ConfigOf } from '../runtime/setting.ts';
import { serverTlsSettings } from '../runtime/tls-settings.ts';
import { storageSettings } from '../storage/config.ts';

/** Everything the storage-server role can be told. Names are those of jaeger-remote-storage. */
export const storageServerSettings = {
  grpc: {
    hostPort: hostPortSetting({
      flag: 'grpc.host-port',
      description: 'Address where the storage is served: jaeger.storage.v2, and OTLP to write.',
      default: ':17271',
    }),
    maxMessageSize: bytesSetting({
      flag: 'grpc.max-message-size',
      description: 'Largest message, before and after inflating it.',
      default: 64 * 2 ** 20,
      min: 1,
    }),
    tls: serverTlsSettings('grpc'),
  },
  queueSize: integerSetting({
    flag: 'grpc.queue-size',
    description: 'Batches that may be on their way to storage at once; more are refused.',
    default: 2000,
    min: 1,
  }),
  maxBytesInFlight: bytesSetting({
    flag: 'grpc.max-bytes-in-flight',
    description: 'Memory for requests being read or stored; more are refused, to be sent again.',
    default: 256 * 2 ** 20,
    min: 1,
  }),
  maxServiceNames: integerSetting({
    flag: 'grpc.max-service-metrics',
    description: 'Services with metric series of their own; the others count as other-services.',
    default: 4000,
    min: 1,
  }),
  admin: hostPortSetting({
    flag: 'admin.http.host-port',
    description: 'Address of health and metrics, as jaeger-remote-storage has it.',
    default: ':17270',
  }),
  storage: storageSettings,
};

export type StorageServerConfig = ConfigOf<typeof storageServerSettings>;
