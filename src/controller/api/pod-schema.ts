import { z } from 'zod';
import {
  annotationMap,
  dnsLabelText,
  flag,
  labelMap,
  openList,
  openObject,
  patternText,
  quantity,
  text,
} from './schema-parts.ts';

/*
 * What an instance may say about its pods. Whoever may write a JaegerInstance gets pods made by the
 * operator, so everything here stays inside what the restricted Pod Security Standard admits: the
 * values beyond it are not in the schema at all, or its types refuse them.
 */

const resources = z
  .strictObject({
    requests: z
      .record(z.string(), quantity)
      .meta({ description: 'What the container is sure to get.' })
      .optional(),
    limits: z
      .record(z.string(), quantity)
      .meta({ description: 'What the container may use at most.' })
      .optional(),
  })
  .meta({ description: 'CPU and memory of each container.' });

const seccompProfile = z
  .strictObject({
    type: z
      .enum(['RuntimeDefault', 'Localhost'])
      .meta({ description: 'Where the profile is from.' }),
    localhostProfile: text('The file of a Localhost profile on the node.'),
  })
  .meta({ description: 'Seccomp profile; Unconfined is refused.' })
  .optional();

const runAsUser = z
  .int()
  .min(1)
  .meta({ description: 'User id the process runs as; root is refused.' })
  .optional();

const runAsNonRoot = z
  .literal(true)
  .meta({ description: 'Always true: pods of the operator never run as root.' })
  .optional();

const groupId = z.int().min(0);

const podSecurityContext = z
  .strictObject({
    runAsNonRoot,
    runAsUser,
    runAsGroup: groupId.meta({ description: 'Group id the process runs as.' }).optional(),
    fsGroup: groupId.meta({ description: 'Group that owns the volumes.' }).optional(),
    fsGroupChangePolicy: z
      .enum(['OnRootMismatch', 'Always'])
      .meta({ description: 'When the ownership of a volume is changed.' })
      .optional(),
    supplementalGroups: z
      .array(groupId)
      .max(32)
      .meta({ description: 'More groups of the process.' })
      .optional(),
    seccompProfile,
  })
  .meta({ description: 'Security settings of the pod, within the restricted standard.' });

export const containerSecurityContext = z
  .strictObject({
    runAsNonRoot,
    runAsUser,
    runAsGroup: groupId.meta({ description: 'Group id the process runs as.' }).optional(),
    readOnlyRootFilesystem: flag('Whether the root file system is read-only; true by default.'),
    allowPrivilegeEscalation: z
      .literal(false)
      .meta({ description: 'Always false: the process cannot gain privileges.' })
      .optional(),
    privileged: z
      .literal(false)
      .meta({ description: 'Always false: no container is privileged.' })
      .optional(),
    capabilities: z
      .strictObject({
        add: z
          .array(z.literal('NET_BIND_SERVICE'))
          .max(1)
          .meta({ description: 'Only NET_BIND_SERVICE can be added.' })
          .optional(),
        drop: z
          .array(z.literal('ALL'))
          .max(1)
          .meta({ description: 'All capabilities are dropped in any case.' })
          .optional(),
      })
      .meta({ description: 'Linux capabilities.' })
      .optional(),
    seccompProfile,
  })
  .meta({ description: 'Security settings of each container, within the restricted standard.' });

const volume = z
  .strictObject({
    name: dnsLabelText.meta({ description: 'Name that volumeMounts refer to.' }),
    configMap: openObject('A ConfigMap of the same namespace.'),
    secret: openObject('A Secret of the same namespace.'),
    emptyDir: openObject('An empty folder that lives as long as the pod.'),
    persistentVolumeClaim: openObject('A PersistentVolumeClaim of the same namespace.'),
    projected: openObject('Several sources in one folder.'),
    downwardAPI: openObject('Facts about the pod as files.'),
    csi: openObject('A volume of a CSI driver.'),
    ephemeral: openObject('A claim that is made and deleted with the pod.'),
    hostPath: openObject('Refused: pods of the operator never see the file system of a node.'),
  })
  .refine((given) => given.hostPath === undefined, {
    path: ['hostPath'],
    message: 'hostPath volumes are refused; use a configMap, secret or persistentVolumeClaim',
  })
  .meta({
    description: 'A volume of the pod.',
    'x-kubernetes-validations': [
      {
        rule: '!has(self.hostPath)',
        message: 'hostPath volumes are refused; use a configMap, secret or persistentVolumeClaim',
      },
    ],
  });

const variableName = patternText(
  /^[-._a-zA-Z][-._a-zA-Z0-9]*$/,
  'letters, digits, -, _ and ., no digit first',
);

const environmentVariable = z
  .strictObject({
    name: variableName.meta({ description: 'Name of the variable.' }),
    value: z.string().meta({ description: 'Its value.' }).optional(),
    valueFrom: openObject('Where its value comes from: secretKeyRef, configMapKeyRef, fieldRef.'),
  })
  .meta({ description: 'A variable.' });

/** Fields that the spec and each component take; the component's win over the spec's. */
export const podBlock = {
  annotations: annotationMap('Annotations of the pods and of the object that makes them.'),
  labels: labelMap('Labels of the pods and of the object that makes them.'),
  resources: resources.optional(),
  affinity: openObject('Affinity, as in a pod.'),
  nodeSelector: labelMap('Labels a node must have.'),
  tolerations: openList('Taints the pods tolerate; component and spec together.', 'A toleration.'),
  topologySpreadConstraints: openList('How the pods spread.', 'A topology spread constraint.'),
  priorityClassName: text('PriorityClass of the pods.'),
  securityContext: podSecurityContext.optional(),
  containerSecurityContext: containerSecurityContext.optional(),
  serviceAccount: text('An existing ServiceAccount to use; none is created then.'),
  volumes: z.array(volume).max(32).meta({ description: 'More volumes of the pods.' }).optional(),
  volumeMounts: openList('Where the volumes appear in the containers.', 'A volume mount.'),
  env: z
    .array(environmentVariable)
    .max(128)
    .meta({ description: 'More environment variables; the component wins by name.' })
    .optional(),
  envFrom: openList('ConfigMaps and Secrets read as variables.', 'A configMapRef or secretRef.'),
  livenessProbe: openObject('Replaces the liveness probe.'),
  imagePullSecrets: openList('Secrets for pulling the images.', 'A name of a Secret.'),
  imagePullPolicy: z
    .enum(['Always', 'IfNotPresent', 'Never'])
    .meta({ description: 'When the node pulls the image.' })
    .optional(),
};

export type PodBlock = z.infer<z.ZodObject<typeof podBlock>>;
export type Volume = z.infer<typeof volume>;
export type EnvironmentVariable = z.infer<typeof environmentVariable>;
