import type { HostPort, Setting } from '../../runtime/setting.ts';
import { parseHostPort } from '../../runtime/setting.ts';
import type { ContainerPort } from './container.ts';

/** A port of a role, under the name it has in pods. */
export interface ServedPort<N extends string = string> {
  readonly name: N;
  readonly protocol: 'TCP' | 'UDP';
  readonly port: number;
  /** The flag that moves it. */
  readonly flag: string;
}

/** From the very setting the role listens by. */
export function servedPort<const N extends string>(
  name: N,
  protocol: 'TCP' | 'UDP',
  setting: Setting<HostPort>,
): ServedPort<N> {
  return { name, protocol, port: setting.default.port, flag: setting.flag };
}

/** Where the ports are with these options. */
export function containerPorts(
  ports: readonly ServedPort[],
  options: ReadonlyMap<string, string>,
): readonly ContainerPort[] {
  return ports.map(({ name, port, protocol, flag }) => ({
    name,
    containerPort: parseHostPort(options.get(flag) ?? '')?.port ?? port,
    protocol,
  }));
}
