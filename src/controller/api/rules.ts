import type { JaegerInstanceSpec } from './spec-schema.ts';

/** A rule over several fields, held twice: by the API server (CEL) and here. */
export interface CrossFieldRule {
  /** Field the error is told about, below `spec`. */
  readonly path: readonly string[];
  readonly message: string;
  /** Common Expression Language; `self` is the spec. */
  readonly cel: string;
  readonly holds: (spec: JaegerInstanceSpec) => boolean;
}

export const CROSS_FIELD_RULES: readonly CrossFieldRule[] = [
  {
    path: ['agent', 'hostNetwork'],
    message: 'true needs spec.agent.strategy: DaemonSet',
    cel: "!has(self.agent) || !has(self.agent.hostNetwork) || !self.agent.hostNetwork || (has(self.agent.strategy) && self.agent.strategy == 'DaemonSet')",
    holds: ({ agent }) => agent?.hostNetwork !== true || agent.strategy === 'DaemonSet',
  },
  {
    path: ['query', 'nodePort'],
    message: 'needs spec.query.serviceType: NodePort or LoadBalancer',
    cel: "!has(self.query) || !has(self.query.nodePort) || (has(self.query.serviceType) && self.query.serviceType != 'ClusterIP')",
    holds: ({ query }) =>
      query?.nodePort === undefined || (query.serviceType ?? 'ClusterIP') !== 'ClusterIP',
  },
  {
    path: ['allInOne', 'strategy', 'rollingUpdate'],
    message: 'has no meaning with spec.allInOne.strategy.type: Recreate',
    cel: "!has(self.allInOne) || !has(self.allInOne.strategy) || !has(self.allInOne.strategy.rollingUpdate) || !has(self.allInOne.strategy.type) || self.allInOne.strategy.type != 'Recreate'",
    holds: ({ allInOne }) =>
      allInOne?.strategy?.rollingUpdate === undefined || allInOne.strategy.type !== 'Recreate',
  },
];
