// Asks for a sampling strategy as Jaeger's own client does, and prints what it decides by operation.
import { text } from 'node:stream/consumers';
import jaeger from 'jaeger-client';

/** The first question comes after a random part of it. */
const REFRESH_MS = 10;

interface SamplingTask {
  /** host:port */
  readonly endpoint: string;
  readonly service: string;
  readonly operations: readonly string[];
}

const task = JSON.parse(await text(process.stdin)) as SamplingTask;
const updated = Promise.withResolvers<undefined>();
const sampler = new jaeger.RemoteSampler(task.service, {
  hostPort: task.endpoint,
  sampler: new jaeger.ConstSampler(false),
  refreshInterval: REFRESH_MS,
  onSamplerUpdate: () => {
    updated.resolve(undefined);
  },
});
await updated.promise;
const tracer = new jaeger.Tracer(task.service, new jaeger.NoopReporter(), sampler);
const decisions = task.operations.map((operation) => {
  // A client samples one trace a second of an operation whatever its rate.
  tracer.startSpan(operation);
  return [operation, tracer.startSpan(operation).context().isSampled()] as const;
});
process.stdout.write(JSON.stringify(Object.fromEntries(decisions)));
tracer.close(() => undefined);
