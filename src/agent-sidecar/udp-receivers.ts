import type { Registry } from 'prom-client';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { JaegerClientStats } from '../receivers/jaeger-client-stats.ts';
import { createJaegerUdpMetrics } from '../receivers/jaeger-udp-metrics.ts';
import { startJaegerUdp } from '../receivers/jaeger-udp.ts';
import type { JaegerUdpOptions } from '../receivers/jaeger-udp-port.ts';
import type { Clock } from '../runtime/clock.ts';
import { withHost } from '../runtime/listen.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Running } from '../runtime/running.ts';
import type { UdpConfig } from './config.ts';

export interface UdpReceiverDeps {
  readonly pipeline: Pipeline;
  readonly metrics: Registry;
  readonly clientStats: JaegerClientStats;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly listenHost: string;
}

/** Room for some 10 ms at 100,000 packets a second. */
const SMALL_BUFFER_BYTES = 2 * 1024 * 1024;

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
  const warnOfSmallBuffer = createBufferWarning(deps.logger);
  return ports.map(({ port, encoding, model }) => async () => {
    const options: JaegerUdpOptions = {
      hostPort: withHost(port.hostPort, deps.listenHost),
      encoding,
      model,
      queuePacketsMax: port.queueSize,
      packetBytesMax: port.maxPacketSize,
      workers: port.workers,
      socketBufferBytes: port.socketBufferSize,
      threads: port.threads,
    };
    const running = await startJaegerUdp(options, { ...deps, metrics });
    warnOfSmallBuffer(running.receiveBufferBytes);
    return running;
  });
}

/** One warning is enough: what the kernel gives, it gives each socket. */
function createBufferWarning(logger: Logger): (receiveBufferBytes: number) => void {
  let warned = false;
  return (receiveBufferBytes) => {
    if (warned || receiveBufferBytes >= SMALL_BUFFER_BYTES) return;
    warned = true;
    logger.warn(
      `the kernel gives UDP sockets a buffer of ${receiveBufferBytes} bytes, ` +
        'which bursts of spans overflow: raise net.core.rmem_max to 4194304 or more',
    );
  };
}
