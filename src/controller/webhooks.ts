import { Histogram } from 'prom-client';
import { errorText } from '../runtime/errors.ts';
import { withHost } from '../runtime/listen.ts';
import type { RoleDeps, Running } from '../runtime/running.ts';
import { JAEGER_INSTANCE } from './api/jaeger-instance.ts';
import type { JaegerInstance } from './api/jaeger-instance.ts';
import { validateInstance } from './api/validate.ts';
import type { ControllerConfig } from './config.ts';
import type { ClusterFacts } from './desired/cluster-facts.ts';
import type { Controller } from './engine/controller.ts';
import type { ControllerDeps } from './instance-controller.ts';
import type { KubeClient } from './kube/create-kube-api.ts';
import type { KubeObject } from './kube-object.ts';
import { NAMESPACE } from './sidecar-controller.ts';
import { sleptUntil } from './slept-until.ts';
import { ensureCertificates } from './webhook/certificate-store.ts';
import { msUntilRenewal } from './webhook/certificates.ts';
import type { WebhookCertificates } from './webhook/certificates.ts';
import { defaultInstanceHandler, validateInstanceHandler } from './webhook/instance-handlers.ts';
import { createPodHandler } from './webhook/pod-handler.ts';
import type { ClusterView, InjectionOutcome } from './webhook/pod-handler.ts';
import { trustCaBundle } from './webhook/webhook-configurations.ts';
import { startWebhookServer } from './webhook/webhook-server.ts';
import type { WebhookServer } from './webhook/webhook-server.ts';

export interface WebhookDeps extends ControllerDeps, Pick<RoleDeps, 'health' | 'listenHost'> {
  readonly client: KubeClient;
  readonly registry: RoleDeps['metrics'];
  facts(): ClusterFacts;
  readonly instances: Controller;
  readonly sidecars: readonly Controller[];
}

/** Paths of the API server's calls; the webhook configurations of the chart name them. */
const PATHS = {
  pod: '/mutate-v1-pod',
  defaulting: '/mutate-jaegertracing-io-v1-jaegerinstance',
  validation: '/validate-jaegertracing-io-v1-jaegerinstance',
} as const;

/** How often the configurations are checked: somebody may have installed them anew. */
const CHECK_INTERVAL_MS = 60_000;

/** Answers admission on every replica, with certificates that all of them share and renew. */
export async function startWebhooks(config: ControllerConfig, deps: WebhookDeps): Promise<Running> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const certificates = await certificatesOf(config, deps, signal);
  const server = await startWebhookServer({
    hostPort: withHost(config.webhook.hostPort, deps.listenHost),
    certificate: certificates.server,
    logger: deps.logger,
    handlers: new Map([
      [PATHS.pod, createPodHandler(clusterView(deps), reportTo(deps))],
      [PATHS.defaulting, defaultInstanceHandler],
      [PATHS.validation, validateInstanceHandler],
    ]),
    duration: new Histogram({
      name: 'controller_runtime_webhook_latency_seconds',
      help: 'How long an admission took to answer.',
      labelNames: ['webhook', 'code'],
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1],
      registers: [deps.registry],
    }),
  });
  const keeping = keepTrusted(config, deps, { server, signal, certificates });
  return {
    addresses: server.addresses,
    stop: async () => {
      stopping.abort();
      await keeping;
      await server.stop();
    },
  };
}

function certificatesOf(
  { namespace, webhook }: ControllerConfig,
  { client, clock }: WebhookDeps,
  signal: AbortSignal,
): Promise<WebhookCertificates> {
  const host = `${webhook.service}.${namespace}.svc`;
  return ensureCertificates(
    {
      api: client.api,
      secret: { namespace, name: webhook.secret },
      dnsNames: [host, `${host}.cluster.local`],
      lifetimes: { caMs: webhook.caLifetimeMs, serverMs: webhook.certificateLifetimeMs },
      now: () => clock.now(),
    },
    signal,
  );
}

/** Makes the API server trust the CA, and goes on doing so as certificates are renewed. */
async function keepTrusted(
  config: ControllerConfig,
  deps: WebhookDeps,
  state: {
    readonly server: WebhookServer;
    readonly signal: AbortSignal;
    readonly certificates: WebhookCertificates;
  },
): Promise<void> {
  const { signal, server } = state;
  const health = deps.health.component('webhook');
  let certificates = state.certificates;
  const attempt = async (what: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
      health.ok();
    } catch (error) {
      health.recoverable(`${what}: ${errorText(error)}`);
      deps.logger.warn({ error: errorText(error) }, what);
    }
  };
  const trust = async (): Promise<void> => {
    const names = config.webhook.configurations;
    const changed = await trustCaBundle(deps.client.api, names, certificates.caBundle, signal);
    if (changed.length > 0) deps.logger.info({ changed }, 'webhook configurations trust our CA');
  };
  const renew = async (): Promise<void> => {
    // Another replica may have renewed them: the Secret says.
    const next = await certificatesOf(config, deps, signal);
    if (next.server.certificate !== certificates.server.certificate) {
      server.useCertificate(next.server);
      deps.logger.info('new webhook certificate in use');
    }
    certificates = next;
  };
  const waitMs = (): number =>
    Math.min(CHECK_INTERVAL_MS, Math.max(msUntilRenewal(certificates, deps.clock.now()), 1000));
  await attempt('webhook configurations not updated', trust);
  while (await sleptUntil(waitMs(), { clock: deps.clock, signal })) {
    await attempt('webhook certificates not renewed', renew);
    await attempt('webhook configurations not updated', trust);
  }
}

function clusterView(deps: WebhookDeps): ClusterView {
  const { instances, sidecars } = deps;
  // An operator of single namespaces does not watch Namespace objects.
  const namespaces = deps.namespaces.length === 0 ? sidecars[0]?.cache(NAMESPACE) : undefined;
  /** Cached objects are never modified, so an object is judged once. */
  const judged = new WeakMap<KubeObject, readonly JaegerInstance[]>();
  const judge = (object: KubeObject): readonly JaegerInstance[] => {
    const known = judged.get(object);
    if (known !== undefined) return known;
    const checked = validateInstance(object);
    const usable = checked.valid && object.metadata.deletionTimestamp === undefined;
    const result = usable ? [checked.instance] : [];
    judged.set(object, result);
    return result;
  };
  return {
    instances: () => instances.cache(JAEGER_INSTANCE).list().flatMap(judge),
    namespaceAnnotations: (name) => namespaces?.get({ namespace: '', name })?.metadata.annotations,
    facts: () => deps.facts(),
  };
}

/** Says on the pod's owner, which exists already, what became of its wish for an agent. */
function reportTo({ events, logger }: WebhookDeps): (outcome: InjectionOutcome) => void {
  return ({ namespace, pod, result, message }) => {
    const { name, generateName = '' } = pod.metadata;
    logger.debug({ namespace, pod: name === '' ? generateName : name, result }, message);
    const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller === true);
    if (result !== 'no-instance' || owner === undefined) return;
    const regarding = {
      apiVersion: owner.apiVersion,
      kind: owner.kind,
      metadata: { name: owner.name, namespace, uid: owner.uid },
    };
    events.record(regarding, {
      type: 'Warning',
      reason: 'NoInstance',
      action: 'Inject',
      note: message,
    });
  };
}
