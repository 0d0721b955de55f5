import { status } from '@grpc/grpc-js';
import type { Span } from '../../src/model/span.ts';
import { startGrpcServer } from '../../src/runtime/grpc/grpc-server.ts';
import { GRPC_STATUS, GrpcError } from '../../src/runtime/grpc/grpc-service.ts';
import type { Running } from '../../src/runtime/running.ts';
import { encodeExportResponse } from '../../src/wire/otlp/export-response.ts';
import { decodeSpans } from '../../src/wire/otlp/decode-trace.ts';
import { encodeRpcStatus } from '../../src/wire/protobuf/rpc-status.ts';

/** How a collector answers one request. */
export type Behaviour =
  | { readonly answer: 'ok' }
  | { readonly answer: 'partial'; readonly rejectedSpans: number }
  | { readonly answer: 'refuse'; readonly code: status; readonly retryAfterMs?: number };

export interface FakeCollector extends Running {
  readonly port: number;
  readonly spans: readonly Span[];
  /** Monotonic times of requests. */
  readonly requestTimes: readonly number[];
  /** Resolves when so many spans have been taken. */
  taken(count: number): Promise<void>;
}

/** A real gRPC server; requests beyond `behaviours` are taken. */
export async function startFakeCollector(
  behaviours: readonly Behaviour[] = [],
  { host = '127.0.0.1', port = 0 }: { readonly host?: string; readonly port?: number } = {},
): Promise<FakeCollector> {
  const spans: Span[] = [];
  const requestTimes: number[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const left = [...behaviours];
  const onExport = (message: Uint8Array): Uint8Array => {
    requestTimes.push(performance.now());
    const behaviour = left.shift() ?? { answer: 'ok' };
    if (behaviour.answer === 'refuse') throw refusal(behaviour);
    const batch = decodeSpans(message);
    const rejectedSpans = behaviour.answer === 'partial' ? behaviour.rejectedSpans : 0;
    spans.push(...batch.slice(rejectedSpans));
    for (const { count, resolve } of waiting) if (spans.length >= count) resolve();
    const partial = { rejectedSpans, errorMessage: 'no' };
    return encodeExportResponse(rejectedSpans === 0 ? undefined : partial);
  };
  const running = await startGrpcServer({
    name: 'collector',
    hostPort: { host, port },
    messageBytesMax: 4 * 1024 * 1024,
    methods: [
      {
        kind: 'unary',
        path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
        handle: (message) => Promise.resolve(message).then(onExport),
      },
    ],
    statusOf: (error) => ({ code: GRPC_STATUS.internal, message: String(error) }),
  });
  return {
    ...running,
    port: running.addresses[0]?.port ?? 0,
    spans,
    requestTimes,
    taken: (count) =>
      new Promise((resolve) => {
        if (spans.length >= count) resolve();
        else waiting.push({ count, resolve });
      }),
  };
}

function refusal({ code, retryAfterMs }: Extract<Behaviour, { answer: 'refuse' }>): GrpcError {
  const known = Object.values(GRPC_STATUS).find((one) => String(one) === String(code));
  if (known === undefined) throw new Error(`no status ${code}`);
  const message = status[code];
  if (retryAfterMs === undefined) return new GrpcError({ code: known, message });
  const details = encodeRpcStatus({ code: 14, message: 'later', retryAfterMs });
  return new GrpcError({ code: known, message, details });
}
