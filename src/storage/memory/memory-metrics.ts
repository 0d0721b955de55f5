import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Evictions, TenantStore } from '../held-spans/tenant-store.ts';

interface Measured {
  readonly stores: ReadonlyMap<string, TenantStore>;
  readonly evictions: Evictions;
  readonly maxBytes: number;
  readonly archive: { retainedBytes(): number };
}

/** Metrics that are read from the stores when they are scraped. Returns how to take them back. */
export function registerMemoryMetrics(
  registry: Registry,
  { stores, evictions, maxBytes, archive }: Measured,
): () => void {
  const names: string[] = [];
  const total = (of: (store: TenantStore) => number): number =>
    [...stores.values()].reduce((sum, store) => sum + of(store), 0);
  const gauge = (name: string, help: string, of: (store: TenantStore) => number): void => {
    names.push(name);
    const metric: Gauge = new Gauge({
      name,
      help,
      registers: [registry],
      collect: () => {
        metric.set(total(of));
      },
    });
  };
  const counter = (name: string, help: string, of: () => number): void => {
    names.push(name);
    const metric: Counter = new Counter({
      name,
      help,
      registers: [registry],
      collect: () => {
        metric.reset();
        metric.inc(of());
      },
    });
  };
  const prefix = 'jaeger_storage_memory';
  gauge(`${prefix}_traces`, 'Traces in memory.', (store) => store.traces.size);
  gauge(`${prefix}_spans`, 'Spans in memory, repeats included.', (store) => store.spanCount);
  gauge(`${prefix}_bytes`, 'Memory held for spans.', (store) => store.retainedBytes());
  gauge(
    `${prefix}_other_spans`,
    'Spans listed as __other__, because there are too many names.',
    (store) => store.names.otherSpans,
  );
  counter(`${prefix}_evicted_traces_total`, 'Traces removed to make room.', () => evictions.traces);
  counter(`${prefix}_evicted_spans_total`, 'Spans removed to make room.', () => evictions.spans);
  const archived: Gauge = new Gauge({
    name: `${prefix}_archive_bytes`,
    help: 'Memory held for archived spans.',
    registers: [registry],
    collect: () => {
      archived.set(archive.retainedBytes());
    },
  });
  const limit = new Gauge({
    name: `${prefix}_bytes_max`,
    help: 'The limit of jaeger_storage_memory_bytes and jaeger_storage_memory_archive_bytes together.',
    registers: [registry],
  });
  limit.set(maxBytes);
  return () => {
    for (const name of [...names, `${prefix}_archive_bytes`, `${prefix}_bytes_max`])
      registry.removeSingleMetric(name);
  };
}
