import { grpcLimitSettings } from '../../runtime/grpc/grpc-limits.ts';
import { bytesSetting, hostPortSetting } from '../../runtime/setting.ts';
import type { ConfigOf } from '../../runtime/setting.ts';
import { serverTlsSettings } from '../../runtime/tls-settings.ts';

/** The gRPC APIs of the query service. Names are Jaeger v1's where it has the setting. */
export const queryGrpcSettings = {
  hostPort: hostPortSetting({
    flag: 'query.grpc-server.host-port',
    description: 'Address of the gRPC APIs, jaeger.api_v2 and jaeger.api_v3.',
    default: ':16685',
  }),
  maxMessageSize: bytesSetting({
    flag: 'query.grpc.max-message-size',
    description: 'Largest request, before and after inflating it.',
    default: 4 * 2 ** 20,
  }),
  limits: grpcLimitSettings('query.grpc'),
  tls: serverTlsSettings('query.grpc'),
};

export type QueryGrpcConfig = ConfigOf<typeof queryGrpcSettings>;
