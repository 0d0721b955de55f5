declare module 'jaeger-client' {
  export interface Span {
    context(): SpanContext;
    setTag(key: string, value: unknown): this;
    log(fields: Record<string, unknown>, timestampMs?: number): this;
    finish(timestampMs?: number): void;
  }
  export interface SpanContext {
    readonly traceIdStr: string;
    readonly spanIdStr: string;
    isSampled(): boolean;
  }
  export class Tracer {
    constructor(service: string, reporter: Reporter, sampler: Sampler);
    startSpan(
      name: string,
      options?: {
        childOf?: Span | SpanContext;
        references?: readonly Reference[];
        startTime?: number;
        tags?: Record<string, unknown>;
      },
    ): Span;
    extract(format: string, carrier: Record<string, string>): SpanContext;
    close(callback: () => void): void;
  }
  export interface Reference {
    type(): string;
  }
  export function initTracer(config: unknown, options?: unknown): Tracer;

  export interface Sampler {
    close(callback: () => void): void;
  }
  export const ConstSampler: new (decision: boolean) => Sampler;
  export const RemoteSampler: new (
    service: string,
    options: {
      hostPort: string;
      sampler: Sampler;
      refreshInterval: number;
      onSamplerUpdate: () => void;
    },
  ) => Sampler;
  export interface Reporter {
    close(callback: () => void): void;
  }
  export const NoopReporter: new () => Reporter;
  export const opentracing: {
    readonly FORMAT_TEXT_MAP: string;
    childOf(context: SpanContext): Reference;
    followsFrom(context: SpanContext): Reference;
  };
}
