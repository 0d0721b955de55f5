import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Storage, TraceReader } from '../../src/storage/storage.ts';
import { aBatch, aTrace } from '../harness/a-span.ts';
import { openQueryStorage, QUERY_STORAGES } from './query-storages.ts';
import { startTestQuery } from './start-test-query.ts';
import type { TestQuery } from './start-test-query.ts';

const never = new AbortController().signal;
const SEARCH = '/api/traces?service=frontend&start=0';

describe.each(QUERY_STORAGES)('over %s storage', (kind) => {
  let storage: Storage;
  let query: TestQuery | undefined;

  beforeEach(async () => {
    storage = await openQueryStorage(kind, 10_000_000);
  });

  afterEach(async () => {
    await query?.stop();
    query = undefined;
    await storage.close();
  });

  /** The storage with a search of its own. */
  function searching(
    findTraces: TraceReader['findTraces'],
  ): Pick<Storage, 'reader' | 'dependencies'> {
    return { ...storage, reader: { ...storage.reader, findTraces } };
  }

  /** A search that ends only when it is told to, and what it was given. */
  function hangingSearch(): {
    readonly findTraces: TraceReader['findTraces'];
    readonly started: Promise<AbortSignal>;
  } {
    const { promise, resolve } = Promise.withResolvers<AbortSignal>();
    return {
      started: promise,
      // eslint-disable-next-line require-yield -- finds nothing
      findTraces: async function* (_tenant, _query, signal) {
        resolve(signal);
        await once(signal, 'abort');
      },
    };
  }

  function jaegerError(code: number, msg: string): string {
    const errors = [{ code, msg }];
    return `${JSON.stringify({ data: null, total: 0, limit: 0, offset: 0, errors })}\n`;
  }

  describe('a request that takes too long', () => {
    it('is answered with 504 at query.timeout and given up by the storage', async () => {
      const { findTraces, started } = hangingSearch();
      query = await startTestQuery(searching(findTraces), { 'query.timeout': '30ms' });
      const answer = await query.ask(SEARCH);
      expect(answer.status).toBe(504);
      expect(answer.body).toBe(
        jaegerError(504, 'the request took longer than query.timeout (30 ms)'),
      );
      expect((await started).aborted).toBe(true);
    });

    it('is answered with 504 even when the storage does not listen', async () => {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      query = await startTestQuery(
        // eslint-disable-next-line require-yield -- finds nothing
        searching(async function* () {
          await promise;
        }),
        { 'query.timeout': '30ms' },
      );
      expect((await query.ask(SEARCH)).status).toBe(504);
      resolve(undefined);
    });

    it('is stopped between the pieces of one trace', async () => {
      await storage.writer.write(aBatch(aTrace(20_000)), never);
      query = await startTestQuery(storage, { 'query.timeout': '15ms' });
      // One of this size is begun at once, unless nothing of it is there before all of it is.
      expect((await query.ask('/api/traces/1?prettyPrint=true')).status).toBe(504);
      const begun = await query.ask('/api/v3/traces/1').then(
        ({ status }) => status,
        () => 'cut off',
      );
      expect([504, 'cut off']).toContain(begun);
    });

    it('leaves room for others while it works on a large trace', async () => {
      await storage.writer.write(aBatch(aTrace(20_000)), never);
      query = await startTestQuery(storage);
      const order: string[] = [];
      const large = query.ask('/api/traces/1').then(() => order.push('large'));
      const small = query.ask('/api/services').then(() => order.push('small'));
      await Promise.all([large, small]);
      expect(order).toEqual(['small', 'large']);
    });
  });

  describe('a client that leaves', () => {
    it('ends the work of the storage, and is counted', async () => {
      const { findTraces, started } = hangingSearch();
      query = await startTestQuery(searching(findTraces));
      const client = new AbortController();
      const asked = fetch(query.url + SEARCH, { signal: client.signal });
      const signal = await started;
      client.abort();
      await expect(asked).rejects.toThrow('aborted');
      if (!signal.aborted) await once(signal, 'abort');
      // Counted a turn after the storage has heard of it.
      await setImmediate();
      expect(await query.metrics.metrics()).toContain(
        'jaeger_query_requests_total{operation="find_traces",result="err"} 1',
      );
    });
  });

  describe('more requests at once than query.max-concurrent-requests', () => {
    it('are refused with 503 until one has ended', async () => {
      const { findTraces, started } = hangingSearch();
      query = await startTestQuery(searching(findTraces), {
        'query.max-concurrent-requests': '1',
        'query.timeout': '500ms',
      });
      const first = query.ask(SEARCH);
      await started;
      const refused = await fetch(`${query.url}/api/services`);
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
      expect(await refused.text()).toBe(
        jaegerError(503, 'too many requests at once (query.max-concurrent-requests)'),
      );
      await first;
      expect((await query.ask('/api/services')).status).toBe(200);
    });
  });

  describe('an answer above query.max-response-size', () => {
    it.each(['/api/traces/1', '/api/traces/1?prettyPrint=true', '/api/v3/traces/1', SEARCH])(
      'is refused with 413: %s',
      async (path) => {
        await storage.writer.write(aBatch(aTrace(10)), never);
        query = await startTestQuery(storage, { 'query.max-response-size': '2000' });
        const { body, status } = await query.ask(path);
        expect(status).toBe(413);
        expect(body).toContain('larger than query.max-response-size (2000 bytes)');
      },
    );
  });

  describe('a body above query.max-request-size', () => {
    it('is refused with 413', async () => {
      query = await startTestQuery(storage, { 'query.max-request-size': '10' });
      const answer = await query.ask('/api/transform', '{"resourceSpans":[]}');
      expect(answer.status).toBe(413);
      expect(answer.body).toContain('larger than query.max-request-size (10 bytes)');
    });
  });

  describe('a trace above query.max-trace-size', () => {
    it('is cut, which its first span and the trace itself say', async () => {
      await storage.writer.write(aBatch(aTrace(5)), never);
      query = await startTestQuery(storage, { 'query.max-trace-size': '3' });
      const { body } = await query.ask('/api/traces/1?raw=true');
      const warning = '"warnings":["trace has more than 3 spans, showing first 3 spans only"]';
      expect(body.match(/"operationName"/g)).toHaveLength(3);
      expect(body.split(warning)).toHaveLength(3);
      expect(body.indexOf(warning)).toBeLessThan(body.indexOf('0000000000000002'));
      const v3 = await query.ask('/api/v3/traces/1');
      expect(v3.body).toContain('trace has more than 3 spans, showing first 3 spans only');
    });
  });

  describe('the metrics', () => {
    it('count requests and their time by operation and result', async () => {
      await storage.writer.write(aBatch(aTrace(1)), never);
      query = await startTestQuery(storage);
      for (const path of ['/api/traces/1', '/api/traces/2', '/api/traces/x', '/api/v3/traces/1']) {
        await query.ask(path);
      }
      await query.ask('/api/services');
      const text = await query.metrics.metrics();
      expect(text.match(/^jaeger_query_requests_total.*$/gm)?.sort()).toEqual([
        'jaeger_query_requests_total{operation="get_services",result="ok"} 1',
        'jaeger_query_requests_total{operation="get_trace",result="err"} 2',
        'jaeger_query_requests_total{operation="get_trace",result="ok"} 2',
      ]);
      expect(text).toContain(
        'jaeger_query_latency_seconds_count{operation="get_trace",result="ok"} 2',
      );
    });

    it('count requests that a limit ended by its setting', async () => {
      await storage.writer.write(aBatch(aTrace(5)), never);
      query = await startTestQuery(storage, {
        'query.max-spans': '4',
        'query.max-traces': '9',
        'query.max-request-size': '10',
      });
      await query.ask('/api/traces/1');
      await query.ask(`${SEARCH}&limit=10`);
      await query.ask('/tempo/api/search?limit=10');
      await query.ask('/api/transform', '{"resourceSpans":[]}');
      await query.ask('/api/traces/x');
      const text = await query.metrics.metrics();
      expect(text.match(/^jaeger_query_limited_total.*$/gm)?.sort()).toEqual([
        'jaeger_query_limited_total{limit="query.max-request-size"} 1',
        'jaeger_query_limited_total{limit="query.max-spans"} 1',
        'jaeger_query_limited_total{limit="query.max-traces"} 2',
      ]);
    });
  });
});
