import type { NormalInstance, NormalService } from '../api/defaults.ts';
import type { KubeObject } from '../kube-object.ts';
import { ALL_IN_ONE_PORTS } from './all-in-one-ports.ts';
import type { PortName } from './all-in-one-ports.ts';
import { selectorOf } from './labels.ts';
import type { Component } from './labels.ts';
import { namesOf } from './names.ts';
import { objectMeta } from './object-meta.ts';
import { withoutEmpty } from './without-empty.ts';

interface ServiceInput {
  readonly name: string;
  readonly component: Component;
  /** Names of the Service's ports, and the container port each leads to. */
  readonly ports: readonly (readonly [name: string, target: PortName])[];
  readonly headless: boolean;
  readonly service?: NormalService;
  readonly annotations?: Readonly<Record<string, string>>;
}

const COLLECTOR_PORTS = [
  ['http-zipkin', 'zipkin'],
  ['grpc-jaeger', 'grpc'],
  ['http-c-binary-trft', 'c-binary-trft'],
  ['admin-http', 'admin-http'],
  ['grpc-otlp', 'grpc-otlp'],
  ['http-otlp', 'http-otlp'],
] as const;

const AGENT_PORTS = [
  ['zk-compact-trft', 'zk-compact-trft'],
  ['http-config-rest', 'config-rest'],
  ['jg-compact-trft', 'jg-compact-trft'],
  ['jg-binary-trft', 'jg-binary-trft'],
] as const;

/** Where spans go: one address for all pods, and a headless one for clients that balance. */
export function collectorServices(instance: NormalInstance): readonly KubeObject[] {
  const names = namesOf(instance.name);
  const { collector } = instance.spec;
  const shared = { component: 'service-collector', ports: COLLECTOR_PORTS } as const;
  // Both lead to the same pods: one of them is enough for Prometheus to scrape.
  const notTwice = { 'prometheus.io/scrape': 'false', ...collector.annotations };
  return [
    service(instance, {
      ...shared,
      name: names.collectorHeadlessService,
      headless: true,
      annotations: notTwice,
    }),
    service(instance, {
      ...shared,
      name: names.collectorService,
      headless: false,
      service: collector,
    }),
  ];
}

export function queryService(instance: NormalInstance): readonly KubeObject[] {
  return [
    service(instance, {
      name: namesOf(instance.name).queryService,
      component: 'service-query',
      ports: [['http-query', 'query']],
      headless: false,
      service: instance.spec.query,
    }),
  ];
}

/** The all-in-one is an agent too: clients that report by UDP may send to it. */
export function agentService(instance: NormalInstance): readonly KubeObject[] {
  return [
    service(instance, {
      name: namesOf(instance.name).agentService,
      component: 'service-agent',
      ports: AGENT_PORTS,
      headless: true,
    }),
  ];
}

function service(instance: NormalInstance, input: ServiceInput): KubeObject {
  const { name, component, headless, service: wanted } = input;
  const annotations = input.annotations ?? wanted?.annotations;
  const access = headless ? { clusterIP: 'None' } : { type: wanted?.serviceType ?? 'ClusterIP' };
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: objectMeta(instance, { name, component, annotations }),
    spec: {
      ...access,
      selector: selectorOf(instance, 'all-in-one'),
      ports: input.ports.map(([portName, target]) =>
        servicePort(portName, target, wanted?.nodePort),
      ),
    },
  };
}

function servicePort(name: string, target: PortName, nodePort: number | undefined): object {
  const served = ALL_IN_ONE_PORTS.find((candidate) => candidate.name === target);
  return withoutEmpty({
    name,
    port: served?.port,
    targetPort: target,
    protocol: served?.protocol,
    nodePort,
  });
}
