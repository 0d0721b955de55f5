import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Storage } from '../../src/storage/storage.ts';
import { aBatch, aSpan } from '../harness/a-span.ts';
import { connectQuery, METHODS } from './grpc/query-client.ts';
import { openQueryStorage, QUERY_STORAGES } from './query-storages.ts';
import { startTestQuery } from './start-test-query.ts';
import type { TestQuery } from './start-test-query.ts';

describe.each(QUERY_STORAGES)('over %s storage', (kind) => {
  let storage: Storage;
  let query: TestQuery;

  beforeEach(async () => {
    storage = await openQueryStorage(kind);
    for (const tenant of ['acme', 'bravo']) {
      const batch = aBatch([aSpan({ serviceName: `shop of ${tenant}` })], { tenant });
      await storage.writer.write(batch, new AbortController().signal);
    }
  });

  afterEach(async () => {
    await query.stop();
    await storage.close();
  });

  const TENANTS = { 'multi-tenancy.enabled': 'true', 'multi-tenancy.tenants': 'acme,bravo' };

  async function askAs(
    headers: Readonly<Record<string, string>>,
    path = '/api/services',
  ): Promise<readonly [status: number, type: string | null, body: string]> {
    const answer = await fetch(query.url + path, { headers });
    return [answer.status, answer.headers.get('content-type'), await answer.text()];
  }

  async function askGrpcAs(headers: Readonly<Record<string, string>>): Promise<unknown> {
    using client = connectQuery(query.grpcPort, headers);
    return await client.unary(METHODS.getServicesV3, {});
  }

  const PLAIN = 'text/plain; charset=utf-8';

  describe('with tenants', () => {
    beforeEach(async () => {
      query = await startTestQuery(storage, TENANTS);
    });

    it('each sees its own data alone', async () => {
      const data = (tenant: string): string =>
        `{"data":["shop of ${tenant}"],"total":1,"limit":0,"offset":0,"errors":null}`;
      expect(await askAs({ 'x-tenant': 'acme' })).toEqual([200, 'application/json', data('acme')]);
      expect(await askAs({ 'X-Tenant': 'bravo' })).toEqual([
        200,
        'application/json',
        data('bravo'),
      ]);
      expect(await askGrpcAs({ 'x-tenant': 'acme' })).toEqual({ services: ['shop of acme'] });
    });

    it.each([
      [{}, 'missing tenant header'],
      [{ 'x-tenant': '' }, 'missing tenant header'],
      [{ 'x-tenant': 'eve' }, 'unknown tenant'],
      [{ 'x-tenant': 'acme,bravo' }, 'extra tenant header'],
    ])('a request with %j is refused: %s', async (headers, message) => {
      expect(await askAs(headers)).toEqual([401, PLAIN, message]);
      expect(await askAs(headers, '/api/v3/services')).toEqual([401, PLAIN, message]);
      expect(await askAs(headers, '/api/traces/1')).toEqual([401, PLAIN, message]);
      await expect(askGrpcAs(headers)).rejects.toMatchObject({ code: 7, details: message });
    });
  });

  it('any tenant is known without a list, by the header that is set', async () => {
    query = await startTestQuery(storage, {
      'multi-tenancy.enabled': 'true',
      'multi-tenancy.header': 'X-Customer',
    });
    expect((await askAs({ 'x-customer': 'acme' }))[2]).toContain('shop of acme');
    expect((await askAs({ 'x-customer': 'new' }))[2]).toContain('"data":null');
    expect((await askAs({ 'x-tenant': 'acme' }))[0]).toBe(401);
  });

  it('tenants are not told apart unless that is wanted', async () => {
    query = await startTestQuery(storage);
    expect((await askAs({ 'x-tenant': 'acme' }))[2]).toContain('"data":null');
  });

  it('a header that cannot be one is refused at the start', async () => {
    query = await startTestQuery(storage);
    const flags = { 'multi-tenancy.enabled': 'true', 'multi-tenancy.header': 'x tenant' };
    await expect(startTestQuery(storage, flags)).rejects.toThrow(
      'multi-tenancy.header: "x tenant" is no header',
    );
  });
});
