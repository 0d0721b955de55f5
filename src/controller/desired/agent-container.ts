import type { NormalInstance } from '../api/defaults.ts';
import { firstBy } from '../api/defaults.ts';
import { flattenOptions, optionArguments } from '../api/options.ts';
import { parseHostPort } from '../../runtime/setting.ts';
import type { ClusterFacts } from './cluster-facts.ts';
import { containerSecurity, probes } from './container.ts';
import type { Container, ContainerPort } from './container.ts';
import { namesOf } from './names.ts';
import { withoutEmpty } from './without-empty.ts';

export const AGENT_CONTAINER = 'jaeger-agent';

export type AgentUse =
  | { readonly kind: 'daemonSet' }
  | {
      readonly kind: 'sidecar';
      /** Pairs added to the process tags of every span. */
      readonly tags: Readonly<Record<string, string>>;
    };

interface AgentPort {
  readonly name: string;
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
  readonly flag: string;
}

const AGENT_PORTS: readonly AgentPort[] = [
  {
    name: 'zk-compact-trft',
    port: 5775,
    protocol: 'UDP',
    flag: 'processor.zipkin-compact.server-host-port',
  },
  { name: 'config-rest', port: 5778, protocol: 'TCP', flag: 'http-server.host-port' },
  {
    name: 'jg-compact-trft',
    port: 6831,
    protocol: 'UDP',
    flag: 'processor.jaeger-compact.server-host-port',
  },
  {
    name: 'jg-binary-trft',
    port: 6832,
    protocol: 'UDP',
    flag: 'processor.jaeger-binary.server-host-port',
  },
  { name: 'admin-http', port: 14_271, protocol: 'TCP', flag: 'admin.http.host-port' },
];

const DEFAULT_REQUESTS = { cpu: '10m', memory: '64Mi' };

/** Where an agent sends spans: every pod behind the headless Service, in turn. */
export function collectorAddress(instance: NormalInstance): string {
  const { collectorHeadlessService } = namesOf(instance.name);
  return `dns:///${collectorHeadlessService}.${instance.namespace}.svc:4317`;
}

/** The agent's settings as this instance wants them, the user's over the operator's. */
export function agentOptions(instance: NormalInstance, use: AgentUse): ReadonlyMap<string, string> {
  const options = new Map([
    ['reporter.grpc.host-port', collectorAddress(instance)],
    // Nothing asks for it here, and its usual port may belong to someone else in the pod or node.
    ['health.http.host-port', '127.0.0.1:0'],
  ]);
  const tags = use.kind === 'sidecar' ? tagsText(use.tags) : '';
  if (tags !== '') options.set('agent.tags', tags);
  return new Map([...options, ...flattenOptions(instance.spec.agent.options)]);
}

function tagsText(tags: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1));
  return pairs.map(([key, value]) => `${key}=${value}`).join(',');
}

/** The agent's container, as a sidecar of a workload or as the pod of the DaemonSet. */
export function agentContainer(
  instance: NormalInstance,
  facts: ClusterFacts,
  use: AgentUse,
): Container {
  const { agent } = instance.spec;
  const options = agentOptions(instance, use);
  const security =
    use.kind === 'sidecar' ? agent.sidecarSecurityContext : agent.containerSecurityContext;
  return {
    name: AGENT_CONTAINER,
    image: agent.image ?? facts.image,
    args: ['agent-sidecar', ...optionArguments(options)],
    env: firstBy(({ name }) => name, agent.env, AGENT_ENVIRONMENT),
    ports: agentPorts(options, use),
    ...probes('admin-http', agent.livenessProbe),
    securityContext: containerSecurity(security ?? {}),
    resources: withoutEmpty({
      requests: { ...DEFAULT_REQUESTS, ...agent.resources?.requests },
      limits: agent.resources?.limits,
    }),
    ...withoutEmpty({
      envFrom: agent.envFrom,
      imagePullPolicy: agent.imagePullPolicy,
      volumeMounts: agent.volumeMounts,
    }),
  };
}

const AGENT_ENVIRONMENT: { name: string; value?: string; valueFrom?: Record<string, unknown> }[] = [
  { name: 'JAEGER_LISTEN_HOST', value: '0.0.0.0' },
  { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
  { name: 'HOST_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } },
];

function agentPorts(options: ReadonlyMap<string, string>, use: AgentUse): readonly ContainerPort[] {
  return AGENT_PORTS.map(({ name, port, protocol, flag }) => {
    const containerPort = parseHostPort(options.get(flag) ?? '')?.port ?? port;
    const onNode = use.kind === 'daemonSet' ? { hostPort: containerPort } : {};
    return { name, containerPort, protocol, ...onNode };
  });
}
