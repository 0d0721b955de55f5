import { Histogram } from 'prom-client';
import { errorText } from '../runtime/errors.ts';
import { withHost } from '../runtime/listen.ts';
import type { RoleDeps, Running } from '../runtime/running.ts';
import { JAEGER_INSTANCE } from './api/jaeger-instance.ts';
import type { JaegerInstance } from './api/jaeger-instance.ts';
import { validateInstance } from './api/validate.ts';
import type { ControllerConfig } from './config.ts';
import type { ClusterFacts } from './desired/cluster-facts.ts';
import { slept } from './engine/backoff.ts';
import type { Controller } from './engine/controller.ts';
import type { ControllerDeps } from './instance-controller.ts';
import type { KubeClient } from './kube/create-kube-api.ts';
import type { KubeObject, OwnerReference } from './kube-object.ts';
import { NAMESPACE } from './sidecar-controller.ts';
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
  /** Of the Secret with the certificates. */
  readonly owner: OwnerReference | undefined;
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
const MIN_INTERVAL_MS = 1000;

/** After a failure, the next try: a replica that serves an untrusted certificate is of no use. */
const RETRY_INTERVAL_MS = 2000;
/** How long API servers may take to see that they should trust another CA. */
const TRUST_SETTLE_MS = 2000;

/** Answers admission on every replica, with certificates that all of them share and renew. */
export async function startWebhooks(config: ControllerConfig, deps: WebhookDeps): Promise<Running> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const trust = createTrust(config, deps, signal);
  const certificates = await certificatesOf(config, deps, signal);
  // Before the first answer: what API servers do not trust is as good as no answer.
  const trusted = await trust.attempt(() => trust.publish(certificates));
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
  const keeping = keepTrusted(deps, { server, signal, certificates, trust, trusted }, () =>
    certificatesOf(config, deps, signal),
  );
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
  { client, clock, owner }: WebhookDeps,
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
      owner,
    },
    signal,
  );
}

interface Trust {
  /** Makes the API server trust the CAs of these certificates. */
  publish(certificates: WebhookCertificates): Promise<void>;
  /** Whether it worked; health and the log say so when it did not. */
  attempt(work: () => Promise<void>): Promise<boolean>;
}

function createTrust(config: ControllerConfig, deps: WebhookDeps, signal: AbortSignal): Trust {
  const { client, health: registry, logger } = deps;
  const health = registry.component('webhook');
  return {
    publish: async ({ caBundle }) => {
      const names = config.webhook.configurations;
      const changed = await trustCaBundle(client.api, names, caBundle, signal);
      if (changed.length > 0) logger.info({ changed }, 'webhook configurations trust our CA');
    },
    attempt: async (work) => {
      try {
        await work();
        health.ok();
        return true;
      } catch (error) {
        if (signal.aborted) return false;
        health.recoverable(`webhook certificates not up to date: ${errorText(error)}`);
        logger.warn({ error: errorText(error) }, 'webhook certificates not up to date');
        return false;
      }
    },
  };
}

/**
 * Renews certificates and goes on making the API server trust them. A certificate of a new CA is
 * used only after that CA is trusted: until then the old one, which is in the bundle too, is good.
 */
async function keepTrusted(
  { clock, logger }: WebhookDeps,
  state: {
    readonly server: WebhookServer;
    readonly signal: AbortSignal;
    readonly certificates: WebhookCertificates;
    readonly trust: Trust;
    readonly trusted: boolean;
  },
  renewed: () => Promise<WebhookCertificates>,
): Promise<void> {
  const { server, signal, trust } = state;
  let { certificates, trusted } = state;
  const renew = async (): Promise<void> => {
    // Another replica may have renewed them: the Secret says.
    const next = await renewed();
    await trust.publish(next);
    if (next.server.certificate === certificates.server.certificate) return;
    const otherCa = next.ca.certificate !== certificates.ca.certificate;
    if (otherCa && !(await slept(clock, TRUST_SETTLE_MS, signal))) return;
    server.useCertificate(next.server);
    certificates = next;
    logger.info('new webhook certificate in use');
  };
  const waitMs = (): number => {
    const dueMs = Math.max(msUntilRenewal(certificates, clock.now()), MIN_INTERVAL_MS);
    return Math.min(trusted ? CHECK_INTERVAL_MS : RETRY_INTERVAL_MS, dueMs);
  };
  while (await slept(clock, waitMs(), signal)) trusted = await trust.attempt(renew);
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
