declare module 'jaeger-client' {
  export interface Span {
    context(): SpanContext;
    setTag(key: string, value: unknown): this;
    log(fields: Record<string, unknown>): this;
    finish(): void;
  }
  export interface SpanContext {
    readonly traceIdStr: string;
    readonly spanIdStr: string;
  }
  export interface Tracer {
    startSpan(
      name: string,
      options?: {
        childOf?: Span | SpanContext;
        tags?: Record<string, unknown>;
      },
    ): Span;
    close(callback: () => void): void;
  }
  export function initTracer(config: unknown, options?: unknown): Tracer;
}
