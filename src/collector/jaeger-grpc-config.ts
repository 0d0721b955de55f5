import { grpcLimitSettings } from '../runtime/grpc/grpc-limits.ts';
import { bytesSetting, hostPortSetting } from '../runtime/setting.ts';
import { serverTlsSettings } from '../runtime/tls-settings.ts';

/** Jaeger's own gRPC port. Names are Jaeger v1's. */
export const jaegerGrpcSettings = {
  hostPort: hostPortSetting({
    flag: 'collector.grpc-server.host-port',
    description: 'Address of Jaeger over gRPC: spans, and how to sample.',
    default: ':14250',
  }),
  maxMessageSize: bytesSetting({
    flag: 'collector.grpc-server.max-message-size',
    description:
      'Largest message, before and after inflating it (beyond 4 MiB to 250 times its size at most).',
    default: 64 * 2 ** 20,
    min: 1,
  }),
  limits: grpcLimitSettings('collector.grpc-server'),
  tls: serverTlsSettings('collector.grpc-server'),
};
