/** What Jaeger and OpenTelemetry call the same three things. */
export interface Terms {
  readonly tags: string;
  readonly process: string;
  readonly logs: string;
}
