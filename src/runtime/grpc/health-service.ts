import { GRPC_STATUS, GrpcError } from './grpc-service.ts';
import type { GrpcMethod } from './grpc-service.ts';
import { readLengthFields, varintField } from './proto-bytes.ts';

export interface HealthOptions {
  /** Full names of the services here; they share one health. */
  readonly services: readonly string[];
  readonly isHealthy: () => boolean;
  readonly stopping: AbortSignal;
}

const SERVICE = 'grpc.health.v1.Health';
/** HealthCheckResponse { 1 status } */
const SERVING = varintField(1, 1);
const NOT_SERVING = varintField(1, 2);
const SERVICE_UNKNOWN = varintField(1, 3);
/** How soon a watcher hears of a change. */
const WATCH_INTERVAL_MS = 1000;

/**
 * grpc.health.v1: the empty name stands for the whole server.
 * https://github.com/grpc/grpc/blob/master/doc/health-checking.md
 */
export function healthMethods(options: HealthOptions): readonly GrpcMethod[] {
  const { isHealthy, stopping } = options;
  const known = new Set(['', SERVICE, ...options.services]);
  const health = (): Uint8Array => (isHealthy() && !stopping.aborted ? SERVING : NOT_SERVING);
  return [
    {
      kind: 'unary',
      path: `/${SERVICE}/Check`,
      handle: (message) => {
        const service = serviceOf(message);
        if (known.has(service)) return Promise.resolve(health());
        const text = `${JSON.stringify(service)} is no service of this server`;
        return Promise.reject(new GrpcError({ code: GRPC_STATUS.notFound, message: text }));
      },
    },
    {
      kind: 'server-streaming',
      path: `/${SERVICE}/Watch`,
      handle: async function* (message, { signal }) {
        // A service that is not known may come to be, says the protocol: here it never does.
        const isKnown = known.has(serviceOf(message));
        const either = AbortSignal.any([signal, stopping]);
        let told: Uint8Array | undefined;
        while (!signal.aborted) {
          const now = isKnown ? health() : SERVICE_UNKNOWN;
          if (now !== told) yield now;
          told = now;
          if (stopping.aborted) return;
          await pause(either);
        }
      },
    },
  ];
}

/** HealthCheckRequest { 1 service } */
function serviceOf(message: Uint8Array): string {
  const fields = readLengthFields(message);
  if (fields !== undefined) return fields.get(1)?.toString('utf8') ?? '';
  const text = 'the message is no HealthCheckRequest';
  throw new GrpcError({ code: GRPC_STATUS.invalidArgument, message: text });
}

/** Resolves after the interval, or when the signal aborts. */
function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, WATCH_INTERVAL_MS);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}
