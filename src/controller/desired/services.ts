import type { NormalInstance, NormalService } from '../api/defaults.ts';
import type { KubeObject } from '../kube-object.ts';
import { selectorOf } from './labels.ts';
import type { Component } from './labels.ts';
import { namesOf } from './names.ts';
import { objectMeta } from './object-meta.ts';
import { ROLE_PORTS } from './role-ports.ts';
import type { RoleName } from './role-ports.ts';
import { withoutEmpty } from './without-empty.ts';

interface ServiceInput {
  readonly name: string;
  readonly component: Component;
  /** Whose pods it leads to. */
  readonly role: RoleName;
  /** Names of the Service's ports, and the container port each leads to. */
  readonly ports: readonly (readonly [name: string, target: string])[];
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

const QUERY_PORTS = [
  ['http-query', 'query'],
  ['grpc-query', 'grpc-query'],
] as const;

const STORAGE_PORTS = [
  ['grpc-storage', 'grpc-storage'],
  ['admin-http', 'admin-http'],
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
  const collector = instance.spec.collector.service;
  const role = roleFor(instance, 'collector');
  const shared = { component: 'service-collector', role, ports: COLLECTOR_PORTS } as const;
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
      role: roleFor(instance, 'query'),
      ports: QUERY_PORTS,
      headless: false,
      service: instance.spec.query.service,
    }),
  ];
}

/** The one address of the storage-server, and a headless one: a StatefulSet has to have it. */
export function storageServices(instance: NormalInstance): readonly KubeObject[] {
  if (instance.spec.strategy !== 'production') return [];
  const { storageHeadlessService, storageService } = namesOf(instance.name);
  const shared = { component: 'service-storage', role: 'storage', ports: STORAGE_PORTS } as const;
  return [
    service(instance, {
      ...shared,
      name: storageHeadlessService,
      headless: true,
      annotations: { 'prometheus.io/scrape': 'false' },
    }),
    service(instance, { ...shared, name: storageService, headless: false }),
  ];
}

/** The all-in-one is an agent too: clients that report by UDP may send to it. */
export function agentService(instance: NormalInstance): readonly KubeObject[] {
  if (instance.spec.strategy !== 'allInOne') return [];
  return [
    service(instance, {
      name: namesOf(instance.name).agentService,
      component: 'service-agent',
      role: 'all-in-one',
      ports: AGENT_PORTS,
      headless: true,
    }),
  ];
}

/** With strategy allInOne one pod does everything. */
function roleFor({ spec }: NormalInstance, role: RoleName): RoleName {
  return spec.strategy === 'production' ? role : 'all-in-one';
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
      selector: selectorOf(instance, input.role),
      ports: input.ports.map(([portName, target], index) => {
        const served = ROLE_PORTS[input.role].find((candidate) => candidate.name === target);
        return withoutEmpty({
          name: portName,
          port: served?.port,
          targetPort: target,
          protocol: served?.protocol,
          // Of a node, one port can lead to one other only.
          nodePort: index === 0 ? wanted?.nodePort : undefined,
        });
      }),
    },
  };
}
