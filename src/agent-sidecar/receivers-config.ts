import { booleanSetting, bytesSetting, hostPortSetting } from '../runtime/setting.ts';
import type { HostPort, Setting } from '../runtime/setting.ts';
import { serverTlsSettings } from '../runtime/tls-settings.ts';

// A type alias, because an interface is no SettingGroup.
type ReceiverSettings = Readonly<{
  enabled: Setting<boolean>;
  hostPort: Setting<HostPort>;
  maxMessageSize: Setting<number>;
  tls: ReturnType<typeof serverTlsSettings>;
}>;

function receiver(name: string, hostPort: string, what: string): ReceiverSettings {
  return {
    enabled: booleanSetting({
      flag: `${name}.enabled`,
      default: false,
      description: `Whether to take ${what}.`,
    }),
    hostPort: hostPortSetting({
      flag: `${name}.host-port`,
      default: hostPort,
      description: `Address of ${what}.`,
    }),
    maxMessageSize: bytesSetting({
      flag: `${name}.max-message-size`,
      default: 4 * 2 ** 20,
      min: 1,
      description: `Largest message of ${what}, before and after inflating it (beyond 4 MiB to 250 times its size at most).`,
    }),
    tls: serverTlsSettings(name),
  };
}

/**
 * Ports of a collector that an agent can open too, for applications that speak nothing else.
 * jaeger-agent has none of them, so they are off.
 */
export const collectorPortSettings = {
  zipkin: receiver('zipkin.http', ':9411', 'Zipkin over HTTP'),
  grpc: receiver('jaeger.grpc', ':14250', 'Jaeger over gRPC'),
  thriftHttp: receiver('jaeger.thrift-http', ':14268', 'Jaeger thrift over HTTP'),
};

/** Sampling strategies over gRPC, where Jaeger v2 has them. */
export const samplingGrpcSettings = {
  enabled: booleanSetting({
    flag: 'sampling.grpc.enabled',
    default: false,
    description: 'Whether to answer questions about sampling over gRPC too.',
  }),
  hostPort: hostPortSetting({
    flag: 'sampling.grpc.host-port',
    default: ':5779',
    description: 'Address of sampling strategies over gRPC.',
  }),
  tls: serverTlsSettings('sampling.grpc'),
};
