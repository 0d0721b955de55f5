import { onTestFinished } from 'vitest';
import { createJaegerUdpMetrics } from '../../src/receivers/jaeger-udp-metrics.ts';
import { startJaegerUdp } from '../../src/receivers/jaeger-udp.ts';
import type { JaegerUdp, JaegerUdpOptions } from '../../src/receivers/jaeger-udp-port.ts';
import type { Intake } from './jaeger-harness.ts';

/** Jaeger's UDP on a free port until the test ends; compact thrift in this thread unless told otherwise. */
export async function startTestUdp(
  intake: Intake,
  options: Partial<JaegerUdpOptions> = {},
): Promise<JaegerUdp> {
  const running = await startJaegerUdp(
    {
      hostPort: { host: '127.0.0.1', port: 0 },
      encoding: 'compact',
      model: 'jaeger',
      queuePacketsMax: 1000,
      packetBytesMax: 65_000,
      workers: 10,
      socketBufferBytes: 0,
      threads: 0,
      ...options,
    },
    { ...intake, metrics: createJaegerUdpMetrics(intake.metrics) },
  );
  onTestFinished(() => running.stop());
  return running;
}

export function portOf({ addresses }: Pick<JaegerUdp, 'addresses'>): number {
  return addresses[0]?.port ?? 0;
}
