// A cluster to try things on, until Ctrl-C: `node test/testbed/up.ts [number of nodes, 1]`.
import { startCluster } from './cluster.ts';

const started = performance.now();
const cluster = await startCluster({ nodes: Number(process.argv[2] ?? 1), controllers: true });
const keepAlive = setInterval(() => undefined, 60_000);
process.stdout.write(`up in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
process.stdout.write(`export KUBECONFIG=${cluster.kubeconfig} PATH=${cluster.bin}:$PATH\n`);
await new Promise((resolve) => {
  // Kept while it stops: a second Ctrl-C would end this with half of it still there.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, resolve);
});
await cluster.stop();
clearInterval(keepAlive);
process.exit();
