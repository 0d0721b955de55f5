import { randomBytes } from 'node:crypto';
import { encodeEmitBatch } from '../wire/jaeger/encode-with-npm-thrift.ts';

export const IMAGE = 'localhost/jaeger-instance-operator:0.1.0';

/** A packet as an old Jaeger client sends it; the pod fills in nothing. */
export function emitBatchPacket(serviceName: string, name: string): Buffer {
  const id = randomBytes(8).readBigUInt64BE();
  const startMicros = BigInt(Date.now()) * 1000n;
  return encodeEmitBatch(
    {
      serviceName,
      spans: [
        {
          traceId: id,
          spanId: id,
          parentSpanId: 0n,
          name,
          flags: 1,
          startMicros,
          durationMicros: 12_345n,
          tags: [{ key: 'cart.items', value: { type: 'long', value: 3n } }],
        },
      ],
    },
    'compact',
  );
}

/** Sends the packet to an agent, over and over: UDP tells nobody what it lost. */
const SEND_BY_UDP = `
  const socket = require('node:dgram').createSocket('udp4');
  const packet = Buffer.from(process.env.PACKET, 'base64');
  setInterval(() => socket.send(packet, 6831, process.env.AGENT_HOST), 500);
`;

/** Where an application finds its agent: beside it in the pod, or on its node. */
const AGENT_HOSTS = {
  pod: { value: 'localhost' },
  node: { valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } },
} as const;

/** An application that reports by UDP to an agent and knows nothing of where traces go. */
export function shopDeployment(packet: Buffer, agent: keyof typeof AGENT_HOSTS): object {
  const container = {
    name: 'shop',
    image: IMAGE,
    command: ['/usr/bin/node', '-e', SEND_BY_UDP],
    env: [
      { name: 'PACKET', value: packet.toString('base64') },
      { name: 'AGENT_HOST', ...AGENT_HOSTS[agent] },
    ],
    resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '128Mi' } },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'shop' },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: 'shop' } },
      template: {
        metadata: { labels: { app: 'shop' } },
        spec: {
          terminationGracePeriodSeconds: 1,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 65532,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          containers: [container],
        },
      },
    },
  };
}

/** A pod that sends one trace over OTLP to a Service of the instance, and ends. */
export function otlpPod(endpoint: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'otlp-client' },
    spec: {
      restartPolicy: 'OnFailure',
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65532,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: 'tracegen',
          image: IMAGE,
          args: ['tracegen', '--traces=1', '--spans=3', '--service=otlp-client'],
          env: [{ name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: endpoint }],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
    },
  };
}
