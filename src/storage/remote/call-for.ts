import type { CallContext, GrpcClient } from '../../drivers/grpc-client.ts';
import { TENANT_HEADER } from '../../wire/jaeger-storage/method-paths.ts';

/** What a call for a tenant carries. */
export function callFor(tenant: string, signal = new AbortController().signal): CallContext {
  return tenant === '' ? { signal } : { signal, headers: new Map([[TENANT_HEADER, tenant]]) };
}

/** The same client, whose calls carry this as well. Closing it is its owner's matter. */
export function withHeader(client: GrpcClient, name: string, value: string): GrpcClient {
  const extended = (call: CallContext): CallContext => ({
    ...call,
    headers: new Map([...(call.headers ?? []), [name, value]]),
  });
  return {
    unary: (path, message, call) => client.unary(path, message, extended(call)),
    serverStream: (path, message, call) => client.serverStream(path, message, extended(call)),
    close: () => undefined,
  };
}
