import type { SpanBatch } from '../../wire/span-batch.ts';
import { batchBytes } from '../held-spans/segment.ts';
import { TenantStore } from '../held-spans/tenant-store.ts';
import type { TraceArchive, TraceChunk } from '../storage.ts';

export interface MemoryArchiveOptions {
  /** Of all tenants together. Nothing goes to make room: further traces are refused. */
  readonly maxBytes: number;
  readonly segmentBytes: number;
  /** @throws when the storage is closed */
  readonly requireOpen: () => void;
  readonly read: (
    store: TenantStore | undefined,
    ids: readonly string[],
    signal: AbortSignal,
  ) => AsyncIterable<TraceChunk>;
}

export interface MemoryArchive extends TraceArchive {
  readonly stores: Map<string, TenantStore>;
  retainedBytes(): number;
}

/** Archived traces in memory, until this process ends. */
export function createMemoryArchive(options: MemoryArchiveOptions): MemoryArchive {
  const { maxBytes, segmentBytes } = options;
  const stores = new Map<string, TenantStore>();
  const retainedBytes = (): number =>
    [...stores.values()].reduce((sum, store) => sum + store.retainedBytes(), 0);
  const storeOf = (tenant: string): TenantStore => {
    const known = stores.get(tenant);
    if (known !== undefined) return known;
    const seed = Math.trunc(Math.random() * 2 ** 31);
    const limits = { maxTraces: Infinity, segmentBytes };
    const store = new TenantStore(limits, seed, { traces: 0, spans: 0 });
    stores.set(tenant, store);
    return store;
  };
  const write = (batch: SpanBatch): ReturnType<TraceArchive['writer']['write']> => {
    const { count } = batch.scan;
    const used = retainedBytes();
    if (used + batchBytes(batch) > maxBytes) {
      const message = `the archive uses ${used} of ${maxBytes} bytes, a quarter of memory.max-bytes`;
      const refused = [{ reason: 'too_large' as const, count, message }];
      return Promise.resolve({ accepted: 0, refused, dropped: [] });
    }
    storeOf(batch.tenant).add(batch);
    return Promise.resolve({ accepted: count, refused: [], dropped: [] });
  };
  return {
    stores,
    retainedBytes,
    writer: {
      write: async (batch) => {
        options.requireOpen();
        return write(batch);
      },
    },
    reader: {
      getTraces: (tenant, ids, _window, signal) => options.read(stores.get(tenant), ids, signal),
    },
  };
}
