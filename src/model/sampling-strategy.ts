/** What a client is told to sample; jaeger.api_v2 SamplingStrategyResponse as a value. */
export interface SamplingStrategy {
  readonly type: 'PROBABILISTIC' | 'RATE_LIMITING';
  /** The probability of a probabilistic strategy. */
  readonly samplingRate?: number | undefined;
  /** The limit of a rate limiting strategy. */
  readonly maxTracesPerSecond?: number | undefined;
  readonly operations?: OperationSampling | undefined;
}

/** Rules for single operations; they outrank the strategy they come with. */
export interface OperationSampling {
  readonly defaultSamplingProbability: number;
  /** A client samples at least so many of each operation, whatever its probability. */
  readonly defaultLowerBoundTracesPerSecond: number;
  readonly perOperation: readonly OperationStrategy[];
}

export interface OperationStrategy {
  readonly operation: string;
  readonly samplingRate: number;
}
