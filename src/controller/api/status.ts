import type { ComponentState } from './component-state.ts';
import { foldConditions } from './conditions.ts';
import type { Condition, ObservedInstance } from './conditions.ts';

/** The one spelling of each strategy inside the operator and in `status`. */
export type Strategy = 'allInOne' | 'production';
export type StorageType = 'memory' | 'embedded';

/** What the operator says about an instance; written to the status subresource only. */
export interface JaegerInstanceStatus {
  readonly observedGeneration: number;
  /** Of the operator that wrote this. */
  readonly version: string;
  readonly strategy: Strategy;
  readonly storage: StorageType;
  readonly endpoints: Endpoints;
  readonly components: readonly ComponentState[];
  /** `ready/desired` of the pods that take spans, and of those that answer queries. */
  readonly collector: string;
  readonly query: string;
  readonly conditions: readonly Condition[];
  /** What is set but has no effect. */
  readonly warnings: readonly string[];
}

/** Where to send spans and where to look, inside the cluster. */
export interface Endpoints {
  readonly query: string;
  readonly queryGrpc: string;
  readonly otlpGrpc: string;
  readonly otlpHttp: string;
  readonly jaegerGrpc: string;
  readonly jaegerThriftHttp: string;
  readonly zipkin: string;
  /** Of strategy allInOne. */
  readonly agentUdp?: string;
}

export interface StatusInput extends ObservedInstance {
  readonly version: string;
  readonly strategy: Strategy;
  readonly storage: StorageType;
  readonly endpoints: Endpoints;
  readonly warnings: readonly string[];
}

export function instanceStatus(
  input: StatusInput,
  previous: JaegerInstanceStatus | undefined,
  now: string,
): JaegerInstanceStatus {
  const { version, strategy, storage, endpoints, components, warnings } = input;
  return {
    observedGeneration: input.generation,
    version,
    strategy,
    storage,
    endpoints,
    components,
    collector: countsOf(components, strategy === 'production' ? 'collector' : 'all-in-one'),
    query: countsOf(components, strategy === 'production' ? 'query' : 'all-in-one'),
    conditions: foldConditions(input, previous?.conditions ?? [], now),
    warnings,
  };
}

function countsOf(components: readonly ComponentState[], component: string): string {
  const serving = components.find((state) => state.component === component);
  return `${serving?.ready ?? 0}/${serving?.desired ?? 1}`;
}
