import { parseHostPort } from '../../runtime/setting.ts';
import type { ContainerPort } from './container.ts';

export type PortName =
  | 'zk-compact-trft'
  | 'config-rest'
  | 'jg-compact-trft'
  | 'jg-binary-trft'
  | 'c-binary-trft'
  | 'admin-http'
  | 'query'
  | 'grpc-otlp'
  | 'http-otlp'
  | 'health';

interface ServedPort {
  readonly name: PortName;
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
  /** The flag that moves it. */
  readonly flag: string;
}

/** Every port the all-in-one serves, under the names Jaeger's operator gave them. */
export const ALL_IN_ONE_PORTS: readonly ServedPort[] = [
  {
    name: 'zk-compact-trft',
    port: 5775,
    protocol: 'UDP',
    flag: 'processor.zipkin-compact.server-host-port',
  },
  { name: 'config-rest', port: 5778, protocol: 'TCP', flag: 'http-server.host-port' },
  {
    name: 'jg-compact-trft',
    port: 6831,
    protocol: 'UDP',
    flag: 'processor.jaeger-compact.server-host-port',
  },
  {
    name: 'jg-binary-trft',
    port: 6832,
    protocol: 'UDP',
    flag: 'processor.jaeger-binary.server-host-port',
  },
  { name: 'c-binary-trft', port: 14268, protocol: 'TCP', flag: 'collector.http-server.host-port' },
  { name: 'admin-http', port: 14269, protocol: 'TCP', flag: 'admin.http.host-port' },
  { name: 'query', port: 16686, protocol: 'TCP', flag: 'query.http-server.host-port' },
  { name: 'grpc-otlp', port: 4317, protocol: 'TCP', flag: 'collector.otlp.grpc.host-port' },
  { name: 'http-otlp', port: 4318, protocol: 'TCP', flag: 'collector.otlp.http.host-port' },
  { name: 'health', port: 13_133, protocol: 'TCP', flag: 'health.http.host-port' },
];

/** Services keep their own numbers and follow a moved port by its name. */
export function allInOnePorts(options: ReadonlyMap<string, string>): readonly ContainerPort[] {
  return ALL_IN_ONE_PORTS.map(({ name, port, protocol, flag }) => ({
    name,
    containerPort: parseHostPort(options.get(flag) ?? '')?.port ?? port,
    protocol,
  }));
}
