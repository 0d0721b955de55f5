import {
  booleanSetting,
  durationSetting,
  hostPortSetting,
  integerSetting,
  listSetting,
  stringSetting,
} from '../runtime/setting.ts';
import type { ConfigOf } from '../runtime/setting.ts';

/** Settings of role `controller`. */
export const controllerSettings = {
  kubeconfig: stringSetting({
    flag: 'kubeconfig',
    default: '',
    description: 'Kubeconfig file; in a pod its service account, else ~/.kube/config when empty.',
  }),
  context: stringSetting({
    flag: 'context',
    env: 'KUBE_CONTEXT',
    default: '',
    description: 'Context of the kubeconfig; its current one when empty.',
  }),
  watchNamespaces: listSetting({
    flag: 'watch-namespaces',
    env: 'WATCH_NAMESPACE',
    default: [],
    description: 'Namespaces to look after; all when empty.',
  }),
  namespace: stringSetting({
    flag: 'namespace',
    env: 'POD_NAMESPACE',
    default: 'default',
    description: 'Namespace of the operator itself: of its lease and its webhook Secret.',
  }),
  identity: stringSetting({
    flag: 'identity',
    env: 'POD_NAME',
    default: '',
    description: 'Name of this replica in the lease, before a random part; host name when empty.',
  }),
  deployment: stringSetting({
    flag: 'deployment',
    default: '',
    description: 'Deployment of the operator; its lease and webhook Secret go when it goes.',
  }),
  image: stringSetting({
    flag: 'image',
    env: 'RELATED_IMAGE_JAEGER',
    default: '',
    description: 'Image of what the operator deploys, unless an instance says otherwise.',
  }),
  workers: integerSetting({
    flag: 'workers',
    default: 4,
    min: 1,
    max: 64,
    description: 'Instances that are reconciled at the same time.',
  }),
  resyncMs: durationSetting({
    flag: 'resync-interval',
    default: 600_000,
    description: 'How often every instance is looked at without a change.',
  }),
  sidecarCheckMs: durationSetting({
    flag: 'sidecar-check-interval',
    default: 60_000,
    description: 'How often annotated workloads are looked at for pods that started without agent.',
  }),
  apiQps: integerSetting({
    flag: 'kube-api-qps',
    // An instance takes about 20 requests; the API server's own priority and fairness does the rest.
    default: 300,
    min: 1,
    description: 'Requests a second to the API server, on average.',
  }),
  apiBurst: integerSetting({
    flag: 'kube-api-burst',
    default: 600,
    min: 1,
    description: 'Requests to the API server that may go out at once.',
  }),
  leaderElect: booleanSetting({
    flag: 'leader-elect',
    default: false,
    description: 'Wait for the lease before doing anything; needed with several replicas.',
  }),
  leaseName: stringSetting({
    flag: 'leader-election.lease-name',
    default: 'jaeger-instance-operator',
    description: 'Name of the lease.',
  }),
  webhook: {
    enabled: booleanSetting({
      flag: 'webhook.enabled',
      default: false,
      description: 'Serve the admission webhooks.',
    }),
    hostPort: hostPortSetting({
      flag: 'webhook.host-port',
      default: ':9443',
      description: 'Address of the admission webhooks.',
    }),
    service: stringSetting({
      flag: 'webhook.service',
      default: 'jaeger-instance-operator-webhook',
      description: 'Service in front of the webhooks; its name is in their certificate.',
    }),
    secret: stringSetting({
      flag: 'webhook.secret',
      default: 'jaeger-instance-operator-webhook-certs',
      description: 'Secret that the replicas share their certificates in.',
    }),
    configurations: listSetting({
      flag: 'webhook.configurations',
      default: [],
      description: 'Webhook configurations that are given the CA of these certificates.',
    }),
    caLifetimeMs: durationSetting({
      flag: 'webhook.ca-lifetime',
      default: 5 * 365 * 86_400_000,
      description: 'Life of the CA; renewed after two thirds of it.',
    }),
    certificateLifetimeMs: durationSetting({
      flag: 'webhook.certificate-lifetime',
      default: 90 * 86_400_000,
      description: 'Life of the server certificate; renewed after two thirds of it.',
    }),
  },
};

export type ControllerConfig = ConfigOf<typeof controllerSettings>;
