import { pino } from 'pino';
import { Registry } from 'prom-client';
import { createObjectApplier } from '../../../src/controller/engine/apply-objects.ts';
import type { OwnedKind } from '../../../src/controller/engine/apply-objects.ts';
import { createController } from '../../../src/controller/engine/controller.ts';
import type { Controller, ControllerLimits } from '../../../src/controller/engine/controller.ts';
import { createEngineMetrics } from '../../../src/controller/engine/engine-metrics.ts';
import type { ReflectorTiming } from '../../../src/controller/engine/reflector.ts';
import { createStatusWriter } from '../../../src/controller/engine/status.ts';
import type { KubeApi } from '../../../src/controller/kube/kube-api.ts';
import type { KubeObject, ResourceKind } from '../../../src/controller/kube-object.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { until } from './until.ts';

/** The smallest operator that uses all of the engine: a Widget owns one object of each kind. */
export const WIDGET: ResourceKind = {
  apiVersion: 'tests.jaegertracing.io/v1',
  kind: 'Widget',
  plural: 'widgets',
  namespaced: true,
};
const kind = (apiVersion: string, name: string, plural: string): ResourceKind => ({
  apiVersion,
  kind: name,
  plural,
  namespaced: true,
});
export const CONFIG_MAP = kind('v1', 'ConfigMap', 'configmaps');
export const NAMESPACE = { ...kind('v1', 'Namespace', 'namespaces'), namespaced: false };
export const OWNED: readonly OwnedKind[] = [
  { kind: CONFIG_MAP, recreate: 'delete', prune: true },
  { kind: kind('v1', 'Secret', 'secrets'), recreate: 'delete', prune: true },
  { kind: kind('v1', 'Service', 'services'), recreate: 'delete', prune: true },
  { kind: kind('v1', 'ServiceAccount', 'serviceaccounts'), recreate: 'delete', prune: true },
  { kind: kind('apps/v1', 'Deployment', 'deployments'), recreate: 'delete', prune: true },
];
const WIDGET_CRD: KubeObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.tests.jaegertracing.io' },
  spec: {
    group: 'tests.jaegertracing.io',
    names: { kind: 'Widget', listKind: 'WidgetList', plural: 'widgets', singular: 'widget' },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        },
      },
    ],
  },
};
/** Resolves when the server serves Widgets. */
export async function makeWidgetCrd(api: KubeApi, signal: AbortSignal): Promise<void> {
  const { apiVersion, kind: crd } = WIDGET_CRD;
  const crds = { ...kind(apiVersion, crd, 'customresourcedefinitions'), namespaced: false };
  await api.apply(crds, WIDGET_CRD, { signal });
  await until('the CRD is served', async () => {
    const kinds = await api.discover(WIDGET.apiVersion, signal);
    return kinds.some(({ kind: served }) => served === 'Widget');
  });
}

const LABEL = 'tests.jaegertracing.io/managed-by';

export function aWidget(namespace: string, name: string, spec: object = {}): KubeObject {
  const { apiVersion, kind: widget } = WIDGET;
  return { apiVersion, kind: widget, metadata: { namespace, name }, spec };
}

interface Spec {
  readonly color?: string;
  readonly app?: string;
  readonly only?: readonly string[];
  readonly broken?: boolean;
}

export function desiredOf({ metadata, ...rest }: KubeObject): readonly KubeObject[] {
  const { color = 'blue', app = metadata.name, only } = rest['spec'] as Spec;
  const { namespace = '', name } = metadata;
  const at = { namespace, name: `${name}-x`, labels: { color } };
  const container = {
    name: 'main',
    image: 'localhost/none:1',
    env: [
      { name: 'COLOR', value: color },
      { name: 'EMPTY', value: '' },
    ],
    ports: [{ containerPort: 8080, name: 'http' }],
    resources: { requests: { cpu: '1000m', memory: '1024Mi' } },
  };
  const labels = { app };
  const all: KubeObject[] = [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: at },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: at, data: { color } },
    { apiVersion: 'v1', kind: 'Secret', metadata: at, data: { color: btoa(color) } },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: at,
      spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: at,
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [container] } },
      },
    },
  ];
  return only === undefined ? all : all.filter((object) => only.includes(object.kind));
}

export interface WidgetOperator {
  readonly controller: Controller;
  readonly reconciles: { count: number };
  stop(): Promise<void>;
}

export interface WidgetOperatorOptions {
  /** Reads; writes too unless `writeApi` is given. */
  readonly api: KubeApi;
  readonly writeApi?: KubeApi;
  readonly namespaces: readonly string[];
  readonly limits?: Partial<ControllerLimits>;
  /** Default: soon again. */
  readonly reflectorTiming?: Partial<ReflectorTiming>;
  /** Ends the work; the operator leads until then. */
  readonly leading?: AbortSignal;
}

export function startWidgetOperator(options: WidgetOperatorOptions): WidgetOperator {
  const { api, writeApi = api } = options;
  const shared = {
    clock: systemClock,
    logger: pino({ level: process.env['TEST_LOG'] ?? 'silent' }),
    metrics: createEngineMetrics(new Registry()),
  };
  const reconciles = { count: 0 };
  const controller = createController({
    ...shared,
    name: 'widget',
    api,
    primary: { kind: WIDGET },
    watched: OWNED.map((owned) => ({ kind: owned.kind, labelSelector: `${LABEL}=widgets` })),
    namespaces: options.namespaces,
    reflectorTiming: options.reflectorTiming ?? { retryFirstMs: 50, retryMaxMs: 500 },
    ...(options.limits === undefined ? {} : { limits: options.limits }),
    reconcile: async (key, signal) => {
      reconciles.count++;
      const widget = controller.cache(WIDGET).get(key);
      if (widget === undefined) return {};
      if ((widget['spec'] as Spec).broken === true) {
        await new Promise(() => undefined); // Never comes back and does not look at its signal.
      }
      const applied = await applier.apply(widget, desiredOf(widget), signal);
      if (applied.failures[0] !== undefined) throw applied.failures[0].error;
      const observedGeneration = widget.metadata.generation;
      await writeStatus(widget, { observedGeneration, objects: applied.objects.length }, signal);
      return applied.pending.length > 0 ? { requeueAfterMs: 200 } : {};
    },
  });
  const applier = createObjectApplier({
    ...shared,
    api: writeApi,
    owned: OWNED,
    cache: controller.cache,
    managedBy: { label: LABEL, value: 'widgets' },
    hashAnnotation: 'tests.jaegertracing.io/applied-hash',
  });
  const cache = controller.cache(WIDGET);
  const writeStatus = createStatusWriter({ api: writeApi, kind: WIDGET, cache });
  const stopping = new AbortController();
  const leading = AbortSignal.any([stopping.signal, ...(options.leading ? [options.leading] : [])]);
  const running = Promise.all([controller.watch(stopping.signal), controller.work(leading)]);
  return {
    controller,
    reconciles,
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
