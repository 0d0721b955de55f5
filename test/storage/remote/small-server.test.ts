import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { createGrpcClient } from '../../../src/drivers/grpc-client.ts';
import { GRPC_STATUS, GrpcError } from '../../../src/runtime/grpc/grpc-service.ts';
import type { GrpcMethod, UnaryMethod } from '../../../src/runtime/grpc/grpc-service.ts';
import { createMemoryStorage } from '../../../src/storage/memory/memory-storage.ts';
import { createRemoteStorage } from '../../../src/storage/remote/remote-storage.ts';
import type { Storage } from '../../../src/storage/storage.ts';
import { readerMethods } from '../../../src/storage-server/reader-methods.ts';
import { STORAGE_METHODS } from '../../../src/wire/jaeger-storage/method-paths.ts';
import { encodeOperations, encodeServices } from '../../../src/wire/jaeger-storage/read-answers.ts';
import { scanSpans } from '../../../src/wire/otlp/scan-spans.ts';
import { RPC_CODES, encodeRpcStatus } from '../../../src/wire/protobuf/rpc-status.ts';
import type { Accepted, SpanBatch } from '../../../src/wire/span-batch.ts';
import { aBatch, aSpan, aTrace, traceId } from '../../harness/a-span.ts';
import { NEVER_ABORTED, aQuery, findSummaries } from '../../harness/read-traces.ts';
import { startTestServer } from '../../runtime/grpc/grpc-harness.ts';

/** What Jaeger before 2.20 does not have. */
const NEW_METHODS: readonly string[] = [
  STORAGE_METHODS.findTraceSummaries,
  STORAGE_METHODS.getCapabilities,
  STORAGE_METHODS.getAttributeKeys,
  STORAGE_METHODS.getAttributeValues,
];

interface SmallServer extends AsyncDisposable {
  readonly kept: Storage;
  readonly remote: Storage;
}

/** The client of a server over memory that has the methods of an old Jaeger, or these instead. */
async function openSmallServer(instead: readonly GrpcMethod[] = []): Promise<SmallServer> {
  const kept = createMemoryStorage({ maxBytes: 1e6, maxTraces: 10, metrics: new Registry() });
  const replaced = [...NEW_METHODS, ...instead.map(({ path }) => path)];
  const methods = readerMethods(kept).filter(({ path }) => !replaced.includes(path));
  const server = await startTestServer({ methods: [...methods, ...instead] });
  const target = `ipv4:127.0.0.1:${server.port}`;
  const client = createGrpcClient({ target, timeoutMs: 5000, messageBytesMax: 1e6 });
  const remote = createRemoteStorage(client);
  return {
    kept,
    remote,
    [Symbol.asyncDispose]: async () => {
      await remote.close();
      await server.running.stop();
      await kept.close();
    },
  };
}

describe('the remote storage on a server with the methods of an old Jaeger', () => {
  it('sums up the traces that are found, each span once', async () => {
    await using server = await openSmallServer();
    const trace = aTrace(3, { serviceName: 'shop', status: { code: 'error', message: '' } });
    await server.kept.writer.write(aBatch(trace), NEVER_ABORTED);
    const later = aSpan({ traceId: traceId(2), startTimeUnixNano: 1_704_067_201_000_000_000n });
    await server.kept.writer.write(aBatch([later]), NEVER_ABORTED);

    const found = await findSummaries(server.remote, aQuery());

    const own = await findSummaries(server.kept, aQuery());
    expect(own).toEqual(found.map((summary): unknown => expect.objectContaining(summary)));
    expect(found.map((summary) => [summary.traceId, summary.spanCount])).toEqual([
      [traceId(2), 1],
      [traceId(1), 3],
    ]);
  });

  it('refuses a page behind the first, which the server would answer as if it were the first', async () => {
    await using server = await openSmallServer();
    const after = { startNano: 1n, traceId: traceId(1) };
    await expect(findSummaries(server.remote, aQuery({ after }))).rejects.toThrow(
      'the storage server does not search with a cursor',
    );
  });

  it('tells of a search that failed for another reason', async () => {
    const status = { code: GRPC_STATUS.unavailable, message: 'a moment, please' };
    await using server = await openSmallServer([
      {
        kind: 'server-streaming',
        path: STORAGE_METHODS.findTraceSummaries,
        // eslint-disable-next-line require-yield -- fails before its first answer
        handle: async function* () {
          await Promise.reject(new GrpcError(status));
        },
      },
    ]);
    await expect(findSummaries(server.remote, aQuery())).rejects.toThrow(
      'UNAVAILABLE: a moment, please',
    );
  });

  it('sorts services and operations, which some of Jaeger’s storages do not', async () => {
    const answer = (path: string, bytes: Uint8Array): GrpcMethod => ({
      kind: 'unary',
      path,
      handle: () => Promise.resolve(bytes),
    });
    await using server = await openSmallServer([
      answer(STORAGE_METHODS.getServices, encodeServices(['b', 'a'])),
      answer(
        STORAGE_METHODS.getOperations,
        encodeOperations([
          { name: 'b', spanKind: '' },
          { name: 'a', spanKind: 'server' },
          { name: 'a', spanKind: 'client' },
        ]),
      ),
    ]);
    expect(await server.remote.reader.services('')).toEqual(['a', 'b']);
    expect(await server.remote.reader.operations('', 'shop')).toEqual([
      { name: 'a', spanKind: 'client' },
      { name: 'a', spanKind: 'server' },
      { name: 'b', spanKind: 'unspecified' },
    ]);
  });
});

describe('what is written to a remote storage', () => {
  const TEXT_BYTES = 400_000;
  const LARGE_SPANS = 30;
  const USUAL_LIMIT = 4 * 2 ** 20;
  const OWN_LIMIT = 64;

  function largeBatch(): SpanBatch {
    return aBatch(
      aTrace(LARGE_SPANS, {
        attributes: [{ key: 'text', value: { type: 'string', value: 'x'.repeat(TEXT_BYTES) } }],
      }),
    );
  }

  async function writeTo(handle: UnaryMethod['handle'], batch: SpanBatch): Promise<Accepted> {
    const method = { kind: 'unary' as const, path: STORAGE_METHODS.export, handle };
    await using server = await startTestServer({
      methods: [method],
      messageBytesMax: USUAL_LIMIT,
      statusOf: (error) =>
        error instanceof GrpcError
          ? error.status
          : { code: GRPC_STATUS.internal, message: String(error) },
    });
    const target = `ipv4:127.0.0.1:${server.port}`;
    const client = createGrpcClient({ target, timeoutMs: 5000, messageBytesMax: OWN_LIMIT });
    const remote = createRemoteStorage(client);
    try {
      return await remote.writer.write(batch, NEVER_ABORTED);
    } finally {
      await remote.close();
    }
  }

  it('goes in messages that a server with the usual limit takes', async () => {
    const sizes: number[] = [];
    let spans = 0;
    const accepted = await writeTo((message) => {
      sizes.push(message.length);
      spans += scanSpans(message).count;
      return Promise.resolve(new Uint8Array(0));
    }, largeBatch());
    expect(accepted).toEqual({ accepted: LARGE_SPANS, refused: [], dropped: [] });
    expect(sizes.length).toBe(4);
    expect(spans).toBe(LARGE_SPANS);
  });

  it('is given up on when it is too large for the server, and comes again when a time is named', async () => {
    const refuse = (retryAfterMs?: number) => (): Promise<Uint8Array> => {
      const code = RPC_CODES.resourceExhausted;
      const message = 'too much';
      const more = retryAfterMs === undefined ? {} : { retryAfterMs };
      const details = encodeRpcStatus({ code, message, ...more });
      return Promise.reject(new GrpcError({ code, message, details }));
    };
    expect(await writeTo(refuse(), aBatch([aSpan()]))).toEqual({
      accepted: 0,
      refused: [],
      dropped: [{ reason: 'too_large', count: 1, message: 'RESOURCE_EXHAUSTED: too much' }],
    });
    const later = writeTo(refuse(1000), aBatch([aSpan()]));
    await expect(later).rejects.toThrow('RESOURCE_EXHAUSTED: too much');
  });
});
