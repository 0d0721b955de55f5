import { z } from 'zod';
import { containerSecurityContext, podBlock } from './pod-schema.ts';
import {
  annotationMap,
  dnsNameText,
  duration,
  flag,
  hostName,
  intOrString,
  labelMap,
  openObject,
  port,
  text,
  volumeSize,
} from './schema-parts.ts';

const serviceType = z
  .enum(['ClusterIP', 'NodePort', 'LoadBalancer'])
  .meta({ description: 'Type of the Service; ClusterIP by default.' })
  .optional();

const deploymentStrategy = z
  .strictObject({
    type: z
      .enum(['RollingUpdate', 'Recreate'])
      .meta({
        description: 'RollingUpdate starts the new pod first; Recreate stops the old first.',
      })
      .optional(),
    rollingUpdate: z
      .strictObject({ maxSurge: intOrString.optional(), maxUnavailable: intOrString.optional() })
      .meta({ description: 'How many pods may be new or missing at a time.' })
      .optional(),
  })
  .meta({ description: 'How pods are replaced; RollingUpdate by default.' });

const image = text('Image to run instead of the operator’s default.');
const options = openObject(
  'Settings by flag name, nested at the dots or not: {memory: {max-traces: 50000}}.',
);
const config = openObject('Settings as in a config file; flags and options win over them.');

const allInOne = z
  .strictObject({ ...podBlock, image, options, config, strategy: deploymentStrategy.optional() })
  .meta({ description: 'The one pod of strategy allInOne.' });

/** What the pods of a role that strategy production runs apart take. */
const roleBlock = {
  ...podBlock,
  image,
  options,
  config,
  replicas: z
    .int()
    .min(0)
    .max(100)
    .meta({ description: 'Number of pods; 1 by default.' })
    .optional(),
  strategy: deploymentStrategy.optional(),
  serviceType,
};

const collector = z
  .strictObject({
    ...roleBlock,
    annotations: annotationMap('Annotations of the Services, and of the pods.'),
  })
  .meta({
    description: 'What takes spans: its Services, and with strategy production its Deployment.',
  });

const query = z
  .strictObject({
    ...roleBlock,
    nodePort: port('Port on every node; for serviceType NodePort or LoadBalancer.'),
    annotations: annotationMap('Annotations of the Service, and of the pods.'),
  })
  .meta({
    description:
      'The UI and the query API: their Service, and with strategy production their Deployment.',
  });

const agent = z
  .strictObject({
    ...podBlock,
    strategy: z
      .enum(['Sidecar', 'DaemonSet'])
      .meta({
        description: 'Sidecar (default): in pods that ask for it. DaemonSet: one on each node.',
      })
      .optional(),
    image,
    options,
    sidecarSecurityContext: containerSecurityContext
      .meta({ description: 'Security settings of the injected container.' })
      .optional(),
    hostNetwork: flag('Run in the network of the node; only with strategy DaemonSet.'),
    dnsPolicy: z
      .enum(['ClusterFirst', 'ClusterFirstWithHostNet', 'Default'])
      .meta({ description: 'DNS policy; ClusterFirstWithHostNet by default with hostNetwork.' })
      .optional(),
  })
  .meta({ description: 'The agent next to applications that report by UDP.' });

const ingress = z
  .strictObject({
    enabled: flag('Whether an Ingress is made for the UI; true by default.'),
    hosts: z
      .array(hostName)
      .max(32)
      .meta({ description: 'Host names; every host when empty.' })
      .optional(),
    pathType: z
      .enum(['Prefix', 'Exact', 'ImplementationSpecific'])
      .meta({ description: 'How the path matches; Prefix by default.' })
      .optional(),
    tls: z
      .array(
        z
          .strictObject({
            hosts: z
              .array(hostName)
              .max(32)
              .meta({ description: 'Hosts of the certificate.' })
              .optional(),
            secretName: text('Secret with the certificate.'),
          })
          .meta({ description: 'One certificate.' }),
      )
      .max(32)
      .meta({ description: 'Certificates.' })
      .optional(),
    ingressClassName: text('IngressClass; the cluster’s default when absent.'),
    annotations: annotationMap('Annotations of the Ingress.'),
    labels: labelMap('Labels of the Ingress.'),
  })
  .meta({ description: 'Access to the UI from outside. It has no login of its own.' });

const embedded = z
  .strictObject({
    ...podBlock,
    image,
    options: openObject('Settings of the storage-server by flag name.'),
    config,
    size: volumeSize
      .meta({ description: 'Size of the volume; 10Gi by default. It can grow and never shrinks.' })
      .optional(),
    storageClassName: dnsNameText
      .meta({ description: 'StorageClass of the volume; the cluster’s default when absent.' })
      .optional(),
    accessModes: z
      .array(z.enum(['ReadWriteOnce', 'ReadWriteOncePod']))
      .min(1)
      .max(1)
      .meta({ description: 'How the volume may be mounted; [ReadWriteOnce] by default.' })
      .optional(),
    whenDeleted: z
      .enum(['Retain', 'Delete'])
      .meta({
        description:
          'What becomes of the volume, and every trace on it, when the instance is deleted or no ' +
          'longer uses it. Retain (default): it stays, and an instance of the same name takes it up.',
      })
      .optional(),
  })
  .meta({
    description:
      'The volume of storage embedded. The fields of a pod are for the storage-server of strategy ' +
      'production; with allInOne the pod is that of spec.allInOne.',
  });

const storage = z
  .strictObject({
    type: z
      .enum(['memory', 'embedded', 'badger'])
      .meta({
        description:
          'memory (default): traces live in the pod and end with it. embedded: on a volume. ' +
          'badger is another name of embedded.',
      })
      .optional(),
    options: openObject('Settings of the storage by flag name: {memory: {max-traces: 50000}}.'),
    retention: duration
      .meta({ description: 'How long spans are kept, such as 72h (default); with embedded.' })
      .optional(),
    embedded: embedded.optional(),
  })
  .meta({ description: 'Where traces are kept.' });

const ui = z
  .strictObject({ options: openObject('The UI configuration, as Jaeger documents it.') })
  .meta({ description: 'How the UI looks and what it links to.' });

const sampling = z
  .strictObject({ options: openObject('The sampling strategies file, as Jaeger documents it.') })
  .meta({ description: 'Which traces clients are told to sample; all of them by default.' });

export const specSchema = z
  .strictObject({
    strategy: z
      .enum(['allInOne', 'allinone', 'all-in-one', 'production'])
      .meta({
        description:
          'allInOne (default): everything in one pod. production: collector, query and storage apart.',
      })
      .optional(),
    paused: flag('While true the operator changes nothing and only reports.'),
    ...podBlock,
    allInOne: allInOne.optional(),
    collector: collector.optional(),
    query: query.optional(),
    agent: agent.optional(),
    ingress: ingress.optional(),
    storage: storage.optional(),
    ui: ui.optional(),
    sampling: sampling.optional(),
  })
  .meta({ description: 'What is wanted. The operator never writes it.' });

export type JaegerInstanceSpec = z.infer<typeof specSchema>;
