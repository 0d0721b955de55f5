import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { promisify } from 'node:util';
import { Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { GrpcCallError, createGrpcClient } from '../../src/drivers/grpc-client.ts';
import { errorText } from '../../src/runtime/errors.ts';

const { signal } = new AbortController();

describe('createGrpcClient', () => {
  it('says in one sentence why a server cannot be reached', async () => {
    const client = createGrpcClient({
      target: 'ipv4:127.0.0.1:1',
      timeoutMs: 5000,
      messageBytesMax: 1000,
    });
    const error: unknown = await client
      .unary('/a.B/C', new Uint8Array(), { signal })
      .catch((thrown: unknown) => thrown);
    expect(errorText(error)).toBe('UNAVAILABLE: connect ECONNREFUSED 127.0.0.1:1');
    client.close();
  });
});

describe('a gRPC client whose connection does not come', () => {
  it(
    'makes another one, instead of waiting until the system gives up',
    { timeout: 20_000 },
    async () => {
      // Takes the connection and never says a word, as an address does whose pod is gone.
      const silent = createServer();
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
      const { port } = silent.address() as AddressInfo;
      const client = createGrpcClient({
        target: `ipv4:127.0.0.1:${port}`,
        timeoutMs: 60_000,
        messageBytesMax: 1000,
      });
      const connected = once(silent, 'connection');
      const first = client.unary('/a.B/C', new Uint8Array(), { signal });
      const [held] = (await connected) as [Socket];
      silent.close();
      const server = new Server();
      const bound = promisify(server.bindAsync.bind(server));
      await bound(`127.0.0.1:${port}`, ServerCredentials.createInsecure());
      await expect(first).rejects.toThrow('UNAVAILABLE');
      await expect(client.unary('/a.B/C', new Uint8Array(), { signal })).rejects.toThrow(
        'UNIMPLEMENTED',
      );
      client.close();
      held.destroy();
      server.forceShutdown();
    },
  );
});

describe('GrpcCallError', () => {
  it.each([
    ['the spool is full', 'the spool is full'],
    [
      'No connection established. Last error: C0:error:0A:SSL alert number 116\n (2026-11-21T16:38:26.370Z). Resolution note: ',
      'C0:error:0A:SSL alert number 116',
    ],
    [
      'No connection established. Last error: null. Resolution note: Name resolution failed',
      'null. Resolution note: Name resolution failed',
    ],
  ])('tells %j as %j', (details, text) => {
    const cause = { code: status.UNAVAILABLE, details, metadata: new Metadata() };
    const error = new GrpcCallError(Object.assign(new Error(details), cause));
    expect(error.message).toBe(`UNAVAILABLE: ${text}`);
  });
});
