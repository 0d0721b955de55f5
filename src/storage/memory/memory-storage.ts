import type { Registry } from 'prom-client';
import { systemClock } from '../../runtime/clock.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Accepted, SpanBatch } from '../../wire/span-batch.ts';
import type { DependencyReader, Storage } from '../storage.ts';
import { createMemoryArchive } from './memory-archive.ts';
import { createMemoryLeases } from './memory-leases.ts';
import { createMemoryReader, getTraces } from './memory-reader.ts';
import { registerMemoryMetrics } from './memory-metrics.ts';
import { createMemorySampling } from './memory-sampling.ts';
import { batchBytes } from '../held-spans/segment.ts';
import { serviceLinks } from '../held-spans/service-links.ts';
import { TenantStore } from '../held-spans/tenant-store.ts';
import type { Evictions } from '../held-spans/tenant-store.ts';
import { TimeSlice } from '../held-spans/time-slice.ts';

export interface MemoryStorageOptions {
  /** Of each tenant. */
  readonly maxTraces: number;
  /** Of all tenants together. */
  readonly maxBytes: number;
  readonly metrics: Registry;
  /** By which leases end and throughput grows old. */
  readonly clock?: Clock;
}

const SEGMENT_BYTES_MAX = 4 * 2 ** 20;
const SEGMENT_BYTES_MIN = 64 * 2 ** 10;
/** Segments that a full store has at least: what is evicted at once is one of so many parts. */
const SEGMENTS_WISHED = 64;
/** What archived traces may take of the memory, so that there is always some for others. */
const ARCHIVE_SHARE = 1 / 4;

/** Nothing can be written or read any more. */
export class StorageClosedError extends Error {
  override readonly name = 'StorageClosedError';
}

/**
 * Traces in the memory of this process, gone with it. Writing copies the bytes of a batch and makes
 * no object a span. When it is full the trace that came first leaves, of the tenant that holds most.
 */
export function createMemoryStorage(options: MemoryStorageOptions): Storage {
  const stores = new Map<string, TenantStore>();
  const evictions: Evictions = { traces: 0, spans: 0 };
  const { metrics, maxBytes, clock = systemClock } = options;
  let isClosed = false;
  const requireOpen = (): void => {
    if (isClosed) throw new StorageClosedError('the memory storage is closed');
  };
  const archive = createMemoryArchive({
    ...{ maxBytes: maxBytes * ARCHIVE_SHARE, segmentBytes: segmentBytesFor(maxBytes) },
    ...{ requireOpen, read: getTraces },
  });
  const removeMetrics = registerMemoryMetrics(metrics, { stores, evictions, maxBytes, archive });
  return {
    writer: {
      write: async (batch) => {
        requireOpen();
        const bytesMax = maxBytes - archive.retainedBytes();
        return Promise.resolve(writeBatch({ ...options, stores, evictions, bytesMax }, batch));
      },
    },
    reader: createMemoryReader((tenant) => stores.get(tenant)),
    dependencies: createDependencies(stores),
    archive,
    sampling: createMemorySampling(clock),
    leases: createMemoryLeases(clock),
    check: () =>
      Promise.resolve(
        isClosed
          ? { healthy: false, message: 'the memory storage is closed' }
          : { healthy: true, message: 'traces are kept in memory' },
      ),
    close: () => {
      if (!isClosed) removeMetrics();
      isClosed = true;
      stores.clear();
      archive.stores.clear();
      return Promise.resolve();
    },
  };
}

type Stores = Map<string, TenantStore>;

interface WriteTarget extends MemoryStorageOptions {
  readonly stores: Stores;
  readonly evictions: Evictions;
  /** What the archive leaves of `maxBytes`. */
  readonly bytesMax: number;
}

function writeBatch(target: WriteTarget, batch: SpanBatch): Accepted {
  const { stores, maxBytes, bytesMax, maxTraces, evictions } = target;
  const count = batch.scan.count;
  const size = batchBytes(batch);
  if (size > bytesMax) {
    const message = `${size} bytes of spans are more than memory.max-bytes (${maxBytes})`;
    return { accepted: 0, refused: [{ reason: 'too_large', count, message }], dropped: [] };
  }
  let store = stores.get(batch.tenant);
  if (store === undefined) {
    const segmentBytes = segmentBytesFor(maxBytes);
    const seed = Math.trunc(Math.random() * 2 ** 31);
    store = new TenantStore({ maxTraces, segmentBytes }, seed, evictions);
    stores.set(batch.tenant, store);
  }
  store.add(batch);
  makeRoom(stores, bytesMax);
  return { accepted: count, refused: [], dropped: [] };
}

function segmentBytesFor(maxBytes: number): number {
  const wished = Math.floor(maxBytes / SEGMENTS_WISHED);
  return Math.min(Math.max(wished, SEGMENT_BYTES_MIN), SEGMENT_BYTES_MAX);
}

function makeRoom(stores: Stores, maxBytes: number): void {
  const sizes = new Map([...stores].map(([tenant, store]) => [tenant, store.retainedBytes()]));
  let total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  while (total > maxBytes) {
    const [tenant, size] = [...sizes].reduce((a, b) => (b[1] > a[1] ? b : a));
    const store = stores.get(tenant);
    if (store === undefined || store.traces.size === 0) return;
    store.evictOldest();
    sizes.set(tenant, store.retainedBytes());
    total += store.retainedBytes() - size;
    if (store.traces.size === 0) stores.delete(tenant);
  }
}

function createDependencies(stores: Stores): DependencyReader {
  return {
    links: (tenant, startMs, endMs) => {
      const store = stores.get(tenant);
      if (store === undefined) return Promise.resolve([]);
      return serviceLinks(store, { startMs, endMs }, new TimeSlice());
    },
  };
}
