import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { errorText } from '../runtime/errors.ts';
import { startInOrder } from '../runtime/running.ts';
import type { RoleDeps, Running } from '../runtime/running.ts';
import type { ControllerConfig } from './config.ts';
import { DEFAULT_IMAGE } from './desired/cluster-facts.ts';
import type { ClusterFacts } from './desired/cluster-facts.ts';
import type { Controller } from './engine/controller.ts';
import { slept } from './engine/backoff.ts';
import { createEngineMetrics } from './engine/engine-metrics.ts';
import { createEventRecorder } from './engine/events.ts';
import { createLeaderElection } from './engine/leader.ts';
import type { LeaderElection } from './engine/leader.ts';
import { gatherFacts } from './gather-facts.ts';
import { createInstanceController } from './instance-controller.ts';
import type { ControllerDeps } from './instance-controller.ts';
import { createKubeClient } from './kube/create-kube-api.ts';
import type { KubeClient } from './kube/create-kube-api.ts';
import { loadKubeConfig } from './kube/load-kube-config.ts';
import { WORKLOAD_KINDS, createSidecarController } from './sidecar-controller.ts';
import type { OwnerReference } from './kube-object.ts';
import { ownDeployment } from './own-deployment.ts';
import { startWebhooks } from './webhooks.ts';

/** How often the cluster is asked what desired objects depend on. */
const FACTS_INTERVAL_MS = 60_000;

/**
 * The operator: watches on every replica, reconciles on the one that leads, answers admission on
 * every one. Stopping finishes what is being written and gives the lease back.
 */
export async function startController(config: ControllerConfig, deps: RoleDeps): Promise<Running> {
  const client = createKubeClient({
    config: loadKubeConfig(kubeSource(config)),
    metrics: deps.metrics,
    clock: deps.clock,
    rateLimit: { qps: config.apiQps, burst: config.apiBurst },
  });
  const stopping = new AbortController();
  const { signal } = stopping;
  const facts = await keepFacts(config, client, { ...deps, signal }).catch(
    async (error: unknown) => {
      await client.close();
      throw error;
    },
  );
  const metrics = createEngineMetrics(deps.metrics);
  // A container that starts again keeps its pod's name: the lease must tell the two lives apart.
  const identity = `${config.identity === '' ? hostname() : config.identity}_${randomUUID()}`;
  const { namespace, deployment: name } = config;
  const { logger } = deps;
  const owner = await ownDeployment(client.api, { namespace, name }, { logger, signal });
  const election = electionOf(config, client, { ...deps, metrics, identity, owner });
  const events = createEventRecorder({
    api: client.api,
    controller: 'jaegertracing.io/jaeger-instance-operator',
    instance: identity,
    clock: deps.clock,
    logger: deps.logger,
    metrics,
  });
  const shared: ControllerDeps = {
    api: client.api,
    writeApi: client.guarded(() => {
      election?.assertLeader();
    }),
    events,
    namespaces: config.watchNamespaces,
    clock: deps.clock,
    logger: deps.logger,
    metrics,
  };
  const { workers, resyncMs } = config;
  const instances = createInstanceController({ ...shared, facts, workers, resyncMs });
  const sidecars = config.webhook.enabled
    ? WORKLOAD_KINDS.map((kind) =>
        createSidecarController({ ...shared, kind, resyncMs, checkMs: config.sidecarCheckMs }),
      )
    : [];
  return startInOrder([
    () => Promise.resolve({ addresses: [], stop: () => client.close() }),
    () => Promise.resolve({ addresses: [], stop: () => events.flush() }),
    () => Promise.resolve(runControllers([instances, ...sidecars], { deps, election, stopping })),
    ...(config.webhook.enabled
      ? [
          () =>
            startWebhooks(config, {
              ...shared,
              client,
              owner,
              facts,
              instances,
              sidecars,
              registry: deps.metrics,
              health: deps.health,
              listenHost: deps.listenHost,
            }),
        ]
      : []),
  ]);
}

function kubeSource({
  kubeconfig,
  context,
}: ControllerConfig): Parameters<typeof loadKubeConfig>[0] {
  return {
    ...(kubeconfig === '' ? {} : { path: kubeconfig }),
    ...(context === '' ? {} : { context }),
  };
}

/** Gathers the facts once, then again now and then; what was known last stays in force meanwhile. */
async function keepFacts(
  config: ControllerConfig,
  { api }: KubeClient,
  deps: Pick<RoleDeps, 'clock' | 'logger'> & { readonly signal: AbortSignal },
): Promise<() => ClusterFacts> {
  const image = config.image === '' ? DEFAULT_IMAGE : config.image;
  const gather = (): Promise<ClusterFacts> =>
    gatherFacts(api, image, deps.signal, { namespaced: config.watchNamespaces.length > 0 });
  let known = await gather();
  const refresh = async (): Promise<void> => {
    while (await slept(deps.clock, FACTS_INTERVAL_MS, deps.signal)) {
      try {
        known = await gather();
      } catch (error) {
        deps.logger.warn({ error: errorText(error) }, 'cluster not looked at; old facts stay');
      }
    }
  };
  void refresh();
  return () => known;
}

function electionOf(
  config: ControllerConfig,
  client: KubeClient,
  deps: Pick<RoleDeps, 'clock' | 'logger'> & {
    readonly metrics: ReturnType<typeof createEngineMetrics>;
    readonly identity: string;
    readonly owner: OwnerReference | undefined;
  },
): LeaderElection | undefined {
  if (!config.leaderElect) return undefined;
  const lease = { namespace: config.namespace, name: config.leaseName };
  return createLeaderElection({ ...deps, api: client.leaseApi, lease });
}

/** Watches at once and works while leading; healthy when every cache is filled. */
function runControllers(
  controllers: readonly Controller[],
  run: {
    readonly deps: RoleDeps;
    readonly election: LeaderElection | undefined;
    readonly stopping: AbortController;
  },
): Running {
  const { deps, election, stopping } = run;
  const { signal } = stopping;
  const caches = deps.health.component('caches');
  const work = async (term: AbortSignal): Promise<void> => {
    await Promise.all(controllers.map((controller) => controller.work(term)));
  };
  const loops = [
    ...controllers.map((controller) => controller.watch(signal)),
    election === undefined ? work(signal) : election.run(work, signal),
  ];
  const failed = endOf(loops);
  failed.catch((error: unknown) => {
    caches.permanent(errorText(error));
    deps.logger.fatal({ error: errorText(error) }, 'the operator no longer works');
  });
  void Promise.all(controllers.map((controller) => controller.synced)).then(() => {
    caches.ok();
    deps.logger.info('caches filled');
  });
  return {
    addresses: [],
    failed,
    stop: async () => {
      stopping.abort();
      await Promise.allSettled(loops);
    },
  };
}

/** Rejects with the first error of any loop; loops that end without one were asked to. */
function endOf(loops: readonly Promise<unknown>[]): Promise<never> {
  const failed = Promise.withResolvers<never>();
  for (const loop of loops) loop.catch(failed.reject);
  return failed.promise;
}
