import { gunzipSync } from 'node:zlib';
import { get as httpGet } from 'node:http';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Storage } from '../../src/storage/storage.ts';
import { aBatch, aSpan, aTrace, spanId, traceId } from '../harness/a-span.ts';
import { openQueryStorage, QUERY_STORAGES } from './query-storages.ts';
import { startTestQuery } from './start-test-query.ts';
import type { TestQuery } from './start-test-query.ts';

const never = new AbortController().signal;

describe.each(QUERY_STORAGES)('over %s storage', (kind) => {
  let storage: Storage;
  let query: TestQuery;

  beforeEach(async () => {
    storage = await openQueryStorage(kind, 50_000_000);
  });

  afterEach(async () => {
    await query.stop();
    await storage.close();
  });

  async function start(flags: Readonly<Record<string, string>> = {}): Promise<void> {
    query = await startTestQuery(storage, flags);
  }

  async function linesOf(path: string): Promise<readonly unknown[]> {
    const { body, status, type } = await query.ask(path);
    expect([status, type]).toEqual([200, 'application/x-ndjson']);
    return body
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
  }

  const PARENT = aSpan({
    ...{ spanId: spanId(1), kind: 'server', durationNano: 5_000_000n },
    attributes: { 'http.route': '/', retries: 2n },
  });
  const CHILD = aSpan({
    ...{
      spanId: spanId(2),
      parentSpanId: spanId(1),
      kind: 'client',
      name: 'ask',
      serviceName: 'cart',
    },
    attributes: { retries: 2n },
    status: { code: 'error', message: '' },
  });

  describe('GET /api/ui/traces/{id}', () => {
    it('answers a trace by columns, line by line', async () => {
      await storage.writer.write(aBatch([PARENT, CHILD]), never);
      await start();
      expect(await linesOf('/api/ui/traces/1')).toEqual([
        { traceID: '0000000000000001' },
        {
          keys: ['http.route', 'retries', 'span.kind', 'error'],
          pairKeys: [0, 1, 2, 2, 3],
          pairLengths: [1, 1, 6, 6, 4],
          pairText: '/2serverclienttrue',
          names: ['GET /', 'ask'],
          processes: [
            { serviceName: 'frontend', tags: [] },
            { serviceName: 'cart', tags: [] },
          ],
          spanIds: spanId(1) + spanId(2),
          parentSpanIds: spanId(0) + spanId(1),
          base: 1_704_067_200_000_000,
          starts: [0, 0],
          durations: [5000, 1000],
          operations: [0, 1],
          processOf: [0, 1],
          tagCounts: [3, 3],
          tags: [0, 1, 2, 1, 3, 4],
          events: [],
          references: [],
          warnings: [],
        },
        { spanCount: 2, warnings: [], error: null },
      ]);
    });

    it.each([
      ['/77', 404],
      ['/x!', 400],
      ['/xyz', 400],
      ['/1?raw=maybe', 400],
      ['/1?start=x', 400],
    ])('fails as the public API does: %s', async (path, status) => {
      await start();
      const own = await query.ask(`/api/ui/traces${path}`);
      expect(own.status).toBe(status);
      expect(own.body).toBe((await query.ask(`/api/traces${path}`)).body);
    });

    it('shows a trace as it is stored when it is asked to', async () => {
      const late = aSpan({ spanId: spanId(3), attributes: { b: 'x', a: 'y' } });
      await storage.writer.write(aBatch([late]), never);
      await start();
      const keysOf = async (path: string): Promise<unknown> => {
        const [, piece] = await linesOf(path);
        return (piece as { keys: string[] }).keys.slice(0, 2);
      };
      expect(await keysOf('/api/ui/traces/1')).toEqual(['a', 'b']);
      expect(await keysOf('/api/ui/traces/1?raw=true')).toEqual(['b', 'a']);
    });

    it('says that a trace was cut to query.max-trace-size', async () => {
      await storage.writer.write(aBatch(aTrace(5)), never);
      await start({ 'query.max-trace-size': '3' });
      const cut = 'trace has more than 3 spans, showing first 3 spans only';
      expect((await linesOf('/api/ui/traces/1')).at(-1)).toEqual({
        ...{ spanCount: 3, warnings: [cut], error: null },
      });
    });

    it('refuses more than query.max-spans, and answers above query.max-response-size', async () => {
      await storage.writer.write(aBatch(aTrace(50)), never);
      await start({ 'query.max-spans': '49' });
      expect((await query.ask('/api/ui/traces/1')).status).toBe(413);
      await query.stop();
      await start({ 'query.max-response-size': '500' });
      expect((await query.ask('/api/ui/traces/1')).status).toBe(413);
    });

    it('tells at its end why it is not whole', async () => {
      await storage.writer.write(aBatch(aTrace(20_000)), never);
      await start({ 'query.max-response-size': '700000' });
      const end = (await linesOf('/api/ui/traces/1')).at(-1);
      expect(end).toMatchObject({ spanCount: 4096 });
      expect(end).toMatchObject({ error: { code: 413 } });
    });

    it('is compressed for who asks', async () => {
      await storage.writer.write(aBatch(aTrace(5000)), never);
      await start();
      const asked = httpGet(`${query.url}/api/ui/traces/1`, {
        headers: { 'accept-encoding': 'gzip' },
      });
      const [response] = (await once(asked, 'response')) as [IncomingMessage];
      const pieces: Buffer[] = [];
      for await (const piece of response) pieces.push(piece as Buffer);
      expect(response.headers['content-encoding']).toBe('gzip');
      const text = gunzipSync(Buffer.concat(pieces)).toString();
      expect(text.endsWith('{"spanCount":5000,"warnings":[],"error":null}\n')).toBe(true);
    });

    it('belongs to one tenant', async () => {
      const batch = { ...aBatch([PARENT]), tenant: 'acme' };
      await storage.writer.write(batch, never);
      await start();
      expect((await query.ask(`/api/ui/traces/${traceId(1)}`)).status).toBe(404);
    });
  });
});
