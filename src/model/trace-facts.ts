/** What says in short which trace it is. */
export interface TraceFacts {
  readonly traceId: string;
  /** Of the root span; '' without one. */
  readonly rootService: string;
  readonly rootOperation: string;
  /** Microseconds since 1970. */
  readonly startUs: number;
  readonly durationUs: number;
  readonly spanCount: number;
  readonly errorCount: number;
}
