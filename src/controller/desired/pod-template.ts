import { firstBy } from '../api/defaults.ts';
import type { PodBlock } from '../api/pod-schema.ts';
import type { Container } from './container.ts';
import type { Labels } from './labels.ts';
import { withoutEmpty } from './without-empty.ts';

export interface NamedVolume {
  readonly name: string;
  readonly [source: string]: unknown;
}

export interface PodTemplateInput {
  readonly block: PodBlock;
  readonly labels: Labels;
  readonly serviceAccountName: string;
  readonly container: Container;
  /** Volumes of the operator, under the user's. */
  readonly volumes: readonly NamedVolume[];
  /** Port of /metrics, for Prometheus. */
  readonly metricsPort: number;
  /** Changes when a mounted ConfigMap does, so that the pods are replaced. */
  readonly configHash?: string;
  /** Pod-wide security beside what every pod has; a user's fields win. */
  readonly security?: Readonly<Record<string, unknown>>;
  /** Other fields of the pod's spec. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** User and group of the image's process. */
const IMAGE_USER = 65_532;

const POD_SECURITY = {
  runAsNonRoot: true,
  runAsUser: IMAGE_USER,
  runAsGroup: IMAGE_USER,
  fsGroup: IMAGE_USER,
  seccompProfile: { type: 'RuntimeDefault' },
} as const;

/** A pod the restricted Pod Security Standard admits, without a token of the API server. */
export function podTemplate(input: PodTemplateInput): object {
  const { block, labels } = input;
  const annotations = {
    'prometheus.io/scrape': 'true',
    'prometheus.io/port': String(input.metricsPort),
    'linkerd.io/inject': 'disabled',
    'sidecar.istio.io/inject': 'false',
    ...block.annotations,
    ...(input.configHash === undefined ? {} : { 'jaegertracing.io/config-hash': input.configHash }),
  };
  const spec = withoutEmpty({
    serviceAccountName: input.serviceAccountName,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: { ...POD_SECURITY, ...input.security, ...block.securityContext },
    containers: [input.container],
    volumes: firstBy<NamedVolume>(({ name }) => name, block.volumes, input.volumes),
    affinity: block.affinity,
    nodeSelector: block.nodeSelector,
    tolerations: block.tolerations,
    topologySpreadConstraints: block.topologySpreadConstraints,
    priorityClassName: block.priorityClassName,
    imagePullSecrets: block.imagePullSecrets,
    ...input.more,
  });
  return { metadata: { labels: { ...block.labels, ...labels }, annotations }, spec };
}
