import type { NormalInstance } from '../api/defaults.ts';
import { firstBy } from '../api/defaults.ts';
import { flattenOptions, optionArguments } from '../api/options.ts';
import type { KubeObject } from '../kube-object.ts';
import { ALL_IN_ONE_PORTS } from './all-in-one-ports.ts';
import type { ClusterFacts } from './cluster-facts.ts';
import { configHash, mountedFiles } from './config-maps.ts';
import type { MountedFile } from './config-maps.ts';
import { containerSecurity, probes, startupProbe } from './container.ts';
import type { Container } from './container.ts';
import { labelsOf, selectorOf } from './labels.ts';
import { memoryEnvironment } from './memory-environment.ts';
import { namesOf } from './names.ts';
import { objectMeta } from './object-meta.ts';
import { podTemplate } from './pod-template.ts';
import type { NamedVolume } from './pod-template.ts';
import { containerPorts } from './served-port.ts';
import { serviceAccountName } from './service-account.ts';
import { withoutEmpty } from './without-empty.ts';

const DEFAULT_REQUESTS = { cpu: '100m', memory: '256Mi' };

/**
 * With memory storage a new pod starts empty. RollingUpdate still serves its users better than
 * Recreate: a change that cannot start leaves the old pod, and every trace in it, running; the
 * price is a moment in which both pods take spans.
 */
const DEFAULT_STRATEGY = {
  type: 'RollingUpdate',
  rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
};

/** The process's options: the component's own over those of the storage. */
export function allInOneOptions({ spec }: NormalInstance): ReadonlyMap<string, string> {
  return new Map([
    ...flattenOptions(spec.storage.options),
    ...flattenOptions(spec.allInOne.options),
  ]);
}

export function allInOneDeployment(
  instance: NormalInstance,
  facts: ClusterFacts,
): readonly KubeObject[] {
  const block = instance.spec.allInOne;
  const name = namesOf(instance.name).allInOne;
  const options = allInOneOptions(instance);
  const files = mountedFiles(instance, options);
  const container = allInOneContainer(instance, facts, files);
  const labels = labelsOf(instance, 'all-in-one', name);
  const admin = container.ports.find((port) => port.name === 'admin-http');
  const template = podTemplate({
    block,
    labels,
    serviceAccountName: serviceAccountName(instance, block),
    container,
    volumes: [...files.map(fileVolume), TEMPORARY_FILES.volume],
    metricsPort: admin?.containerPort ?? 0,
    configHash: configHash(files),
  });
  const metadata = objectMeta(instance, {
    name,
    component: 'all-in-one',
    labels: block.labels,
    annotations: block.annotations,
  });
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas: 1,
        selector: { matchLabels: selectorOf(instance, 'all-in-one') },
        strategy: block.strategy ?? DEFAULT_STRATEGY,
        template,
      },
    },
  ];
}

/** The one folder a process may write to: its root is read-only. */
const TEMPORARY_FILES = {
  volume: { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
  mount: { name: 'tmp', mountPath: '/tmp' },
};

type VolumeMount = Readonly<Record<string, unknown>>;

function allInOneContainer(
  instance: NormalInstance,
  facts: ClusterFacts,
  files: readonly MountedFile[],
): Container {
  const block = instance.spec.allInOne;
  const options = new Map(allInOneOptions(instance));
  for (const file of files) options.set(file.flag, `${file.folder}/${file.fileName}`);
  const mounts = [...files.map(fileMount), TEMPORARY_FILES.mount];
  return {
    name: 'jaeger',
    image: block.image ?? facts.image,
    args: ['all-in-one', ...optionArguments(options)],
    env: firstBy(({ name }) => name, block.env, [
      { name: 'SPAN_STORAGE_TYPE', value: instance.spec.storage.type },
      { name: 'JAEGER_LISTEN_HOST', value: '0.0.0.0' },
      ...memoryEnvironment(block.resources?.limits?.['memory'], options),
    ]),
    ports: containerPorts(ALL_IN_ONE_PORTS, options),
    ...probes('admin-http', block.livenessProbe),
    ...startupProbe('admin-http'),
    securityContext: containerSecurity(block.containerSecurityContext ?? {}),
    resources: withoutEmpty({
      requests: { ...DEFAULT_REQUESTS, ...block.resources?.requests },
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

export function instanceConfigMaps(instance: NormalInstance): readonly KubeObject[] {
  return mountedFiles(instance, allInOneOptions(instance)).map(({ configMap }) => configMap);
}
