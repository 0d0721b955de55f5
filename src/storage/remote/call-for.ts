import type { CallContext } from '../../drivers/grpc-client.ts';
import { TENANT_HEADER } from '../../wire/jaeger-storage/method-paths.ts';

/** What a call for a tenant carries. */
export function callFor(tenant: string, signal = new AbortController().signal): CallContext {
  return tenant === '' ? { signal } : { signal, headers: new Map([[TENANT_HEADER, tenant]]) };
}
