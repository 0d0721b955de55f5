import type { Pipeline } from '../pipeline/pipeline.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Running } from '../runtime/running.ts';
import type { HostPort } from '../runtime/setting.ts';
import type { ThriftEncoding } from '../wire/jaeger/thrift-to-otlp.ts';
import type { JaegerClientStats } from './jaeger-client-stats.ts';
import type { JaegerUdpMetrics } from './jaeger-udp-metrics.ts';

/** What the port is called in the log. */
export function jaegerUdpName({
  model,
  encoding,
}: Pick<JaegerUdpOptions, 'model' | 'encoding'>): string {
  return `${model} thrift ${encoding}`;
}

export interface JaegerUdpOptions {
  readonly hostPort: HostPort;
  readonly encoding: ThriftEncoding;
  /** Label of the metrics, and in the name: zipkin for the port that old Zipkin clients use, else jaeger. */
  readonly model: 'jaeger' | 'zipkin';
  /** Packets that may wait while the sink is slow; of each thread. */
  readonly queuePacketsMax: number;
  readonly packetBytesMax: number;
  /** Batches under way to the sink; of each thread. */
  readonly workers: number;
  /** Of each socket. 0: as much as the system gives. */
  readonly socketBufferBytes: number;
  /** 0: packets are read and decoded by the main thread. Else by so many, with a socket each. */
  readonly threads: number;
}

export interface JaegerUdpDeps {
  readonly pipeline: Pipeline;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: JaegerUdpMetrics;
  readonly clientStats: JaegerClientStats;
}

export interface JaegerUdp extends Running {
  /** Of the smallest socket. */
  readonly receiveBufferBytes: number;
}
