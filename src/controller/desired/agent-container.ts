import { agentSidecarSettings } from '../../agent-sidecar/config.ts';
import { collectorSettings } from '../../collector/config.ts';
import type { NormalInstance } from '../api/defaults.ts';
import { firstBy } from '../api/defaults.ts';
import { flattenOptions, optionArguments } from '../api/options.ts';
import { processSettings } from '../../runtime/process-settings.ts';
import type { ClusterFacts } from './cluster-facts.ts';
import { containerSecurity, probes } from './container.ts';
import type { Container, ContainerPort } from './container.ts';
import { namesOf } from './names.ts';
import { containerPorts, servedPort } from './served-port.ts';
import { withoutEmpty } from './without-empty.ts';

export const AGENT_CONTAINER = 'jaeger-agent';

export type AgentUse =
  | { readonly kind: 'daemonSet' }
  | {
      readonly kind: 'sidecar';
      /** Pairs added to the process tags of every span. */
      readonly tags: Readonly<Record<string, string>>;
      /** Whether the pod leaves OTLP's ports to the agent. */
      readonly otlp: boolean;
    };

const { udp, http, otlp, admin, reporter, tags } = agentSidecarSettings;

const AGENT_PORTS = [
  servedPort('zk-compact-trft', 'UDP', udp.zipkinCompact.hostPort),
  servedPort('config-rest', 'TCP', http.hostPort),
  servedPort('jg-compact-trft', 'UDP', udp.compact.hostPort),
  servedPort('jg-binary-trft', 'UDP', udp.binary.hostPort),
  servedPort('admin-http', 'TCP', admin),
];

const OTLP_PORTS = [
  servedPort('grpc-otlp', 'TCP', otlp.grpcHostPort),
  servedPort('http-otlp', 'TCP', otlp.httpHostPort),
];

const DEFAULT_REQUESTS = { cpu: '10m', memory: '64Mi' };

/** Where an agent sends spans: every pod behind the headless Service, in turn. */
export function collectorAddress(instance: NormalInstance): string {
  const { collectorHeadlessService } = namesOf(instance.name);
  const { port } = collectorSettings.otlp.grpc.hostPort.default;
  return `dns:///${collectorHeadlessService}.${instance.namespace}.svc:${port}`;
}

/** The agent's settings as this instance wants them, the user's over the operator's. */
export function agentOptions(instance: NormalInstance, use: AgentUse): ReadonlyMap<string, string> {
  const options = new Map([
    [reporter.hostPort.flag, collectorAddress(instance)],
    // Nothing asks for it here, and its usual port may belong to someone else in the pod or node.
    [processSettings.healthHostPort.flag, '127.0.0.1:0'],
  ]);
  // OTLP's ports of a node are often taken by a collector; a user's option turns it on.
  if (use.kind === 'daemonSet' || !use.otlp) options.set(otlp.enabled.flag, 'false');
  if (use.kind === 'sidecar' && Object.keys(use.tags).length > 0) {
    options.set(tags.flag, tagsText(use.tags));
  }
  return new Map([...options, ...flattenOptions(instance.spec.agent.options)]);
}

/** The TCP ports a sidecar would take for OTLP. */
export const SIDECAR_OTLP_PORTS: readonly number[] = OTLP_PORTS.map(({ port }) => port);

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
  // As the image has it, and little room for short-lived objects: packets need no more, and the agent
  // stays below 128 MiB in a flood.
  { name: 'NODE_OPTIONS', value: '--max-old-space-size-percentage=50 --max-semi-space-size=2' },
  // Else each thread of V8 has memory of its own to allocate from, and keeps 10 MB in all.
  { name: 'MALLOC_ARENA_MAX', value: '1' },
  { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
  { name: 'HOST_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } },
];

function agentPorts(options: ReadonlyMap<string, string>, use: AgentUse): readonly ContainerPort[] {
  const served = options.get(otlp.enabled.flag) === 'false' ? [] : OTLP_PORTS;
  const ports = containerPorts([...AGENT_PORTS, ...served], options);
  if (use.kind === 'sidecar') return ports;
  return ports.map((port) => ({ ...port, hostPort: port.containerPort }));
}
