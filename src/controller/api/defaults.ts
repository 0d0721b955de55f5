import type { EnvironmentVariable, PodBlock, Volume } from './pod-schema.ts';
import type { JaegerInstance } from './jaeger-instance.ts';
import type { JaegerInstanceSpec } from './spec-schema.ts';
import type { StorageType, Strategy } from './status.ts';

type AllInOneBlock = NonNullable<JaegerInstanceSpec['allInOne']>;
type AgentBlock = NonNullable<JaegerInstanceSpec['agent']>;
type IngressBlock = NonNullable<JaegerInstanceSpec['ingress']>;
type CollectorBlock = NonNullable<JaegerInstanceSpec['collector']>;
type QueryBlock = NonNullable<JaegerInstanceSpec['query']>;
type StorageBlock = NonNullable<JaegerInstanceSpec['storage']>;
type EmbeddedBlock = NonNullable<StorageBlock['embedded']>;
type ServiceType = NonNullable<QueryBlock['serviceType']>;

/** An instance with every default filled in: what the desired objects are computed from. */
export interface NormalInstance {
  readonly name: string;
  readonly namespace: string;
  readonly spec: NormalSpec;
}

export interface NormalSpec {
  readonly strategy: Strategy;
  readonly paused: boolean;
  /** Each component's block already has the spec's own block merged in. */
  readonly allInOne: AllInOneBlock;
  readonly agent: AgentBlock & { readonly strategy: 'Sidecar' | 'DaemonSet' };
  readonly collector: CollectorBlock & NormalReplicas;
  readonly query: QueryBlock & NormalReplicas;
  readonly ingress: IngressBlock & {
    readonly enabled: boolean;
    readonly pathType: NonNullable<IngressBlock['pathType']>;
  };
  readonly storage: NormalStorage;
  readonly ui: Readonly<Record<string, unknown>>;
  readonly sampling: Readonly<Record<string, unknown>>;
}

interface NormalReplicas {
  readonly replicas: number;
  readonly service: NormalService;
}

export interface NormalStorage {
  readonly type: StorageType;
  readonly options: Record<string, unknown>;
  /** undefined: as long as the role keeps them by itself. */
  readonly retention: string | undefined;
  readonly embedded: EmbeddedBlock & NormalVolume;
}

export interface NormalVolume {
  readonly size: string;
  /** What there is of it: less than `size` while the volume has not grown to that. */
  readonly usable: string;
  readonly accessModes: readonly string[];
  readonly whenDeleted: 'Retain' | 'Delete';
}

export interface NormalService {
  readonly serviceType: ServiceType;
  readonly nodePort: number | undefined;
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * The requested spec stays as it is: what is filled in lives in memory and shows in `status`.
 * @param usable size of the volume, where it is smaller than the spec says
 */
export function normalize(instance: JaegerInstance, usable?: string): NormalInstance {
  const { spec } = instance;
  const { allInOne = {}, agent = {}, ingress = {} } = spec;
  return {
    name: instance.metadata.name,
    namespace: instance.metadata.namespace ?? 'default',
    spec: {
      strategy: spec.strategy === 'production' ? 'production' : 'allInOne',
      paused: spec.paused ?? false,
      allInOne: { ...allInOne, ...mergeBlocks(allInOne, spec) },
      agent: { ...agent, ...mergeBlocks(agent, spec), strategy: agent.strategy ?? 'Sidecar' },
      collector: normalRole({ ...spec.collector }, spec),
      query: normalRole({ ...spec.query }, spec),
      ingress: {
        ...ingress,
        enabled: ingress.enabled ?? true,
        pathType: ingress.pathType ?? 'Prefix',
      },
      storage: normalStorage({ ...spec.storage }, spec, usable),
      ...normalFiles(spec),
    },
  };
}

function normalFiles({ ui, sampling }: JaegerInstanceSpec): Pick<NormalSpec, 'ui' | 'sampling'> {
  return { ui: ui?.options ?? {}, sampling: sampling?.options ?? {} };
}

/** Also what a change of the spec is compared by: an absent size is this one. */
export const DEFAULT_VOLUME = {
  size: '10Gi',
  accessModes: ['ReadWriteOnce'],
  whenDeleted: 'Retain',
} as const;

/** `badger` is what moves over from Jaeger; inside there is one word for it. */
export function storageType({ storage }: JaegerInstanceSpec): StorageType {
  return (storage?.type ?? 'memory') === 'memory' ? 'memory' : 'embedded';
}

function normalStorage(
  storage: StorageBlock,
  spec: JaegerInstanceSpec,
  usable: string | undefined,
): NormalStorage {
  const { embedded = {} } = storage;
  return {
    type: storageType(spec),
    options: storage.options ?? {},
    retention: storage.retention,
    embedded: {
      ...embedded,
      ...mergeBlocks(embedded, spec),
      size: embedded.size ?? DEFAULT_VOLUME.size,
      usable: usable ?? embedded.size ?? DEFAULT_VOLUME.size,
      accessModes: embedded.accessModes ?? [...DEFAULT_VOLUME.accessModes],
      whenDeleted: embedded.whenDeleted ?? DEFAULT_VOLUME.whenDeleted,
    },
  };
}

/** The Services have the annotations of the component alone, its pods those of the spec too. */
function normalRole<B extends CollectorBlock & Pick<QueryBlock, 'nodePort'>>(
  block: B,
  spec: JaegerInstanceSpec,
): B & NormalReplicas {
  return {
    ...block,
    ...mergeBlocks(block, spec),
    replicas: block.replicas ?? 1,
    service: normalService(block),
  };
}

function normalService(given: {
  serviceType?: ServiceType | undefined;
  nodePort?: number | undefined;
  annotations?: Record<string, string> | undefined;
}): NormalService {
  return {
    serviceType: given.serviceType ?? 'ClusterIP',
    nodePort: given.nodePort,
    annotations: given.annotations ?? {},
  };
}

/**
 * One component's block over the spec's: maps by key, volumes and variables by name, resources by
 * amount, mounts by path; tolerations, pull secrets and sources of variables are joined; of
 * anything else the component's value wins whole.
 */
export function mergeBlocks(component: PodBlock, spec: PodBlock): PodBlock {
  return {
    annotations: { ...spec.annotations, ...component.annotations },
    labels: { ...spec.labels, ...component.labels },
    resources: {
      requests: { ...spec.resources?.requests, ...component.resources?.requests },
      limits: { ...spec.resources?.limits, ...component.resources?.limits },
    },
    affinity: component.affinity ?? spec.affinity,
    nodeSelector: { ...spec.nodeSelector, ...component.nodeSelector },
    tolerations: joined(component.tolerations, spec.tolerations),
    topologySpreadConstraints:
      component.topologySpreadConstraints ?? spec.topologySpreadConstraints,
    priorityClassName: component.priorityClassName ?? spec.priorityClassName,
    securityContext: component.securityContext ?? spec.securityContext,
    containerSecurityContext: component.containerSecurityContext ?? spec.containerSecurityContext,
    serviceAccount: component.serviceAccount ?? spec.serviceAccount,
    volumes: firstByName<Volume>(component.volumes, spec.volumes),
    volumeMounts: firstBy(mountKey, component.volumeMounts, spec.volumeMounts),
    env: firstByName<EnvironmentVariable>(component.env, spec.env),
    envFrom: joined(component.envFrom, spec.envFrom),
    livenessProbe: component.livenessProbe ?? spec.livenessProbe,
    imagePullSecrets: joined(component.imagePullSecrets, spec.imagePullSecrets),
    imagePullPolicy: component.imagePullPolicy ?? spec.imagePullPolicy,
  };
}

function mountKey(mount: Readonly<Record<string, unknown>>): unknown {
  return mount['mountPath'];
}

/** Everything of both lists, without what is said twice. */
function joined<T>(first: readonly T[] = [], second: readonly T[] = []): T[] {
  return firstBy((item) => JSON.stringify(item), first, second);
}

function firstByName<T extends { name: string }>(
  first: readonly T[] | undefined,
  second: readonly T[] | undefined,
): T[] {
  return firstBy((item) => item.name, first, second);
}

/** Both lists, the first's items winning over the second's of the same key. */
export function firstBy<T>(
  keyOf: (item: T) => unknown,
  first: readonly T[] = [],
  second: readonly T[] = [],
): T[] {
  const merged = new Map<unknown, T>();
  for (const item of [...first, ...second]) {
    const key = keyOf(item);
    if (!merged.has(key)) merged.set(key, item);
  }
  return [...merged.values()];
}
