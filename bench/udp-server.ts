import { pino } from 'pino';
import { Registry } from 'prom-client';
import { udpReceivers } from '../src/agent-sidecar/udp-receivers.ts';
import { udpSettings } from '../src/agent-sidecar/config.ts';
import { createPipeline } from '../src/pipeline/pipeline.ts';
import { createJaegerClientStats } from '../src/receivers/jaeger-client-stats.ts';
import { startAdminServer } from '../src/runtime/admin-server.ts';
import { systemClock } from '../src/runtime/clock.ts';
import { createHealth } from '../src/runtime/health.ts';
import { resolveConfig } from '../src/runtime/resolve-config.ts';
import { startInOrder } from '../src/runtime/running.ts';
import { weighExternalMemoryWithHeap } from '../src/runtime/external-memory.ts';
import { firstStopSignal } from '../src/runtime/signals.ts';

/*
 * The UDP receivers of an agent before a sink that counts spans and forgets them:
 * node udp-server.ts [flag=value …]. Prints its UDP and admin ports as one line of JSON.
 */
// As a role does when it starts.
weighExternalMemoryWithHeap(process.constrainedMemory());
const metrics = new Registry();
const flags = new Map(
  Object.values(udpSettings).map(({ hostPort }) => [hostPort.flag, '127.0.0.1:0']),
);
for (const argument of process.argv.slice(2)) {
  const at = argument.indexOf('=');
  flags.set(argument.slice(0, at), argument.slice(at + 1));
}
const config = resolveConfig(udpSettings, { flags, env: {}, file: null, fileName: '' });
const pipeline = createPipeline({
  destination: ({ scan }) => Promise.resolve({ accepted: scan.count, refused: [], dropped: [] }),
  metrics,
  batchesMax: 1000,
  bytesMax: 64 * 2 ** 20,
  serviceNamesMax: 100,
  tags: new Map(),
});
const deps = {
  metrics,
  clock: systemClock,
  logger: pino({ level: 'warn' }, pino.destination(2)),
  clientStats: createJaegerClientStats(metrics, systemClock),
};
const running = await startInOrder([
  () =>
    startAdminServer({
      listenOn: [{ name: 'admin', hostPort: { host: '127.0.0.1', port: 0 } }],
      health: createHealth(Date.now),
      metrics,
    }),
  ...udpReceivers(config, { ...deps, pipeline, listenHost: '127.0.0.1' }),
]);
const portOf = (name: string): number =>
  running.addresses.find((address) => address.name === name)?.port ?? 0;
console.log(JSON.stringify({ udp: portOf('jaeger thrift compact'), admin: portOf('admin') }));
await firstStopSignal();
await running.stop();
