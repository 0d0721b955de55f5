/**
 * What adaptive sampling knows of the traffic, shared by all collectors of a deployment: each writes
 * what it saw, one of them works out probabilities, all of them hand those out.
 */
export interface SamplingStore {
  /** What one collector saw in one interval. Stamped with the time of the call. */
  insertThroughput(throughput: readonly Throughput[]): Promise<void>;
  /** All that was inserted in [startMs, endMs], in Unix milliseconds, in the order it came. */
  throughput(startMs: number, endMs: number): Promise<readonly Throughput[]>;
  /** Takes the place of what was inserted before. */
  insertProbabilities(calculated: CalculatedProbabilities): Promise<void>;
  /** The last that were inserted, however long ago; undefined when there are none. */
  latestProbabilities(): Promise<CalculatedProbabilities | undefined>;
}

/** Root spans of one operation that were started by a sampler, in one interval. */
export interface Throughput {
  readonly service: string;
  readonly operation: string;
  readonly count: number;
  /** The probabilities they were sampled with, as Jaeger writes them: six decimals. */
  readonly probabilities: readonly string[];
}

/** What the collector that leads worked out last. */
export interface CalculatedProbabilities {
  /** The collector. */
  readonly hostname: string;
  readonly operations: readonly OperationProbability[];
}

export interface OperationProbability {
  readonly service: string;
  readonly operation: string;
  readonly probability: number;
  /** Sampled root spans a second that it follows from. */
  readonly qps: number;
}
