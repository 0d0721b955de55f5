import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Storage } from '../../src/storage/storage.ts';
import { aBatch, aSpan, spanId } from '../harness/a-span.ts';
import { openQueryStorage, QUERY_STORAGES } from './query-storages.ts';
import { startTestQuery } from './start-test-query.ts';
import type { TestQuery } from './start-test-query.ts';

describe.each(QUERY_STORAGES)('over %s storage', (kind) => {
  let storage: Storage;
  let query: TestQuery;

  beforeEach(async () => {
    storage = await openQueryStorage(kind);
    const spans = [
      aSpan({ serviceName: 'web', kind: 'client', attributes: { 'user.id': 'u1' } }),
      aSpan({ serviceName: 'cart', spanId: spanId(2), parentSpanId: spanId(1) }),
    ];
    await storage.writer.write(aBatch(spans), new AbortController().signal);
    query = await startTestQuery(storage);
  });

  afterEach(async () => {
    await query.stop();
    await storage.close();
  });

  const TIMES = { startTimeMin: '2023-12-31T00:00:00Z', startTimeMax: '2024-01-02T00:00:00Z' };

  describe.each(['/api/v3/traces', '/api/v3/trace-summaries'])('POST %s', (path) => {
    it('answers what GET answers to the same query', async () => {
      const asked = {
        serviceName: 'web',
        ...TIMES,
        searchDepth: 5,
        attributes: { 'user.id': 'u1' },
      };
      const parameters = new URLSearchParams({
        'query.serviceName': 'web',
        'query.startTimeMin': TIMES.startTimeMin,
        'query.startTimeMax': TIMES.startTimeMax,
        'query.searchDepth': '5',
        'query.attributes': '{"user.id":"u1"}',
      });
      const answer = await query.ask(path, JSON.stringify({ query: asked }));
      expect(answer).toEqual(await query.ask(`${path}?${parameters.toString()}`));
      expect(answer.status).toBe(200);
      expect(answer.body).toContain('0000000000000001');
    });

    it.each([
      ['', 'malformed body: it is not JSON'],
      ['[]', 'malformed body: it is not an object'],
      ['{"query":7}', 'malformed body: query is not an object'],
      ['{}', 'query.startTimeMin and query.startTimeMax are required'],
    ])('refuses %j', async (body, message) => {
      expect(await query.ask(path, body)).toEqual({
        status: 400,
        type: 'text/plain; charset=utf-8',
        body: `{"error":{"httpCode":400,"message":"${message}"}}\n`,
      });
    });
  });

  describe('GET /api/v3/dependencies', () => {
    const ask = (times: string): ReturnType<TestQuery['ask']> =>
      query.ask(`/api/v3/dependencies${times}`);

    it('answers who called whom between two times', async () => {
      const found = await ask('?startTime=2023-12-31T00:00:00Z&endTime=2024-01-02T00:00:00Z');
      expect(found).toEqual({
        status: 200,
        type: 'application/json',
        body: '{"dependencies":[{"parent":"web","child":"cart","callCount":"1"}]}',
      });
      const none = await ask('?startTime=2022-12-31T00:00:00Z&endTime=2023-01-02T00:00:00Z');
      expect(none.body).toBe('{}');
    });

    it.each([
      ['', 'startTime and endTime are required'],
      ['?startTime=2022-12-31T00:00:00Z', 'startTime and endTime are required'],
    ])('refuses %j', async (times, message) => {
      const { body, status } = await ask(times);
      expect(status).toBe(400);
      expect(body).toBe(`{"error":{"httpCode":400,"message":"${message}"}}\n`);
    });

    it('refuses a time that is none', async () => {
      const { body, status } = await ask('?startTime=x&endTime=y');
      expect(status).toBe(400);
      expect(body).toContain('malformed parameter startTime: ');
    });
  });

  it('GET /api/v3/capabilities answers what searches can do', async () => {
    const { body, status } = await query.ask('/api/v3/capabilities');
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({
      search: {
        withoutServiceName: true,
        sameSpanConjunction: true,
        filter: { levels: expect.arrayContaining(['span']) as unknown },
      },
    });
  });
});
