import type { OperationSampling, SamplingStrategy } from '../model/sampling-strategy.ts';

/** Answers which strategy a service shall use. */
export interface SamplingProvider {
  strategyOf(service: string): Promise<SamplingStrategy>;
  /** Ends reloading. */
  stop(): Promise<void>;
}

/**
 * The JSON clients expect, byte for byte as Jaeger writes it: proto3 JSON with zero values. Clients
 * of before Jaeger 0.9 want the strategy type as a number.
 */
export function renderSamplingStrategy(
  strategy: SamplingStrategy,
  typeAs: 'name' | 'number' = 'name',
): string {
  const { type, samplingRate, maxTracesPerSecond, operations } = strategy;
  return JSON.stringify({
    strategyType: typeAs === 'name' ? type : type === 'PROBABILISTIC' ? 0 : 1,
    probabilisticSampling: samplingRate === undefined ? undefined : { samplingRate },
    rateLimitingSampling: maxTracesPerSecond === undefined ? undefined : { maxTracesPerSecond },
    operationSampling: operations === undefined ? undefined : renderOperations(operations),
  });
}

function renderOperations(operations: OperationSampling): unknown {
  return {
    defaultSamplingProbability: operations.defaultSamplingProbability,
    defaultLowerBoundTracesPerSecond: operations.defaultLowerBoundTracesPerSecond,
    perOperationStrategies: operations.perOperation.map(({ operation, samplingRate }) => ({
      operation,
      probabilisticSampling: { samplingRate },
    })),
    defaultUpperBoundTracesPerSecond: 0,
  };
}
