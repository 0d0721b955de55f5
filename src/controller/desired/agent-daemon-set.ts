import type { NormalInstance } from '../api/defaults.ts';
import type { KubeObject } from '../kube-object.ts';
import { agentContainer } from './agent-container.ts';
import type { ClusterFacts } from './cluster-facts.ts';
import { labelsOf, selectorOf } from './labels.ts';
import { namesOf } from './names.ts';
import { objectMeta } from './object-meta.ts';
import { podTemplate } from './pod-template.ts';
import { serviceAccountName } from './service-account-name.ts';
import { withoutEmpty } from './without-empty.ts';

/**
 * One agent on each node, reached by the node's address. It needs ports of the node, so its namespace
 * must admit more than the restricted Pod Security Standard.
 */
export function agentDaemonSet(
  instance: NormalInstance,
  facts: ClusterFacts,
): readonly KubeObject[] {
  const { agent } = instance.spec;
  if (agent.strategy !== 'DaemonSet') return [];
  const name = namesOf(instance.name).agentDaemonSet;
  const labels = labelsOf(instance, 'agent', name);
  const container = agentContainer(instance, facts, { kind: 'daemonSet' });
  const admin = container.ports.find((port) => port.name === 'admin-http');
  const network = agent.hostNetwork === true ? ON_NODE_NETWORK : {};
  const template = podTemplate({
    block: agent,
    labels,
    serviceAccountName: serviceAccountName(instance, agent),
    container,
    volumes: [],
    metricsPort: admin?.containerPort ?? 0,
    more: withoutEmpty({ ...network, ...withoutEmpty({ dnsPolicy: agent.dnsPolicy }) }),
  });
  const metadata = objectMeta(instance, {
    name,
    component: 'agent',
    labels: agent.labels,
    annotations: agent.annotations,
  });
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata,
      spec: { selector: { matchLabels: selectorOf(instance, 'agent') }, template },
    },
  ];
}

const ON_NODE_NETWORK = { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' };
