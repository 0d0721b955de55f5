import type { ClusterFacts } from '../controller/desired/cluster-facts.ts';
import { desiredObjects } from '../controller/desired/desired-objects.ts';
import { componentOf } from '../controller/desired/labels.ts';
import { ROLE_PORTS } from '../controller/desired/role-ports.ts';
import type { ServedPort } from '../controller/desired/served-port.ts';
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
  /** Folder that takes the place of its volume; undefined when it keeps nothing. */
  readonly dataDir?: string;
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
  /** Folder that takes the place of the instance's volume. */
  readonly dataDir: string;
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
  const workloads = objects
    .filter(({ kind }) => WORKLOADS.includes(kind))
    .map((workload, at) => ({ workload, ports: movedPorts(workload, { ...place, at }) }));
  const addresses = serviceAddresses(objects, workloads);
  return workloads.map((one) => localProcess(one, { objects, addresses, place }));
}

interface LocalWorkload {
  readonly workload: KubeObject;
  readonly ports: readonly MovedPort[];
}

interface Surroundings {
  readonly objects: readonly KubeObject[];
  readonly addresses: readonly Replacement[];
  readonly place: LocalPlace;
}

/** What stands in arguments for a cluster, and what for here. */
type Replacement = readonly [there: string, here: string];

function localProcess(
  { workload, ports }: LocalWorkload,
  { objects, addresses, place }: Surroundings,
): LocalProcess {
  const { pod, container } = podOf(workload);
  const files = mountedFiles(pod, container, { objects, place });
  const volume = volumePath(workload, container);
  const replaced: readonly Replacement[] = [
    ...files.map(({ mounted, path }) => [mounted, path] as const),
    ...(volume === undefined ? [] : [[volume, place.dataDir] as const]),
    ...addresses,
  ];
  const args = textList(container['args']).map((argument) =>
    replaced.reduce((text, [there, here]) => text.replace(there, here), argument),
  );
  return {
    name: workload.metadata.name,
    args: [...args, ...ports.flatMap(({ args: more }) => more)],
    env: plainEnvironment(container),
    ports: ports.map(({ port }) => port),
    files: files.map(({ path, content }) => ({ path, content })),
    ...(volume === undefined ? {} : { dataDir: place.dataDir }),
  };
}

function podOf(workload: KubeObject): {
  readonly labels: JsonObject;
  readonly pod: JsonObject;
  readonly container: JsonObject;
} {
  const template = jsonFields(jsonFields(workload['spec'])['template']);
  const pod = jsonFields(template['spec']);
  const container = jsonObjects(pod['containers'])[0] ?? {};
  return { labels: jsonFields(jsonFields(template['metadata'])['labels']), pod, container };
}

/** Where the container has the volume that its StatefulSet claims. */
function volumePath(workload: KubeObject, container: JsonObject): string | undefined {
  const templates = jsonObjects(jsonFields(workload['spec'])['volumeClaimTemplates']);
  const claimed = templates.map((template) => jsonFields(template['metadata'])['name']);
  const mount = jsonObjects(container['volumeMounts']).find(({ name }) => claimed.includes(name));
  return jsonText(mount?.['mountPath']);
}

/** The roles of an instance call each other by Services; here they are ports of this machine. */
function serviceAddresses(
  objects: readonly KubeObject[],
  workloads: readonly LocalWorkload[],
): readonly Replacement[] {
  return objects
    .filter(({ kind }) => kind === 'Service')
    .flatMap(({ metadata, spec }) => {
      const { selector, ports } = jsonFields(spec);
      const behind = workloads.find(({ workload }) =>
        Object.entries(jsonFields(selector)).every(
          ([label, value]) => podOf(workload).labels[label] === value,
        ),
      );
      return jsonObjects(ports).flatMap((port): readonly Replacement[] => {
        const moved = behind?.ports.find((each) => each.port.name === port['targetPort']);
        const there = `${metadata.name}.${metadata.namespace ?? ''}.svc:${String(port['port'])}`;
        return moved === undefined ? [] : [[there, `127.0.0.1:${moved.port.port}`]];
      });
    });
}

interface MovedPort {
  readonly port: LocalPort;
  /** What tells the process so, when it is not where it would be anyway. */
  readonly args: readonly string[];
}

/** Pods have an address each; processes share one, so the health ports of later ones count up. */
function movedPorts(
  workload: KubeObject,
  { portOffset, at }: { readonly portOffset: number; readonly at: number },
): readonly MovedPort[] {
  const served: readonly ServedPort[] =
    Object.entries(ROLE_PORTS).find(([role]) => role === componentOf(workload))?.[1] ?? [];
  return jsonObjects(podOf(workload).container['ports']).map((port) => {
    const offset = portOffset + (port['name'] === 'health' ? at : 0);
    return movedPort(port, offset, served);
  });
}

function movedPort(
  container: JsonObject,
  offset: number,
  served: readonly ServedPort[],
): MovedPort {
  const port: LocalPort = {
    name: jsonText(container['name']) ?? '',
    port: Number(container['containerPort']) + offset,
    transport: container['protocol'] === 'UDP' ? 'udp' : 'tcp',
  };
  const flag = served.find(({ name }) => name === port.name)?.flag;
  if (offset === 0 || flag === undefined) return { port, args: [] };
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
