import type { NormalInstance } from '../api/defaults.ts';
import { firstBy } from '../api/defaults.ts';
import { optionArguments } from '../api/options.ts';
import type { EnvironmentVariable, PodBlock } from '../api/pod-schema.ts';
import type { KubeObject } from '../kube-object.ts';
import type { ClusterFacts } from './cluster-facts.ts';
import { configHash } from './config-maps.ts';
import type { MountedFile } from './config-maps.ts';
import { containerSecurity, probes, startupProbe } from './container.ts';
import type { Container } from './container.ts';
import type { DataVolume } from './data-volume.ts';
import { labelsOf, selectorOf } from './labels.ts';
import { memoryEnvironment } from './memory-environment.ts';
import type { MemoryBound } from './memory-environment.ts';
import { objectMeta } from './object-meta.ts';
import { podTemplate } from './pod-template.ts';
import type { NamedVolume } from './pod-template.ts';
import { ROLE_PORTS } from './role-ports.ts';
import type { RoleName } from './role-ports.ts';
import { containerPorts } from './served-port.ts';
import { serviceAccountName } from './service-account-name.ts';
import { withoutEmpty } from './without-empty.ts';

/** What tells the pods of one role of an instance from those of another. */
export interface RolePods {
  readonly role: RoleName;
  /** Of the workload that makes them. */
  readonly name: string;
  readonly containerName: string;
  /** First argument of the program. */
  readonly command: string;
  readonly block: PodBlock & { readonly image?: string | undefined };
  /** Settings by flag, the user's over the operator's; not those that name mounted files. */
  readonly options: ReadonlyMap<string, string>;
  readonly env: readonly EnvironmentVariable[];
  /** What follows from the memory limit of the container. */
  readonly bounds: readonly MemoryBound[];
  readonly requests: Readonly<Record<string, string>>;
  readonly files: readonly MountedFile[];
  /** Of a role that keeps traces in its pod. */
  readonly volume?: DataVolume;
}

/** Metadata and template of a workload. */
export function roleWorkload(
  instance: NormalInstance,
  facts: ClusterFacts,
  pods: RolePods,
): Pick<KubeObject, 'metadata'> & { readonly selector: object; readonly template: object } {
  const { role, name, block, files, volume } = pods;
  const container = roleContainer(facts, pods);
  const admin = container.ports.find((port) => port.name === 'admin-http');
  const { labels, annotations } = block;
  return {
    metadata: objectMeta(instance, { name, component: role, labels, annotations }),
    selector: { matchLabels: selectorOf(instance, role) },
    template: podTemplate({
      block,
      labels: labelsOf(instance, role, name),
      serviceAccountName: serviceAccountName(instance, block),
      container,
      volumes: [...files.map(fileVolume), TEMPORARY_FILES.volume],
      metricsPort: admin?.containerPort ?? 0,
      configHash: configHash(files),
      ...(volume === undefined ? {} : { security: volume.podSecurity, more: volume.podFields }),
    }),
  };
}

/** The one folder a process may write to beside its volume: its root is read-only. */
const TEMPORARY_FILES = {
  volume: { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
  mount: { name: 'tmp', mountPath: '/tmp' },
};

type VolumeMount = Readonly<Record<string, unknown>>;

function roleContainer(facts: ClusterFacts, pods: RolePods): Container {
  const { block, files, volume } = pods;
  const options = new Map(pods.options);
  for (const file of files) options.set(file.flag, `${file.folder}/${file.fileName}`);
  const own = volume === undefined ? [] : [volume.mount];
  const mounts: readonly VolumeMount[] = [...files.map(fileMount), TEMPORARY_FILES.mount, ...own];
  return {
    name: pods.containerName,
    image: block.image ?? facts.image,
    args: [pods.command, ...optionArguments(options)],
    env: firstBy<EnvironmentVariable>(({ name }) => name, block.env, [
      ...pods.env,
      { name: 'JAEGER_LISTEN_HOST', value: '0.0.0.0' },
      ...memoryEnvironment(block.resources?.limits?.['memory'], options, pods.bounds),
    ]),
    ports: containerPorts(ROLE_PORTS[pods.role], options),
    ...probes('admin-http', block.livenessProbe),
    ...startupProbe('admin-http', volume?.startupSeconds),
    securityContext: containerSecurity(block.containerSecurityContext ?? {}),
    resources: withoutEmpty({
      requests: { ...pods.requests, ...block.resources?.requests },
      limits: block.resources?.limits,
    }),
    ...withoutEmpty({
      envFrom: block.envFrom,
      imagePullPolicy: block.imagePullPolicy,
      volumeMounts: firstBy<VolumeMount>((mount) => mount['mountPath'], block.volumeMounts, mounts),
    }),
  };
}

function fileVolume({ volumeName, configMap, key, fileName }: MountedFile): NamedVolume {
  const { name } = configMap.metadata;
  return { name: volumeName, configMap: { name, items: [{ key, path: fileName }] } };
}

function fileMount({ volumeName, folder }: MountedFile): VolumeMount {
  return { name: volumeName, mountPath: folder, readOnly: true };
}
