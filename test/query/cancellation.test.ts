import { once } from 'node:events';
import { Client, Metadata, credentials } from '@grpc/grpc-js';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryStorage } from '../../src/storage/memory/memory-storage.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { startTestQuery } from './start-test-query.ts';
import type { TestQuery } from './start-test-query.ts';

let storage: Storage;
let query: TestQuery;
/** What the storage was given; it never answers. */
let started: Promise<AbortSignal>;

beforeEach(async () => {
  storage = createMemoryStorage({ maxTraces: 1, maxBytes: 1000, metrics: new Registry() });
  const { promise, resolve } = Promise.withResolvers<AbortSignal>();
  started = promise;
  // eslint-disable-next-line require-yield -- finds nothing
  const hang = async function* (signal: AbortSignal): AsyncGenerator<never> {
    resolve(signal);
    if (!signal.aborted) await once(signal, 'abort');
    signal.throwIfAborted();
  };
  query = await startTestQuery({
    ...storage,
    reader: {
      ...storage.reader,
      getTraces: (_tenant, _ids, _window, signal) => hang(signal),
      findTraces: (_tenant, _query, signal) => hang(signal),
      findSummaries: (_tenant, _query, signal) => hang(signal),
    },
  });
});

afterEach(async () => {
  await query.stop();
  await storage.close();
});

async function msUntilAborted(leave: () => void): Promise<number> {
  const signal = await started;
  expect(signal.aborted).toBe(false);
  const leftAt = performance.now();
  leave();
  if (!signal.aborted) await once(signal, 'abort');
  return performance.now() - leftAt;
}

const TIMES = 'query.startTimeMin=2024-01-01T00:00:00Z&query.startTimeMax=2024-01-02T00:00:00Z';

describe('a client that leaves', () => {
  it.each([
    '/api/traces?service=a',
    '/api/traces?traceID=1',
    '/api/traces/1',
    '/api/v3/traces/1',
    `/api/v3/traces?${TIMES}`,
    `/api/v3/trace-summaries?${TIMES}`,
    '/api/deep-dependencies?service=a',
    '/api/quality-metrics?service=a',
  ])('is known to the storage within a second: %s', async (path) => {
    const client = new AbortController();
    const asked = fetch(query.url + path, { signal: client.signal });
    asked.catch(() => undefined);
    const ms = await msUntilAborted(() => {
      client.abort();
    });
    expect(ms).toBeLessThan(1000);
    await expect(asked).rejects.toThrow('aborted');
  });

  it('is known to the storage within a second over gRPC', async () => {
    const client = new Client(`127.0.0.1:${query.grpcPort}`, credentials.createInsecure());
    const asIs = (bytes: Buffer): Buffer => bytes;
    // GetTraceRequest{1 trace_id}
    const message = Buffer.concat([Buffer.from([10, 16]), Buffer.alloc(16, 7)]);
    const path = '/jaeger.api_v2.QueryService/GetTrace';
    const call = client.makeServerStreamRequest(path, asIs, asIs, message, new Metadata());
    const failed = once(call, 'error');
    call.resume();
    const ms = await msUntilAborted(() => {
      call.cancel();
    });
    expect(ms).toBeLessThan(1000);
    expect(await failed).toMatchObject([{ code: 1 }]);
    client.close();
  });
});
