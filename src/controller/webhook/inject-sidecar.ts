import { jsonFields, jsonObjects, jsonText } from '../../runtime/json-object.ts';
import type { JsonObject } from '../../runtime/json-object.ts';
import type { KubeObject } from '../kube-object.ts';
import { applicationEnvironment } from './application-environment.ts';
import type { PodIdentity } from './application-environment.ts';
import { jsonPointer, setKeys } from './json-patch.ts';
import type { PatchOperation } from './json-patch.ts';

/** The label of a pod that has an agent, with the name of its instance. */
export const INJECTED_LABEL = 'sidecar.jaegertracing.io/injected';
export const AGENT_CONTAINER_NAME = 'jaeger-agent';

/** What tags the agent adds to every span of the pod; the values may use the agent's variables. */
export type AgentTags = Readonly<Record<string, string>>;

export interface SidecarAgent {
  readonly instanceName: string;
  /** Whether kubelets know init containers that stay (Kubernetes 1.29 and later). */
  readonly native: boolean;
  /** The container as the instance wants it for this pod. */
  container(pod: { readonly tags: AgentTags; readonly otlp: boolean }): JsonObject;
  readonly imagePullSecrets: readonly JsonObject[];
  readonly adminPort: number;
  /** What it takes OTLP on, when the application leaves them free. */
  readonly otlpPorts: readonly number[];
}

export type Injection =
  { readonly patch: readonly PatchOperation[] } | { readonly skipped: string };

/**
 * The patch that gives a new pod its agent, or why it gets none. Injecting twice changes nothing.
 * @param namespace of the request: a pod in admission may not carry its own yet
 */
export function injectSidecar(pod: KubeObject, namespace: string, agent: SidecarAgent): Injection {
  const spec = jsonFields(pod['spec']);
  const containers = jsonObjects(spec['containers']);
  const initContainers = jsonObjects(spec['initContainers']);
  const labels = pod.metadata.labels ?? {};
  const skipped = whySkipped(labels, [...containers, ...initContainers]);
  if (skipped !== undefined) return { skipped };
  const otlp = agent.otlpPorts.every((port) => portIsFree(containers, port));
  const container = agent.container({ tags: agentTags(pod, namespace, containers), otlp });
  const placed = portIsFree(containers, agent.adminPort) ? container : withoutProbes(container);
  return {
    patch: [
      ...setKeys(pod.metadata.labels, '/metadata/labels', { [INJECTED_LABEL]: agent.instanceName }),
      ...scrapeAnnotations(pod, agent.adminPort),
      ...addContainer(placed, { initContainers: spec['initContainers'], native: agent.native }),
      ...addEnvironment(containers, { namespace, labels, otlp }),
      ...addPullSecrets(spec, agent.imagePullSecrets),
    ],
  };
}

function whySkipped(
  labels: Readonly<Record<string, string>>,
  containers: readonly JsonObject[],
): string | undefined {
  if (labels['app'] === 'jaeger' && labels['app.kubernetes.io/component'] !== 'query') {
    return 'the pod is part of a tracing deployment';
  }
  return containers.some((container) => container['name'] === AGENT_CONTAINER_NAME)
    ? `the pod has a container ${AGENT_CONTAINER_NAME} already`
    : undefined;
}

function agentTags(
  pod: KubeObject,
  namespace: string,
  containers: readonly JsonObject[],
): AgentTags {
  const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller === true);
  const hash = pod.metadata.labels?.['pod-template-hash'];
  const deployment =
    owner?.kind === 'ReplicaSet' && hash !== undefined && owner.name.endsWith(`-${hash}`)
      ? owner.name.slice(0, -hash.length - 1)
      : undefined;
  const onlyName = containers.length === 1 ? jsonText(containers[0]?.['name']) : undefined;
  return {
    cluster: 'undefined',
    ...(onlyName === undefined ? {} : { 'container.name': onlyName }),
    ...(deployment === undefined ? {} : { 'deployment.name': deployment }),
    'host.ip': '${HOST_IP:}',
    'pod.name': '${POD_NAME:}',
    'pod.namespace': namespace,
  };
}

/** Two processes of a pod cannot listen on one port: the agent then goes without what needs it. */
function portIsFree(containers: readonly JsonObject[], port: number): boolean {
  return !containers.some((container) =>
    jsonObjects(container['ports']).some((entry) => entry['containerPort'] === port),
  );
}

function withoutProbes(container: JsonObject): JsonObject {
  const probes = new Set(['livenessProbe', 'readinessProbe', 'startupProbe']);
  return Object.fromEntries(Object.entries(container).filter(([key]) => !probes.has(key)));
}

function scrapeAnnotations(pod: KubeObject, adminPort: number): readonly PatchOperation[] {
  const present = pod.metadata.annotations ?? {};
  const wanted = { 'prometheus.io/scrape': 'true', 'prometheus.io/port': String(adminPort) };
  const absent = Object.entries(wanted).filter(([key]) => !Object.hasOwn(present, key));
  if (absent.length < Object.keys(wanted).length) return [];
  return setKeys(pod.metadata.annotations, '/metadata/annotations', Object.fromEntries(absent));
}

/**
 * A native sidecar goes before the other init containers, which may send spans too; an ordinary one
 * goes after the application's containers, so that `kubectl logs` still defaults to the application.
 */
function addContainer(
  container: JsonObject,
  { initContainers, native }: { readonly initContainers: unknown; readonly native: boolean },
): readonly PatchOperation[] {
  if (!native) return [{ op: 'add', path: '/spec/containers/-', value: container }];
  const staying = { ...container, restartPolicy: 'Always' };
  return Array.isArray(initContainers)
    ? [{ op: 'add', path: '/spec/initContainers/0', value: staying }]
    : [{ op: 'add', path: '/spec/initContainers', value: [staying] }];
}

function addEnvironment(
  containers: readonly JsonObject[],
  pod: PodIdentity,
): readonly PatchOperation[] {
  return containers.flatMap((container, index): readonly PatchOperation[] => {
    const variables = applicationEnvironment(container, pod);
    if (variables.length === 0) return [];
    const at = jsonPointer('spec', 'containers', index, 'env');
    if (!Array.isArray(container['env'])) return [{ op: 'add', path: at, value: variables }];
    return variables.map((value) => ({ op: 'add', path: `${at}/-`, value }));
  });
}

function addPullSecrets(
  spec: JsonObject,
  secrets: readonly JsonObject[],
): readonly PatchOperation[] {
  const present = new Set(jsonObjects(spec['imagePullSecrets']).map((entry) => entry['name']));
  const absent = secrets.filter((entry) => !present.has(entry['name']));
  if (absent.length === 0) return [];
  const at = '/spec/imagePullSecrets';
  if (!Array.isArray(spec['imagePullSecrets'])) return [{ op: 'add', path: at, value: absent }];
  return absent.map((value) => ({ op: 'add', path: `${at}/-`, value }));
}
