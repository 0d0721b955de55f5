import {
  booleanSetting,
  bytesSetting,
  durationSetting,
  stringSetting,
} from '../../runtime/setting.ts';
import type { ConfigOf } from '../../runtime/setting.ts';

/** A storage served by somebody else over gRPC. Names are Jaeger v1's where it has the setting. */
export const remoteStorageSettings = {
  server: stringSetting({
    flag: 'grpc-storage.server',
    description: 'Storage server to use, host:port; every address of the name is taken in turn.',
    default: '',
  }),
  timeoutMs: durationSetting({
    flag: 'grpc-storage.connection-timeout',
    description: 'How long one call to the storage server may take.',
    default: 30_000,
  }),
  maxMessageSize: bytesSetting({
    flag: 'grpc-storage.max-message-size',
    description: 'Largest message taken from the storage server.',
    default: 64 * 2 ** 20,
  }),
  tls: {
    enabled: booleanSetting({
      flag: 'grpc-storage.tls.enabled',
      description: 'Whether to speak TLS to the storage server.',
      default: false,
    }),
    ca: stringSetting({
      flag: 'grpc-storage.tls.ca',
      description: 'PEM file of the authorities to trust. Empty: those of the system.',
      default: '',
    }),
    cert: stringSetting({
      flag: 'grpc-storage.tls.cert',
      description: 'PEM file of the certificate to show.',
      default: '',
    }),
    key: stringSetting({
      flag: 'grpc-storage.tls.key',
      description: 'PEM file of the key of that certificate.',
      default: '',
    }),
    serverName: stringSetting({
      flag: 'grpc-storage.tls.server-name',
      description: 'Name to expect in the certificate of the storage server. Empty: the host.',
      default: '',
    }),
  },
};

export type RemoteStorageConfig = ConfigOf<typeof remoteStorageSettings>;
