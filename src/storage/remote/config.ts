import {
  booleanSetting,
  bytesSetting,
  durationSetting,
  stringSetting,
} from '../../runtime/setting.ts';
import type { ConfigOf } from '../../runtime/setting.ts';
import { clientTlsSettings } from '../../runtime/tls-settings.ts';

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
  tls: clientTlsSettings('grpc-storage', 'the storage server'),
  archive: {
    enabled: booleanSetting({
      flag: 'grpc-storage-archive.enabled',
      description:
        'Whether archived traces are kept by a storage server of their own. Off: by the one that has ' +
        'the traces, where it is a storage-server of this program whose storage keeps an archive.',
      default: false,
    }),
    server: stringSetting({
      flag: 'grpc-storage-archive.server',
      description: 'Storage server of the archive, host:port.',
      default: '',
    }),
    timeoutMs: durationSetting({
      flag: 'grpc-storage-archive.connection-timeout',
      description: 'How long one call to the storage server of the archive may take.',
      default: 30_000,
    }),
    tls: clientTlsSettings('grpc-storage-archive', 'the storage server of the archive'),
  },
};

export type RemoteStorageConfig = ConfigOf<typeof remoteStorageSettings>;
