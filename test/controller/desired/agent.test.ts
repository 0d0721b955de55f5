import { describe, expect, it } from 'vitest';
import { normalize } from '../../../src/controller/api/defaults.ts';
import { agentContainer } from '../../../src/controller/desired/agent-container.ts';
import { FACTS, anInstance, desired, labels } from './an-instance.ts';

const ENV = [
  { name: 'JAEGER_LISTEN_HOST', value: '0.0.0.0' },
  { name: 'NODE_OPTIONS', value: '--max-old-space-size-percentage=50 --max-semi-space-size=2' },
  { name: 'MALLOC_ARENA_MAX', value: '1' },
  { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
  { name: 'HOST_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } },
];

describe('the agent', () => {
  it('is no object of an instance whose agents are sidecars', () => {
    expect(() => desired('DaemonSet', 'simplest-agent-daemonset')).toThrow('0 objects');
  });

  it('runs on each node with ports of the node as a DaemonSet', () => {
    const daemonSet = desired('DaemonSet', 'simplest-agent-daemonset', {
      agent: { strategy: 'DaemonSet' },
    });
    expect(daemonSet.metadata.labels).toEqual(labels('agent', 'simplest-agent-daemonset'));
    expect(daemonSet['spec']).toMatchObject({
      selector: {
        matchLabels: {
          'app.kubernetes.io/instance': 'simplest',
          'app.kubernetes.io/component': 'agent',
        },
      },
      template: {
        spec: {
          automountServiceAccountToken: false,
          containers: [
            {
              name: 'jaeger-agent',
              image: 'example.com/jaeger:1',
              args: [
                'agent-sidecar',
                '--health.http.host-port=127.0.0.1:0',
                '--otlp.enabled=false',
                '--reporter.grpc.host-port=dns:///simplest-collector-headless.tracing.svc:4317',
              ],
              env: ENV,
              ports: [
                { name: 'zk-compact-trft', containerPort: 5775, hostPort: 5775, protocol: 'UDP' },
                { name: 'config-rest', containerPort: 5778, hostPort: 5778, protocol: 'TCP' },
                { name: 'jg-compact-trft', containerPort: 6831, hostPort: 6831, protocol: 'UDP' },
                { name: 'jg-binary-trft', containerPort: 6832, hostPort: 6832, protocol: 'UDP' },
                { name: 'admin-http', containerPort: 14271, hostPort: 14271, protocol: 'TCP' },
              ],
              resources: { requests: { cpu: '10m', memory: '64Mi' } },
            },
          ],
        },
      },
    });
  });

  it('serves OTLP on the node when an option says so', () => {
    const daemonSet = desired('DaemonSet', 'simplest-agent-daemonset', {
      agent: { strategy: 'DaemonSet', options: { otlp: { enabled: true } } },
    });
    const text = JSON.stringify(daemonSet['spec']);
    expect(text).toContain('"--otlp.enabled=true"');
    expect(text).toContain(
      '{"name":"grpc-otlp","containerPort":4317,"protocol":"TCP","hostPort":4317}',
    );
  });

  it.each([
    [{ hostNetwork: true }, { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' }],
    [
      { hostNetwork: true, dnsPolicy: 'Default' },
      { hostNetwork: true, dnsPolicy: 'Default' },
    ],
    [{ dnsPolicy: 'ClusterFirst' }, { dnsPolicy: 'ClusterFirst' }],
  ] as const)('takes the network %j', (network, expected) => {
    const daemonSet = desired('DaemonSet', 'simplest-agent-daemonset', {
      agent: { strategy: 'DaemonSet', ...network },
    });
    expect(daemonSet['spec']).toMatchObject({ template: { spec: expected } });
  });

  it('tags spans of its pod as a sidecar and takes no port of the node', () => {
    const instance = normalize(
      anInstance({
        agent: {
          sidecarSecurityContext: { runAsUser: 7 },
          options: { processor: { 'jaeger-compact': { 'server-host-port': ':7831' } } },
        },
      }),
    );
    const use = {
      kind: 'sidecar',
      tags: { 'pod.name': '${POD_NAME:}', cluster: 'x' },
      otlp: true,
    } as const;
    const container = agentContainer(instance, FACTS, use);
    expect(container.args).toEqual([
      'agent-sidecar',
      '--agent.tags=cluster=x,pod.name=${POD_NAME:}',
      '--health.http.host-port=127.0.0.1:0',
      '--processor.jaeger-compact.server-host-port=:7831',
      '--reporter.grpc.host-port=dns:///simplest-collector-headless.tracing.svc:4317',
    ]);
    expect(container.ports).toContainEqual({
      name: 'jg-compact-trft',
      containerPort: 7831,
      protocol: 'UDP',
    });
    expect(container.ports.map(({ name }) => name)).toContain('grpc-otlp');
    expect(container.ports.every((port) => port.hostPort === undefined)).toBe(true);
    expect(container['securityContext']).toMatchObject({ runAsUser: 7, runAsNonRoot: true });
  });
});
