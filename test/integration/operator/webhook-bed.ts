import { networkInterfaces } from 'node:os';
import { loadAll } from 'js-yaml';
import type { KubeObject } from '../../../src/controller/kube-object.ts';
import { newNamespace, startOperator, until } from './operator-bed.ts';
import type { OperatorBed, TestOperator } from './operator-bed.ts';

export const RELEASE = 'admission';
const CHART = 'charts/jaeger-instance-operator';
const NAME = `${RELEASE}-jaeger-instance-operator`;

/** The operator with its webhooks, called by the API server through the chart's own configurations. */
export interface WebhookBed {
  readonly operator: TestOperator;
  readonly host: string;
  readonly port: number;
  /** Name in the certificate. */
  readonly serverName: string;
  readonly podConfiguration: string;
  stop(): Promise<void>;
}

export async function startWebhookBed(
  bed: OperatorBed,
  flags: Readonly<Record<string, string>> = {},
): Promise<WebhookBed> {
  const home = await newNamespace(bed);
  const { helm, kubectl } = bed.cluster;
  const manifests = loadAll(await helm(['template', RELEASE, CHART, '-n', home]));
  const configurations = (manifests as (KubeObject | null)[]).filter(
    (manifest) => manifest?.kind.endsWith('WebhookConfiguration') === true,
  );
  const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: configurations });
  // Before the operator, as helm installs them: without a CA nobody can be admitted yet.
  await kubectl(['apply', '-f', '-'], { stdin });
  const host = hostAddress();
  const operator = await startOperator({
    kubeconfig: bed.cluster.kubeconfig,
    namespace: home,
    'webhook.enabled': 'true',
    'webhook.host-port': `${host}:0`,
    'webhook.service': `${NAME}-webhook`,
    'webhook.secret': `${NAME}-webhook-certs`,
    'webhook.configurations': `${NAME}-pod,${NAME}-jaegerinstance`,
    ...flags,
  });
  const port = operator.process.addresses.find(({ name }) => name === 'webhook')?.port ?? 0;
  const service = JSON.stringify(serviceAt(home, { host, port }));
  await kubectl(['apply', '-f', '-'], { stdin: service });
  await until('admission works', () =>
    kubectl(['create', '--dry-run=server', '-n', home, '-f', '-'], {
      stdin: '{"apiVersion":"jaegertracing.io/v1","kind":"JaegerInstance","metadata":{"name":"a"}}',
    }).then(
      () => true,
      () => false,
    ),
  );
  return {
    operator,
    host,
    port,
    serverName: `${NAME}-webhook.${home}.svc`,
    podConfiguration: `${NAME}-pod`,
    stop: async () => {
      await kubectl(['delete', '-f', '-'], { stdin });
      await operator.stop();
      await kubectl(['delete', 'namespace', home, '--wait=false']);
    },
  };
}

/** An address of this machine that an EndpointSlice may hold: not loopback. */
function hostAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const found = addresses.find(({ family, internal }) => family === 'IPv4' && !internal);
  if (found === undefined) throw new Error('this machine has no address but loopback');
  return found.address;
}

/** The Service the configurations name, with this process behind it in place of pods. */
function serviceAt(namespace: string, { host, port }: { host: string; port: number }): object {
  const name = `${NAME}-webhook`;
  const labels = { 'kubernetes.io/service-name': name };
  return {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { namespace, name },
        spec: { ports: [{ name: 'webhook', port: 443, targetPort: port }] },
      },
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { namespace, name, labels },
        addressType: 'IPv4',
        endpoints: [{ addresses: [host], conditions: { ready: true } }],
        ports: [{ name: 'webhook', port, protocol: 'TCP' }],
      },
    ],
  };
}
