import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { createMemoryStorage } from '../../../src/storage/memory/memory-storage.ts';
import type { Storage } from '../../../src/storage/storage.ts';
import type { Span } from '../../../src/model/span.ts';
import { aBatch, aSpan, aTrace, spanId, traceId } from '../../harness/a-span.ts';
import { NEVER_ABORTED, aQuery, findIds, getSpans } from '../../harness/read-traces.ts';

interface Opened {
  readonly storage: Storage;
  readonly write: (spans: readonly Span[], tenant?: string) => Promise<unknown>;
  readonly metric: (name: string) => Promise<number>;
}

function open(limits: { maxTraces?: number; maxBytes?: number } = {}): Opened {
  const metrics = new Registry();
  const storage = createMemoryStorage({ maxTraces: 1000, maxBytes: 2 ** 24, ...limits, metrics });
  return {
    storage,
    write: (spans, tenant = '') => storage.writer.write(aBatch(spans, { tenant }), NEVER_ABORTED),
    metric: async (name) => {
      const metric = await metrics.getSingleMetric(`jaeger_storage_memory_${name}`)?.get();
      return metric?.values[0]?.value ?? NaN;
    },
  };
}

describe('bounds of the memory storage', () => {
  it('evicts the trace that came first, even when it got a span since', async () => {
    const { storage, write, metric } = open({ maxTraces: 2 });
    await write([aSpan({ traceId: traceId(1) }), aSpan({ traceId: traceId(2) })]);
    await write([aSpan({ traceId: traceId(1), spanId: spanId(2) })]);
    await write([aSpan({ traceId: traceId(3) })]);
    expect(await getSpans(storage, traceId(1))).toEqual([]);
    expect(await findIds(storage, aQuery())).toEqual([traceId(2), traceId(3)]);
    expect(await metric('traces')).toBe(2);
    expect(await metric('spans')).toBe(2);
    expect(await metric('evicted_traces_total')).toBe(1);
    expect(await metric('evicted_spans_total')).toBe(2);
  });

  it('keeps the last traces of a batch that has more than there may be', async () => {
    const { storage, write } = open({ maxTraces: 300 });
    const spans = Array.from({ length: 1000 }, (_, index) => aSpan({ traceId: traceId(index) }));
    await write(spans);
    const ids = await findIds(storage, aQuery({ limit: 1000 }));
    expect(ids).toEqual(Array.from({ length: 300 }, (_, index) => traceId(700 + index)));
  });

  it('starts a trace anew when a span comes after it was evicted', async () => {
    const { storage, write } = open({ maxTraces: 1 });
    await write(aTrace(3));
    await write([aSpan({ traceId: traceId(2) })]);
    await write([aSpan({ spanId: spanId(9) })]);
    expect(await getSpans(storage, traceId(1))).toHaveLength(1);
  });

  it('never holds more than its bytes, and forgets the oldest first', async () => {
    const maxBytes = 2 ** 20;
    const { storage, write, metric } = open({ maxTraces: 100_000, maxBytes });
    for (let number = 1; number <= 400; number++) {
      await write(aTrace(10, { traceId: traceId(number), attributes: { text: 'x'.repeat(1000) } }));
      expect(await metric('bytes')).toBeLessThanOrEqual(maxBytes);
    }
    const kept = await metric('traces');
    expect(kept).toBeGreaterThan(50);
    const ids = await findIds(storage, aQuery({ limit: 1000 }));
    expect(ids).toEqual(Array.from({ length: kept }, (_, index) => traceId(401 - kept + index)));
    expect(await metric('evicted_traces_total')).toBe(400 - kept);
  });

  it('takes room from the tenant that holds most', async () => {
    const { storage, write } = open({ maxBytes: 2 ** 20 });
    await write([aSpan()], 'quiet');
    for (let number = 1; number <= 200; number++) {
      await write(
        [aSpan({ traceId: traceId(number), attributes: { text: 'x'.repeat(20_000) } })],
        'loud',
      );
    }
    expect(await getSpans(storage, traceId(1), 'quiet')).toHaveLength(1);
    expect(await getSpans(storage, traceId(1), 'loud')).toEqual([]);
    expect(await getSpans(storage, traceId(200), 'loud')).toHaveLength(1);
  });

  it('refuses a batch that is larger than all of it', async () => {
    const { storage, write } = open({ maxBytes: 2 ** 20 });
    await write([aSpan({ traceId: traceId(2) })]);
    expect(await write(aTrace(2, { attributes: { text: 'x'.repeat(2 ** 20) } }))).toMatchObject({
      accepted: 0,
      refused: [{ reason: 'too_large', count: 2 }],
    });
    expect(await findIds(storage, aQuery())).toEqual([traceId(2)]);
  });

  it('counts nothing as held when every trace has left', async () => {
    const { write, metric } = open({ maxTraces: 1, maxBytes: 2 ** 20 });
    await write(aTrace(100, { attributes: { text: 'x'.repeat(5000) } }));
    await write([aSpan({ traceId: traceId(2) })]);
    await write([aSpan({ traceId: traceId(3) })]);
    expect(await metric('bytes')).toBeLessThan(66_000);
    expect(await metric('spans')).toBe(1);
  });

  it('forgets services and operations with their last span', async () => {
    const { storage, write } = open({ maxTraces: 1 });
    await write([aSpan({ serviceName: 'old' })]);
    await write([aSpan({ serviceName: 'new', traceId: traceId(2) })]);
    expect(await storage.reader.services('')).toEqual(['new']);
    expect(await storage.reader.operations('', 'old')).toEqual([]);
  });

  it('lists names beyond the limit as one, and still finds them', async () => {
    const { storage, write, metric } = open();
    const spans = Array.from({ length: 6000 }, (_, index) =>
      aSpan({ name: `op-${index}`, spanId: spanId(index + 1) }),
    );
    await write(spans);
    const operations = await storage.reader.operations('', 'frontend');
    expect(operations).toHaveLength(5001);
    expect(operations.filter(({ name }) => name === '__other__')).toHaveLength(1);
    expect(await metric('other_spans')).toBe(1000);
    expect(await findIds(storage, aQuery({ operationName: 'op-5999' }))).toEqual([traceId(1)]);
    expect(await findIds(storage, aQuery({ operationName: 'op-6000' }))).toEqual([]);
  });

  it('is unhealthy and refuses writes once it is closed', async () => {
    const { storage, write } = open();
    await storage.close();
    await storage.close();
    expect(await storage.check(NEVER_ABORTED)).toMatchObject({ healthy: false });
    await expect(write([aSpan()])).rejects.toThrow('closed');
  });
});

describe('long scans of the memory storage', () => {
  it('let timers run meanwhile, and end when the signal aborts', async () => {
    const { storage, write } = open({ maxBytes: 2 ** 28 });
    const attributes = { a: 'x', b: 'y', c: 1n };
    const trace = aTrace(20_000, { attributes });
    for (let number = 1; number <= 5; number++) {
      await write(trace.map((span) => ({ ...span, traceId: traceId(number) })));
    }
    const client = new AbortController();
    setImmediate(() => {
      client.abort(new Error('gone'));
    });
    const query = aQuery({ attributes: [{ key: 'a', value: 'no such value' }] });
    const search = storage.reader.findTraces('', query, client.signal)[Symbol.asyncIterator]();
    await expect(search.next()).rejects.toThrow('gone');
  });
});
