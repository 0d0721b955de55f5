import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { Metadata, ServerUnaryCall, sendUnaryData } from '@grpc/grpc-js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createGrpcClient } from '../../src/drivers/grpc-client.ts';
import { createRemoteStorage } from '../../src/storage/remote/remote-storage.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { encodeServices } from '../../src/wire/jaeger-storage/read-answers.ts';
import { connectQuery, METHODS } from './grpc/query-client.ts';
import { startTestQuery } from './start-test-query.ts';
import type { TestQuery } from './start-test-query.ts';

const same = (bytes: Buffer): Buffer => bytes;
const GET_SERVICES = {
  path: '/jaeger.storage.v2.TraceReader/GetServices',
  requestStream: false,
  responseStream: false,
  requestSerialize: same,
  requestDeserialize: same,
  responseSerialize: same,
  responseDeserialize: same,
};

/** A storage behind gRPC that is not ours: it remembers who asked. */
async function startStorage(tokens: unknown[]): Promise<{ server: Server; port: number }> {
  const server = new Server();
  server.addService(
    { getServices: GET_SERVICES },
    {
      getServices: (
        { metadata }: Pick<ServerUnaryCall<Buffer, Buffer>, 'metadata'> & { metadata: Metadata },
        answer: sendUnaryData<Buffer>,
      ) => {
        tokens.push(...metadata.get('bearer.token'));
        answer(null, Buffer.from(encodeServices(['shop'])));
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return { server, port };
}

describe('a client that has a bearer token, before a storage behind gRPC', () => {
  const tokens: unknown[] = [];
  let server: Server;
  let storage: Storage;
  let query: TestQuery;

  beforeAll(async () => {
    const started = await startStorage(tokens);
    server = started.server;
    const target = `ipv4:127.0.0.1:${started.port}`;
    const client = createGrpcClient({ target, timeoutMs: 5000, messageBytesMax: 1_000_000 });
    storage = createRemoteStorage(client);
  });
  beforeEach(() => {
    tokens.length = 0;
  });
  afterAll(async () => {
    await storage.close();
    server.forceShutdown();
  });

  async function askWith(headers: Readonly<Record<string, string>>): Promise<void> {
    expect((await fetch(`${query.url}/api/services`, { headers })).status).toBe(200);
  }

  it('has it passed on from headers and from metadata, where that is switched on', async () => {
    query = await startTestQuery(storage, { 'query.bearer-token-propagation': 'true' });
    await askWith({ authorization: 'Bearer one' });
    await askWith({ 'x-forwarded-access-token': 'two' });
    await askWith({});
    using client = connectQuery(query.grpcPort, { authorization: 'Bearer three' });
    await client.unary(METHODS.getServicesV3, {});
    using jaeger = connectQuery(query.grpcPort, { 'bearer.token': 'four' });
    await jaeger.unary(METHODS.getServicesV3, {});
    expect(tokens).toEqual(['one', 'two', 'three', 'four']);
    await query.stop();
  });

  it('keeps it to itself otherwise', async () => {
    query = await startTestQuery(storage);
    await askWith({ authorization: 'Bearer one' });
    using client = connectQuery(query.grpcPort, { 'bearer.token': 'two' });
    await client.unary(METHODS.getServicesV3, {});
    expect(tokens).toEqual([]);
    await query.stop();
  });
});
