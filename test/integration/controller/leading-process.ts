import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { createEngineMetrics } from '../../../src/controller/engine/engine-metrics.ts';
import { createLeaderElection } from '../../../src/controller/engine/leader.ts';
import { createKubeClient } from '../../../src/controller/kube/create-kube-api.ts';
import { loadKubeConfig } from '../../../src/controller/kube/load-kube-config.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { firstStopSignal } from '../../../src/runtime/signals.ts';

// A replica as a process of its own: while it leads it writes its name into one ConfigMap, without
// pause. Arguments: kubeconfig, namespace, name.
const [, , path = '', namespace = '', identity = ''] = process.argv;
const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };
const client = createKubeClient({ config: loadKubeConfig({ path }), metrics: new Registry() });
const election = createLeaderElection({
  api: client.leaseApi,
  lease: { namespace, name: 'leader' },
  identity,
  clock: systemClock,
  logger: pino({ level: 'silent' }),
  metrics: createEngineMetrics(new Registry()),
});
const api = client.guarded(election.assertLeader);
const stopping = new AbortController();
let count = 0;
const running = election.run(async (term) => {
  process.stdout.write(`leading ${identity}\n`);
  while (!term.aborted) {
    const metadata = { namespace, name: 'writes' };
    const data = { identity, count: String(count++) };
    try {
      await api.apply(
        CONFIG_MAP,
        { apiVersion: 'v1', kind: 'ConfigMap', metadata, data },
        { signal: term },
      );
    } catch (error) {
      process.stdout.write(`${identity} ${String(error)}\n`);
      await sleep(5);
    }
  }
}, stopping.signal);
await firstStopSignal();
stopping.abort();
await running;
await client.close();
