import { ALL_IN_ONE_PORTS } from '../controller/desired/all-in-one-ports.ts';
import type { ClusterFacts } from '../controller/desired/cluster-facts.ts';
import { desiredObjects } from '../controller/desired/desired-objects.ts';
import type { JaegerInstance } from '../controller/api/jaeger-instance.ts';
import type { KubeObject } from '../controller/kube-object.ts';
import { jsonFields, jsonObjects, jsonText } from '../runtime/json-object.ts';
import type { JsonObject } from '../runtime/json-object.ts';

/** One container of the instance, as a process of this machine. */
export interface LocalProcess {
  /** Name of the workload: `simplest`. */
  readonly name: string;
  /** Arguments of jaegerctl: the role first. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Ports it will listen on. */
  readonly ports: readonly LocalPort[];
  /** What its ConfigMaps would mount. */
  readonly files: readonly LocalFile[];
}

export interface LocalPort {
  readonly name: string;
  readonly port: number;
  readonly transport: 'tcp' | 'udp';
}

export interface LocalFile {
  readonly path: string;
  readonly content: string;
}

export interface LocalPlace {
  /** Folder for the files of ConfigMaps. */
  readonly stateDir: string;
  /** Added to every port. */
  readonly portOffset: number;
}

const WORKLOADS = ['Deployment', 'StatefulSet'];

/** What there is here of what objects depend on: everything a new cluster has. */
export const LOCAL_FACTS: ClusterFacts = {
  serverVersion: { major: 1, minor: 36 },
  image: 'local',
  defaultIngressClass: undefined,
};

/** A listen address of the cluster's has no meaning on a laptop: there everything stays local. */
const CLUSTER_ONLY = ['JAEGER_LISTEN_HOST'];

/**
 * The processes that do here what the workloads of an instance do in a cluster: the same arguments,
 * environment and files, from the very objects the operator would apply.
 */
export function localProcesses(
  instance: JaegerInstance,
  place: LocalPlace,
): readonly LocalProcess[] {
  const objects = desiredObjects(instance, LOCAL_FACTS);
  return objects
    .filter(({ kind }) => WORKLOADS.includes(kind))
    .map((workload) => localProcess(workload, objects, place));
}

function localProcess(
  workload: KubeObject,
  objects: readonly KubeObject[],
  place: LocalPlace,
): LocalProcess {
  const template = jsonFields(jsonFields(workload['spec'])['template']);
  const pod = jsonFields(template['spec']);
  const container = jsonObjects(pod['containers'])[0] ?? {};
  const files = mountedFiles(pod, container, { objects, place });
  const moved = jsonObjects(container['ports']).map((port) => movedPort(port, place));
  const args = textList(container['args']).map((argument) =>
    files.reduce((text, { mounted, path }) => text.replace(mounted, path), argument),
  );
  return {
    name: workload.metadata.name,
    args: [...args, ...moved.flatMap(({ args: more }) => more)],
    env: plainEnvironment(container),
    ports: moved.map(({ port }) => port),
    files: files.map(({ path, content }) => ({ path, content })),
  };
}

function movedPort(
  container: JsonObject,
  { portOffset }: LocalPlace,
): { readonly port: LocalPort; readonly args: readonly string[] } {
  const number = Number(container['containerPort']);
  const port: LocalPort = {
    name: jsonText(container['name']) ?? '',
    port: number + portOffset,
    transport: container['protocol'] === 'UDP' ? 'udp' : 'tcp',
  };
  const flag = ALL_IN_ONE_PORTS.find(({ name }) => name === port.name)?.flag;
  if (portOffset === 0 || flag === undefined) return { port, args: [] };
  return { port, args: [`--${flag}=:${port.port}`] };
}

interface MountedHere extends LocalFile {
  /** Its path in the container. */
  readonly mounted: string;
}

function mountedFiles(
  pod: JsonObject,
  container: JsonObject,
  { objects, place }: { readonly objects: readonly KubeObject[]; readonly place: LocalPlace },
): readonly MountedHere[] {
  return jsonObjects(container['volumeMounts']).flatMap((mount) => {
    const volume = jsonObjects(pod['volumes']).find((one) => one['name'] === mount['name']);
    const source = jsonFields(volume?.['configMap']);
    const configMap = objects.find(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === source['name'],
    );
    const data = jsonFields(configMap?.['data']);
    return jsonObjects(source['items']).map((item) => {
      const fileName = jsonText(item['path']) ?? '';
      return {
        mounted: `${jsonText(mount['mountPath']) ?? ''}/${fileName}`,
        path: `${place.stateDir}/${configMap?.metadata.name ?? ''}/${fileName}`,
        content: jsonText(data[jsonText(item['key']) ?? '']) ?? '',
      };
    });
  });
}

function plainEnvironment(container: JsonObject): Record<string, string> {
  const pairs = jsonObjects(container['env']).flatMap((variable) => {
    const name = jsonText(variable['name']);
    const value = jsonText(variable['value']);
    const wanted = name !== undefined && value !== undefined && !CLUSTER_ONLY.includes(name);
    return wanted ? [[name, value] as const] : [];
  });
  return Object.fromEntries(pairs);
}

function textList(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
