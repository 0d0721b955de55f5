import type { Registry } from 'prom-client';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { createJaegerUdpMetrics } from '../receivers/jaeger-udp-metrics.ts';
import { startJaegerUdp } from '../receivers/jaeger-udp.ts';
import type { JaegerUdpOptions } from '../receivers/jaeger-udp.ts';
import type { Clock } from '../runtime/clock.ts';
import { withHost } from '../runtime/listen.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Running } from '../runtime/running.ts';
import type { UdpConfig } from './config.ts';

export interface UdpReceiverDeps {
  readonly pipeline: Pipeline;
  readonly metrics: Registry;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly listenHost: string;
}

/** One start for each UDP port of an agent, for `startInOrder`. */
export function udpReceivers(
  config: UdpConfig,
  deps: UdpReceiverDeps,
): readonly (() => Promise<Running>)[] {
  const metrics = createJaegerUdpMetrics(deps.metrics);
  const ports = [
    { port: config.compact, encoding: 'compact', model: 'jaeger' },
    { port: config.binary, encoding: 'binary', model: 'jaeger' },
    { port: config.zipkinCompact, encoding: 'compact', model: 'zipkin' },
  ] as const;
  return ports.map(({ port, encoding, model }) => () => {
    const options: JaegerUdpOptions = {
      hostPort: withHost(port.hostPort, deps.listenHost),
      encoding,
      model,
      queuePacketsMax: port.queueSize,
      packetBytesMax: port.maxPacketSize,
      workers: port.workers,
      socketBufferBytes: port.socketBufferSize,
    };
    return startJaegerUdp(options, { ...deps, metrics });
  });
}
