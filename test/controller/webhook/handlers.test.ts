import { describe, expect, it } from 'vitest';
import type { JaegerInstance } from '../../../src/controller/api/jaeger-instance.ts';
import type { KubeObject } from '../../../src/controller/kube-object.ts';
import { parseAdmissionReview } from '../../../src/controller/webhook/admission-review.ts';
import type { AdmissionRequest } from '../../../src/controller/webhook/admission-review.ts';
import {
  defaultInstanceHandler,
  validateInstanceHandler,
} from '../../../src/controller/webhook/instance-handlers.ts';
import { createPodHandler } from '../../../src/controller/webhook/pod-handler.ts';
import type { ClusterView, InjectionOutcome } from '../../../src/controller/webhook/pod-handler.ts';

const instanceObject = (spec?: object): KubeObject => ({
  apiVersion: 'jaegertracing.io/v1',
  kind: 'JaegerInstance',
  metadata: { name: 'simplest', namespace: 'obs' },
  ...(spec && { spec }),
});

const request = (object: KubeObject, rest: Partial<AdmissionRequest> = {}): AdmissionRequest => ({
  uid: 'u',
  operation: 'CREATE',
  namespace: 'obs',
  dryRun: false,
  object,
  ...rest,
});

describe('validateInstanceHandler', () => {
  it('lets a valid instance pass', () => {
    expect(validateInstanceHandler(request(instanceObject({})))).toEqual({
      allowed: true,
      warnings: [],
    });
  });

  it('names the field and what is allowed', () => {
    const verdict = validateInstanceHandler(request(instanceObject({ strategy: 'huge' })));
    expect(verdict).toEqual({
      allowed: false,
      message:
        'spec.strategy: "huge" is not allowed; give allInOne | allinone | all-in-one | production',
    });
  });

  it('warns of a field that has no effect', () => {
    const spec = { ingress: { enabled: false, hosts: ['a.b'] } };
    expect(validateInstanceHandler(request(instanceObject(spec)))).toEqual({
      allowed: true,
      warnings: ['spec.ingress.hosts: has no effect with spec.ingress.enabled: false'],
    });
  });

  it('judges an update by what it takes the place of', () => {
    const sized = (size: string): KubeObject =>
      instanceObject({ storage: { type: 'embedded', embedded: { size } } });
    const review = {
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      request: { uid: 'u', operation: 'UPDATE', object: sized('1Gi'), oldObject: sized('2Gi') },
    };
    expect(validateInstanceHandler(parseAdmissionReview(JSON.stringify(review)))).toMatchObject({
      allowed: false,
      message: expect.stringContaining('a volume cannot shrink') as unknown,
    });
  });

  it('does not hold up an instance that is being deleted, however wrong it is', () => {
    const object = instanceObject({ strategy: 'huge' });
    const metadata = { ...object.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' };
    const update = request({ ...object, metadata }, { operation: 'UPDATE' });
    expect(validateInstanceHandler(update)).toEqual({ allowed: true });
  });
});

describe('defaultInstanceHandler', () => {
  it('writes strategy and storage type where the author left them out', () => {
    expect(defaultInstanceHandler(request(instanceObject()))).toEqual({
      allowed: true,
      patch: [
        { op: 'add', path: '/spec', value: { strategy: 'allInOne', storage: { type: 'memory' } } },
      ],
    });
    expect(defaultInstanceHandler(request(instanceObject({ storage: { options: {} } })))).toEqual({
      allowed: true,
      patch: [
        { op: 'add', path: '/spec/strategy', value: 'allInOne' },
        { op: 'add', path: '/spec/storage/type', value: 'memory' },
      ],
    });
  });

  it('never changes what the author wrote', () => {
    const spec = { strategy: 'all-in-one', storage: { type: 'memory' } };
    expect(defaultInstanceHandler(request(instanceObject(spec)))).toEqual({
      allowed: true,
      patch: [],
    });
  });
});

describe('createPodHandler', () => {
  const instance: JaegerInstance = {
    apiVersion: 'jaegertracing.io/v1',
    kind: 'JaegerInstance',
    metadata: { name: 'simplest', namespace: 'obs' },
    spec: {},
  };
  const view = (rest: Partial<ClusterView> = {}): ClusterView => ({
    instances: () => [instance],
    namespaceAnnotations: () => undefined,
    facts: () => ({
      serverVersion: { major: 1, minor: 36 },
      image: 'img:1',
      defaultIngressClass: undefined,
    }),
    ...rest,
  });
  const pod = (annotations: Record<string, string>): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: '', generateName: 'shop-', annotations },
    spec: { containers: [{ name: 'web' }] },
  });
  const ask = { 'sidecar.jaegertracing.io/inject': 'true' };

  it('injects the agent of the instance, which sends to its collector', () => {
    const reports: InjectionOutcome[] = [];
    const handle = createPodHandler(view(), (outcome) => reports.push(outcome));
    const verdict = handle(request(pod(ask), { namespace: 'shop' }));
    const added = verdict.allowed
      ? verdict.patch?.find(({ path }) => path === '/spec/initContainers')
      : undefined;
    expect(added).toMatchObject({
      value: [
        {
          name: 'jaeger-agent',
          image: 'img:1',
          restartPolicy: 'Always',
          args: expect.arrayContaining([
            'agent-sidecar',
            '--reporter.grpc.host-port=dns:///simplest-collector-headless.obs.svc:4317',
          ]) as string[],
        },
      ],
    });
    expect(reports.map(({ result, message }) => [result, message])).toEqual([
      ['injected', 'agent of obs/simplest'],
    ]);
  });

  it('leaves a pod alone that nobody asked for', () => {
    const handle = createPodHandler(view(), () => undefined);
    expect(handle(request(pod({})))).toEqual({ allowed: true });
  });

  it('follows the namespace', () => {
    const handle = createPodHandler(view({ namespaceAnnotations: () => ask }), () => undefined);
    expect(handle(request(pod({})))).toHaveProperty('patch');
  });

  it('lets a pod start without an agent when no instance fits, and says so', () => {
    const reports: InjectionOutcome[] = [];
    const handle = createPodHandler(view({ instances: () => [] }), (one) => reports.push(one));
    expect(handle(request(pod(ask)))).toEqual({
      allowed: true,
      warnings: [
        'sidecar.jaegertracing.io/inject="true" names no single JaegerInstance; there is no JaegerInstance',
      ],
    });
    expect(reports[0]?.result).toBe('no-instance');
  });

  it('reports nothing for a dry run', () => {
    const reports: InjectionOutcome[] = [];
    const handle = createPodHandler(view(), (outcome) => reports.push(outcome));
    handle(request(pod(ask), { dryRun: true }));
    expect(reports).toEqual([]);
  });
});
